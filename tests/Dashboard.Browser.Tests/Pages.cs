namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>The pages of the app, each with what makes it show all that it can.</summary>
internal static class Pages
{
    public static async Task<IReadOnlyList<string>> AllAsync(Api api)
    {
        var some = (await api.AskAsync("/v1/instances:search", new { pageSize = 1, filter = new { apps = new[] { "roomvox" } } }))["instances"]![0]!;
        return
        [
            "/live", "/", "/explore?by=environment.php_version", "/releases?app=roomvox", "/support-matrix?app=roomvox&oldest=8.2", "/installations",
            $"/installations/{some["instanceId"]}?app={some["app"]}", "/explore?by=environment.php_version&and=environment.database&view=heat",
            "/licenses", "/data-quality", "/access", "/audit", "/settings?app=roomvox", "/gallery",
        ];
    }
}
