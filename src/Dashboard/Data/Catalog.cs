using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;

namespace Telemetry.Dashboard.Data;

/// <summary>Which apps there are and what can be asked of them, read once after the sign-in.</summary>
public sealed class Catalog
{
    private readonly FleetClient _fleet;
    private readonly Rights _rights;
    private Task? _reading;

    public Catalog(FleetClient fleet, Rights rights, Session session)
    {
        (_fleet, _rights) = (fleet, rights);
        session.Changed += () => _reading = null;
    }

    public IReadOnlyList<App> Apps { get; private set; } = [];

    public IReadOnlyList<QueryField> Fields { get; private set; } = [];

    /// <summary>The slug of the app that a page of one app shows while none is chosen.</summary>
    public string? FirstApp => Apps.Count == 0 ? null : Apps[0].Slug;

    public string NameOf(string app) => Apps.FirstOrDefault(known => known.Slug == app)?.DisplayName is { Length: > 0 } name ? name : app;

    /// <summary>Fields that installations can be told apart by, of one app or of any.</summary>
    public IEnumerable<QueryField> Dimensions(string? app) => Fields.Where(field => !field.Measure && IsOf(field, app));

    public IEnumerable<QueryField> Measures(string? app) => Fields.Where(field => field.Measure && IsOf(field, app));

    public bool IsVersion(string field) => Fields.Any(known => known.Field == field && known.Version);

    public Task ReadAsync() => _reading is { IsFaulted: false } reading ? reading : _reading = ReadAnewAsync();

    private async Task ReadAnewAsync()
    {
        var apps = _fleet.AskAsync(_fleet.Apps.ListAppsAsync, new ListAppsRequest { PageSize = 1000 }, default);
        var fields = _rights.May(Scope.Read) ? _fleet.AskAsync(_fleet.Insights.ListQueryFieldsAsync, new ListQueryFieldsRequest(), default) : null;
        Apps = (await apps).Apps;
        Fields = fields is null ? [] : (await fields).Fields;
    }

    private static bool IsOf(QueryField field, string? app) => app is null || field.Apps.Count == 0 || field.Apps.Contains(app);
}
