using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry on</c>, <c>local</c> and <c>off</c>: the administrator's choice.</summary>
internal sealed class SwitchCommand : InstallationVerb
{
    private readonly ReportingMode _mode;

    private SwitchCommand(ReportingMode mode, string description, CliConsole console)
        : base(EventText.NameOf(mode), description, console) => _mode = mode;

    public static SwitchCommand On(CliConsole console) => new(
        ReportingMode.On, "Let reports be sent, and agree to the fields of the app's version.", console);

    public static SwitchCommand Local(CliConsole console) => new(
        ReportingMode.Local, "Collect reports, to be looked at, and send none.", console);

    public static SwitchCommand Off(CliConsole console) => new(
        ReportingMode.Off, "Collect and send nothing, and forget what was collected.", console);

    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        var now = await client.SetModeAsync(_mode, cancellation).ConfigureAwait(false);
        var status = client.GetStatus();
        var environment = VariableDocument.Of(status.App, Terminal.Variable);
        if (IsJson(parsed))
        {
            WriteJson(ChoiceDocument.Of(_mode, now, environment), InstallationJson.Default.ChoiceDocument);
        }
        else
        {
            Write(now);
        }

        if (FileOwner.Warning(directory, Terminal.DefaultDirectory(status.App)) is { } warning)
        {
            Terminal.Error.WriteLine(warning);
        }

        return now.Mode < _mode ? ExitCodes.NotOn : ExitCodes.Ok;
    }

    private void Write(ConsentDecision now)
    {
        Terminal.Out.WriteLine(
            $"Your choice, {EventText.NameOf(_mode)}, is written down; a running app sees it within a second.");
        if (now.Mode < _mode)
        {
            Terminal.Error.WriteLine($"It does not take effect here: {now.Explanation}");
        }
        else if (now.Mode != ReportingMode.Off)
        {
            Terminal.Out.WriteLine(
                "The environment and the command line of the app itself can still restrict it; its support page shows that.");
        }
    }
}
