using System.CommandLine;
using System.Runtime.CompilerServices;
using Telemetry.Cli.Commands.Installation.Checks;
using Telemetry.Client;
using Telemetry.Client.State;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry doctor</c>: finds what keeps reports from working, step by step.</summary>
internal sealed class DoctorCommand : InstallationVerb
{
    private readonly Option<bool> _connect = new("--connect")
    {
        Description = "Look at the network even while reports are off or local.",
    };

    public DoctorCommand(CliConsole console)
        : base(
            "doctor",
            "Check an installation: its files, its choice, its schedule, and, when reports are on, the way to the server. "
            + "Sends no report.",
            console) =>
        Options.Add(_connect);

    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        var json = IsJson(parsed);
        var here = Show(LookHere(directory), json).ToList();
        var there = new List<Check>();
        await foreach (var check in LookThereAsync(directory, parsed.GetValue(_connect), cancellation).ConfigureAwait(false))
        {
            there.AddRange(Show([check], json));
        }

        if (json)
        {
            WriteJson(CheckupDocument.Of([.. here, .. there]), InstallationJson.Default.CheckupDocument);
        }

        return here.Any(IsFailure) ? ExitCodes.Refused : there.Any(IsFailure) ? ExitCodes.Unreachable : ExitCodes.Ok;
    }

    /// <summary>Each as it is known, since the next may take its time.</summary>
    private IEnumerable<Check> Show(IEnumerable<Check> checks, bool json)
    {
        foreach (var check in checks)
        {
            if (!json)
            {
                Terminal.Out.WriteLine($"{EventText.NameOf(check.Level),-5} {check.Name,-13} {check.Message}");
            }

            yield return check;
        }
    }

    private IEnumerable<Check> LookHere(string directory)
    {
        foreach (var check in new DirectoryChecks(directory, Terminal.Time).Run())
        {
            yield return check;
        }

        if (!Directory.Exists(directory))
        {
            yield break;
        }

        using var client = TryOpen(directory);
        if (client is null)
        {
            yield return Check.Fail(
                "app",
                "No app has started with this directory yet, or what it wrote about itself cannot be read. Start the app, "
                + "and check that this is the directory that it uses.");
            yield break;
        }

        var status = client.GetStatus();
        foreach (var check in new ReportingChecks(new StateDirectory(directory, Terminal.Time), status, Terminal).Run())
        {
            yield return check;
        }

        if (FileOwner.Warning(directory, Terminal.DefaultDirectory(status.App)) is { } warning)
        {
            yield return Check.Warn("owner", warning);
        }
    }

    private async IAsyncEnumerable<Check> LookThereAsync(
        string directory, bool anyway,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var client = TryOpen(directory);
        if (client is null || new StateDirectory(directory, Terminal.Time).ReadProfile() is not { } profile)
        {
            yield break;
        }

        var mode = client.GetStatus().Consent.Mode;
        if (mode != ReportingMode.On && !anyway)
        {
            yield return Check.Skip(
                "network", $"Not touched, because reports are {EventText.NameOf(mode)}; --connect looks at it all the same.");
            yield break;
        }

        var checks = new NetworkChecks(profile.Server, profile.Transport, Terminal.Time).RunAsync(cancellation);
        await foreach (var check in checks.ConfigureAwait(false))
        {
            yield return check;
        }
    }

    private static bool IsFailure(Check check) => check.Level == CheckLevel.Fail;
}
