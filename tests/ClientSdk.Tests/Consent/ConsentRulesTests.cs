using Telemetry.Client;
using Telemetry.Client.Consent;
using Telemetry.Client.State;

namespace Telemetry.ClientSdk.Tests.Consent;

/// <summary>The reason that an administrator reads, and the fields that were agreed to.</summary>
public sealed class ConsentRulesTests
{
    private static readonly InstallationState On = new()
    {
        Mode = ReportingMode.On,
        DecidedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public void Each_layer_says_why_and_what_to_do()
    {
        Expect(
            ReportingMode.Off, ConsentSource.Environment,
            "Off, because the environment variable DO_NOT_TRACK is set where the app runs. "
            + "Remove it there and start the app again to let reports be sent.",
            Decide(On, variable: "DO_NOT_TRACK", commandLine: ReportingMode.Off, development: true));
        Expect(
            ReportingMode.Off, ConsentSource.CommandLine,
            "Off, because the app was started so on its command line. Start it without that to change it.",
            Decide(On, commandLine: ReportingMode.Off, development: true));
        Expect(
            ReportingMode.Local, ConsentSource.Development,
            "Local: collected and shown, not sent, because the app runs in the Development environment. "
            + "Set ReportInDevelopment to let development runs report.",
            Decide(On, development: true));
        Expect(
            ReportingMode.Local, ConsentSource.CommandLine,
            "Local: collected and shown, not sent, because the app was started so on its command line. Start it without that to change it.",
            Decide(On, commandLine: ReportingMode.Local, development: true));
        Expect(
            ReportingMode.Off, ConsentSource.UnusableState, "Off, because what was decided cannot be kept: The disk is full.",
            Decide(On, problem: "The disk is full."));
    }

    [Fact]
    public void What_the_administrator_chose_is_said_with_its_day_when_that_is_known()
    {
        Expect(
            ReportingMode.On, ConsentSource.Administrator, "On, because an administrator chose so on 2026-11-20.", Decide(On));
        Expect(
            ReportingMode.Off, ConsentSource.Administrator, "Off, because an administrator chose so.",
            Decide(new InstallationState { Mode = ReportingMode.Off }, development: true, commandLine: ReportingMode.Local));
    }

    [Fact]
    public void Without_a_choice_the_vendors_default_is_said()
    {
        Expect(
            ReportingMode.Off, ConsentSource.Default, "Off, because nobody has switched it on yet.",
            Decide(new InstallationState(), model: ConsentModel.OptIn));
        Expect(
            ReportingMode.On, ConsentSource.Default, "On, which is the default: nobody has switched it off.",
            Decide(new InstallationState(), model: ConsentModel.OptOut));
    }

    [Fact]
    public void On_the_command_line_switches_nothing_on_and_names_nothing()
    {
        Assert.Equal(ConsentSource.Administrator, Decide(On, commandLine: ReportingMode.On).Source);
        Assert.Equal(ConsentSource.Development, Decide(On, commandLine: ReportingMode.On, development: true).Source);
    }

    [Theory]
    [InlineData(0u, ConsentModel.OptIn)]
    [InlineData(1u, ConsentModel.OptIn)]
    [InlineData(uint.MaxValue, ConsentModel.OptIn)]
    [InlineData(0u, ConsentModel.OptOut)]
    public void Only_fields_that_were_agreed_to_and_exist_are_sent_unless_the_vendor_asks_nobody(uint accepted, ConsentModel model) =>
        Assert.Equal(
            model == ConsentModel.OptOut ? 3u : Math.Min(accepted, 3u),
            ConsentRules.SchemaInForce(new InstallationState { AcceptedSchema = accepted }, model, version: 3));

    [Fact]
    public void The_first_variable_that_opts_out_is_found()
    {
        Assert.Equal("ROOMVOX_TELEMETRY_OPTOUT", OptOutVariables.Of("roomvox"));
        Assert.Equal("DO_NOT_TRACK", OptOutVariables.Find("roomvox", _ => "1"));
        Assert.Equal("FORMVOX_TELEMETRY_OPTOUT", OptOutVariables.Find("formvox", name => name[0] == 'F' ? "yes" : "no"));
        Assert.Null(OptOutVariables.Find("roomvox", name => name[0] == 'F' ? "yes" : null));
    }

    private static ConsentDecision Decide(
        InstallationState state, string? variable = null, ReportingMode? commandLine = null, bool development = false,
        string? problem = null, ConsentModel model = ConsentModel.OptIn) =>
        ConsentRules.Decide(variable, commandLine, development, new StateReading(state, problem), model);

    private static void Expect(ReportingMode mode, ConsentSource source, string explanation, ConsentDecision decision) =>
        Assert.Equal((mode, source, explanation), (decision.Mode, decision.Source, decision.Explanation));
}
