using Telemetry.Client;

namespace Telemetry.ClientSdk.Tests.Consent;

/// <summary>Every combination of what can be said about consent, against the rule said otherwise, and against docs/consent.md.</summary>
public sealed class ConsentTruthTableTests : IAsyncLifetime
{
    private const string Own = "ROOMVOX_TELEMETRY_OPTOUT";

    private static readonly ReportingMode?[] CommandLines = [null, ReportingMode.On, ReportingMode.Local, ReportingMode.Off];

    private static readonly ConsentModel[] Models = Enum.GetValues<ConsentModel>();

    /// <summary>Values by hand: what each means is not asked of the code that is tested.</summary>
    private static readonly (string? Value, bool OptsOut)[] Values =
    [
        (null, false), ("", false), ("  ", false), ("\t", false), ("0", false), (" 0 ", false), ("false", false),
        ("FALSE", false), ("no", false), ("No", false), ("off", false), (" OFF\n", false),
        ("1", true), ("true", true), ("TRUE", true), ("yes", true), ("on", true), ("2", true), ("00", true), ("-0", true),
        ("n", true), ("nein", true), ("disabled", true), ("please", true), ("0 1", true),
    ];

    private ConsentFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await ConsentFixture.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Every_combination_is_decided_by_the_strongest_of_the_strictest()
    {
        var wrong =
            from general in Values
            from own in Values.Where(own => general.Value is null || !own.OptsOut || own.Value == "1")
            from commandLine in CommandLines
            from administrator in ConsentFixture.Administrators
            from model in Models
            let expected = Expect(general.OptsOut || own.OptsOut, commandLine, administrator, model)
            let decision = _fixture.Decide(administrator, commandLine, model, Variables(general.Value, own.Value))
            where expected != (decision.Mode, decision.Source)
            select $"{general.Value}/{own.Value} {commandLine} {administrator} {model}: {decision}, not {expected}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_row_of_the_documented_table_holds_and_every_combination_is_in_exactly_one()
    {
        var rows = ConsentDocument.TruthTable();
        var combinations =
            from optsOut in new[] { false, true }
            from commandLine in CommandLines
            from administrator in ConsentFixture.Administrators
            from model in Models
            select (optsOut, commandLine, administrator, model);
        foreach (var (optsOut, commandLine, administrator, model) in combinations)
        {
            var row = Assert.Single(rows, row => row.Covers(optsOut, commandLine, administrator, model));
            var decision = _fixture.Decide(administrator, commandLine, model, Variables(null, optsOut ? "1" : null));
            Assert.Equal((row.Mode, row.Source), (decision.Mode, decision.Source));
        }
    }

    [Fact]
    public void Every_documented_value_of_a_variable_means_what_is_written()
    {
        foreach (var (value, optsOut) in ConsentDocument.Values())
        {
            var expected = optsOut ? ConsentSource.Environment : ConsentSource.Default;
            Assert.Equal(optsOut, OptOutVariables.OptsOut(value));
            Assert.Equal(expected, _fixture.Decide("–", null, default, Variables(value, null)).Source);
            Assert.Equal(expected, _fixture.Decide("–", null, default, Variables(null, value)).Source);
        }
    }

    [Theory]
    [InlineData("1", null, OptOutVariables.DoNotTrack)]
    [InlineData("1", "1", OptOutVariables.DoNotTrack)]
    [InlineData("0", "1", Own)]
    public void The_explanation_names_the_variable(string general, string? own, string named) =>
        Assert.Contains(
            $"the environment variable {named} is set",
            _fixture.Decide("on", null, default, Variables(general, own)).Explanation, StringComparison.Ordinal);

    [Fact]
    public void Every_combination_is_explained_by_a_sentence_that_begins_with_the_mode()
    {
        foreach (var administrator in ConsentFixture.Administrators)
        {
            foreach (var (commandLine, model) in CommandLines.SelectMany(_ => Models, (line, model) => (line, model)))
            {
                var decision = _fixture.Decide(administrator, commandLine, model, _ => null);
                Assert.StartsWith(decision.Mode.ToString(), decision.Explanation, StringComparison.Ordinal);
                Assert.EndsWith(".", decision.Explanation, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>
    /// The rule as a vote: each layer that restricts has one, from the strongest down, and what is at the bottom always
    /// has. The strictest vote is the mode, and the first that cast it decided.
    /// </summary>
    private static (ReportingMode Mode, ConsentSource Source) Expect(
        bool optsOut, ReportingMode? commandLine, string administrator, ConsentModel model)
    {
        var votes = new List<(ReportingMode Mode, ConsentSource Source)>();
        if (optsOut)
        {
            votes.Add((ReportingMode.Off, ConsentSource.Environment));
        }

        if (commandLine is ReportingMode.Local or ReportingMode.Off)
        {
            votes.Add((commandLine.Value, ConsentSource.CommandLine));
        }

        votes.Add(administrator switch
        {
            "on" => (ReportingMode.On, ConsentSource.Administrator),
            "local" => (ReportingMode.Local, ConsentSource.Administrator),
            "off" => (ReportingMode.Off, ConsentSource.Administrator),
            "unreadable" => (ReportingMode.Off, ConsentSource.UnusableState),
            _ => (model == ConsentModel.OptIn ? ReportingMode.Off : ReportingMode.On, ConsentSource.Default),
        });
        return votes.MaxBy(vote => Strictness(vote.Mode));
    }

    private static int Strictness(ReportingMode mode) => mode switch
    {
        ReportingMode.Off => 3,
        ReportingMode.Local => 2,
        _ => 1,
    };

    private static Func<string, string?> Variables(string? general, string? own) => name => name switch
    {
        "DO_NOT_TRACK" => general,
        Own => own,
        _ => null,
    };
}
