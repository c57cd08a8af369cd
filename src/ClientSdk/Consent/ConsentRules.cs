using Telemetry.Client.State;

namespace Telemetry.Client.Consent;

/// <summary>Decides the mode from everything that was said about it. A pure function.</summary>
/// <remarks>
/// Each layer can only restrict what the weaker ones allow, so that "off" said anywhere stays off; where two say the
/// same, the stronger one is named. Only the administrator's switch and the default can mean on.
/// </remarks>
internal static class ConsentRules
{
    /// <param name="optOutVariable">The environment variable that opts out; null: none does.</param>
    /// <param name="commandLine">What the host's command line asked for; null: nothing.</param>
    /// <param name="development">Whether this is a development run that was not asked to report.</param>
    /// <param name="state">What the state file says.</param>
    /// <param name="model">The vendor's choice.</param>
    public static ConsentDecision Decide(
        string? optOutVariable, ReportingMode? commandLine, bool development, StateReading state, ConsentModel model)
    {
        if (optOutVariable is not null)
        {
            return Decision(ReportingMode.Off, ConsentSource.Environment,
                $"Off, because the environment variable {optOutVariable} is set where the app runs. "
                + "Remove it there and start the app again to let reports be sent.");
        }

        var decision = state.Problem is null
            ? FromState(state.State, model)
            : Decision(ReportingMode.Off, ConsentSource.UnusableState,
                "Off, because what was decided cannot be kept: " + state.Problem);
        decision = Restrict(decision, development ? ReportingMode.Local : null, ConsentSource.Development,
            "because the app runs in the Development environment. Set ReportInDevelopment to let development runs report.");
        return Restrict(decision, commandLine, ConsentSource.CommandLine,
            "because the app was started so on its command line. Start it without that to change it.");
    }

    /// <summary>The version of the field list that may be sent.</summary>
    /// <param name="state">What was agreed to.</param>
    /// <param name="model">The vendor's choice.</param>
    /// <param name="version">The version of the list that this version of the app knows.</param>
    public static uint SchemaInForce(InstallationState state, ConsentModel model, uint version) =>
        model == ConsentModel.OptOut ? version : Math.Min(state.AcceptedSchema, version);

    private static ConsentDecision Restrict(ConsentDecision below, ReportingMode? asked, ConsentSource source, string why) =>
        asked is { } mode && mode != ReportingMode.On && mode <= below.Mode
            ? Decision(mode, source, $"{Words(mode)}, {why}")
            : below;

    private static ConsentDecision FromState(InstallationState state, ConsentModel model)
    {
        if (state.Mode is { } chosen)
        {
            return Decision(chosen, ConsentSource.Administrator,
                $"{Words(chosen)}, because an administrator chose so"
                + (state.DecidedAt is { } at ? $" on {at:yyyy-MM-dd}." : "."));
        }

        return model == ConsentModel.OptIn
            ? Decision(ReportingMode.Off, ConsentSource.Default, "Off, because nobody has switched it on yet.")
            : Decision(ReportingMode.On, ConsentSource.Default, "On, which is the default: nobody has switched it off.");
    }

    private static ConsentDecision Decision(ReportingMode mode, ConsentSource source, string explanation) =>
        new() { Mode = mode, Source = source, Explanation = explanation };

    private static string Words(ReportingMode mode) => mode switch
    {
        ReportingMode.On => "On",
        ReportingMode.Local => "Local: collected and shown, not sent",
        _ => "Off",
    };
}
