using System.Text.RegularExpressions;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>The four calls of the HTTP door, as small as they can be and still be answered with 200.</summary>
internal static partial class DoorCalls
{
    public const string Hash = "5034de221ca81fab879e5179c6a7378cb7cc19acd6884e739a3ba6ae57ddebf7";
    public const string Key = "RVOX-2345-6789-ABCD-EFGH";
    public const string Telemetry = "/api/telemetry/roomvox";

    public static readonly string[] Paths =
        [Telemetry, "/api/licenses/validate", "/api/licenses/usage", "/api/licenses/check-page-limit"];

    public static string BodyOf(string path) => path switch
    {
        Telemetry => $$"""{"instanceHash":"{{Hash}}","version":"1.4.0"}""",
        _ => $$"""{"licenseKey":"{{Key}}","instanceUrlHash":"{{Hash}}","appType":"roomvox","language":null}""",
    };

    /// <summary>A request's head, after whose answer the connection closes.</summary>
    public static string Head(string path, string headers) =>
        $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}\r\n\r\n";

    /// <summary>An answer without what differs each time.</summary>
    public static string WithoutIds(string answer) => Varying().Replace(answer, "*");

    [GeneratedRegex("(?m)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=^Date: ).*(?=\r$)")]
    private static partial Regex Varying();
}
