using System.Text.Json;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry preview --json</c>.</summary>
internal sealed record PreviewDocument(
    JsonElement Report, string Digest, int Size, IReadOnlyList<ReportField> Fields, string Mode, string Explanation)
{
    public static PreviewDocument Of(ReportPreview preview, ConsentDecision consent) => new(
        JsonElement.Parse(preview.Json),
        preview.Digest,
        preview.Bytes.Length,
        preview.Fields,
        EventText.NameOf(consent.Mode),
        consent.Explanation);
}
