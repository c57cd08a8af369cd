using Telemetry.Client.Collect;
using Telemetry.Client.State;

namespace Telemetry.Client.Consent;

/// <summary>Decides the mode from everything that was said about it. A pure function.</summary>
/// <remarks>
/// Each layer can only restrict what the weaker ones allow, so that "off" said anywhere stays off; where two say the
/// same, the stronger one is named. Only the administrator's switch and the default can mean on.
/// </remarks>
internal static class ConsentRules
{
    public static ConsentDecision Decide(
        string? optOutVariable, ReportingMode? commandLine, StateReading state, ConsentModel model)
    {
        if (optOutVariable is not null)
        {
            return new ConsentDecision(ReportingMode.Off, ConsentSource.Environment,
                $"Off, because the environment variable {optOutVariable} is set where the app runs. "
                + "Remove it there and start the app again to let reports be sent.");
        }

        var below = state.Problem is null
            ? FromState(state.State, model)
            : new ConsentDecision(ReportingMode.Off, ConsentSource.UnreadableState,
                "Off, because what was decided earlier cannot be read: " + state.Problem);
        return commandLine is { } asked && asked != ReportingMode.On && asked >= below.Mode
            ? new ConsentDecision(asked, ConsentSource.CommandLine,
                $"{Words(asked)}, because the app was started so on its command line. Start it without that to change it.")
            : below;
    }

    /// <summary>The version of the field list that may be sent.</summary>
    public static uint SchemaInForce(InstallationState state, ConsentModel model) =>
        model == ConsentModel.OptOut ? FieldList.Version : Math.Min(state.AcceptedSchema, FieldList.Version);

    private static ConsentDecision FromState(InstallationState state, ConsentModel model)
    {
        if (state.Mode is { } chosen)
        {
            return new ConsentDecision(chosen, ConsentSource.Administrator,
                $"{Words(chosen)}, because an administrator chose so"
                + (state.DecidedAt is { } at ? $" on {at:yyyy-MM-dd}." : "."));
        }

        return model == ConsentModel.OptIn
            ? new ConsentDecision(ReportingMode.Off, ConsentSource.Default,
                "Off, because nobody has switched it on yet.")
            : new ConsentDecision(ReportingMode.On, ConsentSource.Default,
                "On, which is the default: nobody has switched it off.");
    }

    private static string Words(ReportingMode mode) => mode switch
    {
        ReportingMode.On => "On",
        ReportingMode.Local => "Local: collected and shown, not sent",
        _ => "Off",
    };
}
