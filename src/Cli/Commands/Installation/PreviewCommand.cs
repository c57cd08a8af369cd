using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry preview</c>: what would be sent, field by field.</summary>
internal sealed class PreviewCommand(CliConsole console) : InstallationVerb(
    "preview", "Show the report that would be sent, with the purpose of each field. Sends nothing.", console)
{
    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        var preview = await client.PreviewAsync(cancellation).ConfigureAwait(false);
        var consent = client.GetStatus().Consent;
        if (IsJson(parsed))
        {
            WriteJson(PreviewDocument.Of(preview, consent), InstallationJson.Default.PreviewDocument);
        }
        else
        {
            Write(preview, consent);
        }

        return ExitCodes.Ok;
    }

    private void Write(ReportPreview preview, ConsentDecision consent)
    {
        foreach (var field in preview.Fields.Where(field => field.Value is not null))
        {
            Terminal.Out.WriteLine($"{field.Path}: {field.Value}");
            Terminal.Out.WriteLine($"    {field.Purpose}");
        }

        var missing = preview.Fields.Where(field => field.Value is null).Select(field => field.Path).ToList();
        if (missing.Count > 0)
        {
            Terminal.Out.WriteLine($"Not in this report: {string.Join(", ", missing)}");
        }

        Terminal.Out.WriteLine($"{preview.Bytes.Length} bytes, SHA-256 {preview.Digest}");
        if (consent.Mode != ReportingMode.On)
        {
            Terminal.Out.WriteLine($"It is not sent. {consent.Explanation}");
        }
    }
}
