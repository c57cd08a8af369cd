using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage;

namespace Telemetry.Testing;

/// <summary>Stored things as texts, so that tests compare all of them and show what differs.</summary>
internal static class StoredTexts
{
    /// <summary>Everything but its place.</summary>
    public static string Text(this StoredReport stored) => Convert.ToHexString(stored.Record.Span);

    public static string Text(this InstanceState state) =>
        $"{state.Ordinal} {state.Instance} {state.Schema.App} {state.FirstSeen:O} {state.LastSeen:O} {state.ReportCount} "
        + $"{state.LatestNumber} {state.Claim} {state.CountrySource} "
        + Convert.ToHexString(ReportBody.Write(state.Schema, state.Values, counts: null).Bytes.Span);

    /// <summary>All installations of all apps.</summary>
    public static List<string> InstanceTexts(this ITelemetryStore store) =>
        [.. store.ReadInstances().Select(Text)];
}
