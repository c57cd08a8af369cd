using Telemetry.Client;
using Telemetry.Client.State;

namespace Telemetry.Cli.Commands.Installation.Checks;

/// <summary>Whether reports are made and sent as they should be, from what the app left in its directory.</summary>
internal sealed class ReportingChecks(StateDirectory directory, TelemetryStatus status, CliConsole console)
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>A report is collected anew every day.</summary>
    private static readonly TimeSpan OldReport = TimeSpan.FromDays(2);

    /// <summary>A running app looks at the calendar every ten minutes.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(30);

    private readonly DateTimeOffset _now = console.Time.GetUtcNow();

    public IEnumerable<Check> Run() => [App(), Consent(), Environment(), Fields(), Clock(), Report(), Schedule(), LastAttempt()];

    private Check App() => Check.Ok(
        "app", $"{status.App} {status.AppVersion} reports to {status.Server.OriginalString}.");

    private Check Consent() => status.Consent.Source == ConsentSource.UnusableState
        ? Check.Fail("consent", status.Consent.Explanation)
        : Check.Ok("consent", status.Consent.Explanation);

    private Check Environment()
    {
        var variables = VariableDocument.Of(status.App, console.Variable);
        return new Check(
            "environment", variables.Any(one => one.OptsOut) ? CheckLevel.Warn : CheckLevel.Ok,
            VariableDocument.Sentence(variables));
    }

    private Check Fields() => status.WithheldFields.Count == 0
        ? Check.Ok("fields", "No field is withheld.")
        : Check.Warn(
            "fields",
            $"Withheld, because nobody has agreed to them: {string.Join(", ", status.WithheldFields)}. To agree, look at "
            + "'telemetry preview' and choose 'telemetry on' again.");

    private Check Clock()
    {
        var ledger = directory.ReadLedger();
        var latest = new[] { status.LastAttemptAt, ledger.Count > 0 ? ledger[0].At : null, directory.ReadPending()?.CollectedAt }.Max();
        if (latest > _now + ClockTolerance)
        {
            return Check.Warn(
                "clock",
                $"This machine's clock says {MomentText.Of(_now)}, and the app did something at {MomentText.Of(latest.Value)}. "
                + "One of them was wrong: set the clock right; the schedule mends itself.");
        }

        return ledger.FirstOrDefault(entry => entry.Receipt is not null) is { } sent
            && (sent.Receipt!.AcceptedAt - sent.At).Duration() is var apart && apart > ClockTolerance
            ? Check.Warn(
                "clock",
                $"At the last stored report this machine's clock and the server's were {MomentText.Of(apart)} apart. "
                + "Set this machine's clock right.")
            : Check.Ok("clock", $"This machine's clock says {MomentText.Of(_now)}, which fits what happened before.");
    }

    private Check Report()
    {
        if (status.Consent.Mode == ReportingMode.Off)
        {
            return Check.Skip("report", "Nothing is collected while reports are off.");
        }

        if (directory.ReadPending() is not { } pending)
        {
            return Check.Warn("report", "The app has not collected a report yet. It does so shortly after it starts: start it.");
        }

        var collected = $"The app collected a report on {MomentText.Of(pending.CollectedAt)}";
        if (_now - pending.CollectedAt is var age && age > OldReport)
        {
            return Check.Warn("report", $"{collected}, {MomentText.Of(age)} ago. It seems not to run: start it.");
        }

        return pending.KeyWithheld
            ? Check.Ok(
                "report",
                $"{collected}. It proves a subscription with a key that is not kept on disk: 'preview' and 'send' need it "
                + "in TELEMETRY_SUBSCRIPTION_KEY.")
            : Check.Ok("report", $"{collected}.");
    }

    private Check Schedule()
    {
        if (status.NextAttemptAt is not { } next)
        {
            return Check.Skip("schedule", $"No attempt is planned, because reports are {EventText.NameOf(status.Consent.Mode)}.");
        }

        return _now - next > Overdue
            ? Check.Warn("schedule", $"A report was due on {MomentText.Of(next)}. The app seems not to run: start it.")
            : Check.Ok("schedule", $"The next attempt is due on {MomentText.Of(next)}.");
    }

    private Check LastAttempt() => (status.LastAttemptAt, status.LastOutcome) switch
    {
        (null, _) => Check.Ok("last-attempt", "There was none yet."),
        ({ } at, SendResultKind.Sent) => Check.Ok("last-attempt", $"{MomentText.Of(at)}: {status.LastMessage}"),
        ({ } at, null) => Check.Warn(
            "last-attempt", $"{MomentText.Of(at)}: how it ended was not written down. The app may have been stopped meanwhile."),
        ({ } at, { }) => Check.Warn("last-attempt", $"{MomentText.Of(at)}: {status.LastMessage}"),
    };
}
