using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>The server's answers at the JSON paths, which the dashboard does not use.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(string address, string token)
    {
        _http = new HttpClient { BaseAddress = new Uri(address) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<JsonNode> AskAsync(string path, object question)
    {
        using var response = await _http.PostAsJsonAsync(path, question);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {body}");
        return JsonNode.Parse(body)!;
    }

    public Task<JsonNode> QueryAsync(object question) => AskAsync("/v1/insights:query", question);

    public void Dispose() => _http.Dispose();
}

internal static class JsonFigures
{
    /// <summary>A number, also one that is written as text, as JSON has those of 64 bits; nothing where there is none.</summary>
    public static double? Number(this JsonNode? node) => node switch
    {
        null => null,
        _ when node.GetValueKind() == System.Text.Json.JsonValueKind.String =>
            node.GetValue<string>() is "NaN" ? null : double.Parse(node.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
        _ => node.GetValue<double>(),
    };

    /// <summary>A count, which JSON leaves out when it is zero.</summary>
    public static double Count(this JsonNode? node) => node.Number() ?? 0;

    public static IEnumerable<JsonNode> Items(this JsonNode? node) => node?.AsArray().Select(item => item!) ?? [];

    /// <summary>The figures of a group's first measure, one for each point.</summary>
    public static double?[] Values(this JsonNode? group, string of = "figures") => [.. group?[of]?[0]?["values"].Items().Select(value => value.Number()) ?? []];

    /// <summary>What a group is called where names are not translated.</summary>
    public static string Key(this JsonNode group, int at = 0) => group["keys"]?[at] switch
    {
        { } key when key["value"] is { } value => value.GetValue<string>(),
        { } key when key["rest"] is { } rest => $"{rest.Count():N0} more",
        { } key when key["notAsked"] is not null => "not asked",
        _ => "unknown",
    };
}
