using Google.Protobuf.Reflection;
using Telemetry.Client.Contract;
using Telemetry.Contracts.Rules;
using Telemetry.ClientSdk.Tests.Contract.Sampler;

namespace Telemetry.ClientSdk.Tests.Contract;

public sealed class ContractRulesTests
{
    /// <summary>The contracts that come with this one, whichever they are.</summary>
    public static TheoryData<string> BuiltIn => [.. Messages().Select(message => message.FullName)];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void A_contract_that_a_server_takes_breaks_no_rule(string name) =>
        Assert.Empty(ReportContract.ProblemsOf(Messages().Single(message => message.FullName == name)));

    [Fact]
    public void Every_kind_of_field_is_allowed() => Assert.Empty(ReportContract.ProblemsOf(Usage.Descriptor));

    [Fact]
    public void A_message_that_names_no_app_is_told() => Assert.Equal(
        "sampler.v1.Anonymous is refused: it has no option (telemetry.v1.app); it names the app.",
        Assert.Single(ReportContract.ProblemsOf(Anonymous.Descriptor)));

    [Fact]
    public void A_name_that_no_app_can_have_is_told() => Assert.Contains(
        "has a slug that is not 2 to 32 lower-case letters",
        Assert.Single(ReportContract.ProblemsOf(Misnamed.Descriptor)), StringComparison.Ordinal);

    [Fact]
    public void Every_rule_that_a_field_breaks_is_a_sentence_with_its_path()
    {
        var problems = ReportContract.ProblemsOf(Careless.Descriptor).ToList();

        Assert.All(problems, problem => Assert.Matches(@"^sampler\.v1\.Careless is refused: usage\..*\.$", problem));
        Assert.All(
            new (string Field, string Words)[]
            {
                ("note", "is free text"), ("note", "has a name that says it holds something personal"),
                ("owners", "is a map whose keys can be free text"), ("unexplained", "has no (telemetry.v1.field_policy)"),
                ("zero_or_unknown", "must be optional"), ("anything", "is bytes"), ("list", "is a list of messages"),
                ("one", "is in a oneof"), ("negative", "must be uint32"), ("group.note", "is free text"),
            },
            expected => Assert.Contains(
                problems, problem => problem.Contains($" usage.{expected.Field} {expected.Words}", StringComparison.Ordinal)));
        Assert.Contains(problems, problem => problem.Contains("usage.deeper holds messages more than 3 deep", StringComparison.Ordinal));
    }

    private static IEnumerable<MessageDescriptor> Messages() => typeof(Contracts.V1.Report).Assembly.GetTypes()
        .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
        .OfType<MessageDescriptor>()
        .Where(message => FieldPolicies.Of(message) is not null);
}
