using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Client;
using Telemetry.Client.Consent;
using Telemetry.Client.Contract;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;
using Usage = Telemetry.ClientSdk.Tests.Contract.Sampler.Usage;

namespace Telemetry.ClientSdk.Tests.Contract;

public sealed class ReportContractTests
{
    private static readonly ReportContract Contract = new(Usage.Descriptor);

    /// <summary>The contract as an app knows it, and as a tool that never heard of the app reads it from the app's files.</summary>
    public static TheoryData<bool> Readers => [false, true];

    [Fact]
    public void The_list_has_the_reports_fields_and_the_apps_with_their_paths()
    {
        var paths = Contract.Fields.Select(field => field.Path).ToList();

        Assert.Equal("sampler-app", Contract.App);
        Assert.Equal(3u, Contract.Version);
        Assert.Equal("report_id", paths[0]);
        Assert.Contains("environment.os_family", paths);
        Assert.Contains("subscription.key", paths);
        Assert.Equal(["usage.sync.enabled", "usage.sync.targets", "usage.newcomer"], paths.TakeLast(3));
        Assert.All(Contract.Fields, field => Assert.NotEmpty(field.Purpose));
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Every_field_is_shown_with_its_value(bool asTool)
    {
        var shown = ContractOf(asTool).Describe(Full()).ToDictionary(field => field.Path, field => field.Value);

        Assert.DoesNotContain(null, shown.Values);
        Assert.Equal("sampler-app", shown["app"]);
        Assert.Equal("postgresql", shown["environment.database"]);
        Assert.Equal("9000000000", shown["usage.large"]);
        Assert.Equal("36.25", shown["usage.mean"]);
        Assert.Equal("no", shown["usage.flag"]);
        Assert.Equal("pro-plus", shown["usage.plan"]);
        Assert.Equal("chat, mail", shown["usage.modules"]);
        Assert.Equal("image: 8000000000, text: 2", shown["usage.files"]);
        Assert.Equal("disk: 4", shown["usage.sync.targets"]);
    }

    [Fact]
    public void What_a_report_does_not_have_has_no_value() =>
        Assert.All(Contract.Describe(new Report()), field => Assert.Null(field.Value));

    [Theory]
    [InlineData(3u, "")]
    [InlineData(2u, "usage.newcomer")]
    [InlineData(1u, "usage.sync.targets usage.newcomer")]
    public void Fields_that_came_after_the_agreement_are_not_in_the_report(uint agreed, string withheld)
    {
        foreach (var asTool in new[] { false, true })
        {
            var report = ContractOf(asTool).Withhold(Full(), agreed);

            Assert.Equal(
                withheld.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                Contract.Describe(report).Where(field => field.Value is null).Select(field => field.Path));
            Assert.Equal(agreed == 3, report.Equals(Full()));
        }
    }

    [Fact]
    public void Who_agreed_before_there_was_any_list_agreed_to_no_field() =>
        Assert.All(Contract.Describe(Contract.Withhold(Full(), 0)), field => Assert.Null(field.Value));

    [Theory]
    [InlineData(ConsentModel.OptOut, 0u, 3u)]
    [InlineData(ConsentModel.BySchema, 0u, 0u)]
    [InlineData(ConsentModel.OptIn, 0u, 0u)]
    [InlineData(ConsentModel.BySchema, 2u, 2u)]
    [InlineData(ConsentModel.BySchema, 7u, 3u)]
    public void The_list_in_force_is_the_one_agreed_to_unless_no_agreement_is_asked_for(
        ConsentModel model, uint agreed, uint inForce) => Assert.Equal(
        inForce, ConsentRules.SchemaInForce(new InstallationState { AcceptedSchema = agreed }, model, Contract.Version));

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_secret_is_never_shown(bool asTool)
    {
        var contract = ContractOf(asTool);
        var key = contract.Describe(Full()).Single(field => field.Secret);

        Assert.Equal(("subscription.key", "(withheld)"), (key.Path, key.Value));
        Assert.DoesNotContain("RVOX", contract.JsonOf(Full()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void The_JSON_is_what_protobuf_makes_of_the_report(bool asTool)
    {
        var protobuf = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(Usage.Descriptor)));
        var report = Full();
        report.Subscription.Key = "";

        var json = ContractOf(asTool).JsonOf(report);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(protobuf.Format(report)), JsonElement.Parse(json)), json);
        Assert.Contains("\n  \"reportId\": ", json, StringComparison.Ordinal);
    }

    [Fact]
    public void What_somebody_typed_is_counted_and_not_named()
    {
        var folded = Contract.Pack(new Usage
        {
            Edition = "Dr. Smith's",
            Modules = { "mail", "Bob's", "Ann's", "mail" },
            Files = { ["text"] = 1, ["letter to Ann"] = 2, ["letter to Bob"] = ulong.MaxValue / 2, ["custom"] = 3 },
            Pages = { ["de"] = 1 },
            Sync = new Sampler.Sync { Targets = { ["the boss's laptop"] = uint.MaxValue, ["Bob's"] = 1, ["disk"] = 1 } },
        }).Unpack<Usage>();

        Assert.Equal("custom", folded.Edition);
        Assert.Equal(["custom", "mail"], folded.Modules);
        Assert.Equal(["custom", "text"], folded.Files.Keys);
        Assert.Equal((ulong.MaxValue / 2) + 5, folded.Files["custom"]);
        Assert.Equal((uint.MaxValue, 1u), (folded.Sync.Targets["custom"], folded.Sync.Targets["disk"]));
        Assert.Equal("de", Assert.Single(folded.Pages).Key);
    }

    [Fact]
    public void The_same_figures_make_the_same_bytes_in_whatever_order_they_were_counted()
    {
        var one = new Usage { Files = { ["text"] = 1, ["image"] = 2 }, Modules = { "mail", "chat" } };
        var other = new Usage { Modules = { "chat", "mail" }, Files = { ["image"] = 2, ["text"] = 1 } };

        Assert.Equal(Contract.Pack(one), Contract.Pack(other));
    }

    [Fact]
    public void An_app_that_knows_no_figures_reports_an_empty_usage()
    {
        var usage = Contract.Pack(null);

        Assert.Equal(("type.googleapis.com/sampler.v1.Usage", 0), (usage.TypeUrl, usage.Value.Length));
    }

    [Fact]
    public void A_usage_of_another_app_or_of_broken_bytes_has_no_values()
    {
        var foreign = Full();
        foreign.Usage.TypeUrl = "type.googleapis.com/other.v1.Usage";
        var broken = Full();
        broken.Usage.Value = ByteString.CopyFrom(0x4a, 0xff);

        foreach (var report in new[] { foreign, broken })
        {
            Assert.All(
                Contract.Describe(report).Where(field => field.Path.StartsWith("usage.", StringComparison.Ordinal)),
                field => Assert.Null(field.Value));
            Assert.Contains(report.Usage.Value.ToBase64(), Contract.JsonOf(report), StringComparison.Ordinal);
        }
    }

    private static ReportContract ContractOf(bool asTool) =>
        asTool ? ReportContract.TryRead(Contract.Files(), Contract.UsageType)! : Contract;

    /// <summary>A report with every field that there is.</summary>
    private static Report Full()
    {
        var report = SampleReports.Of();
        report.ReportId = "7d0a4f7e-6f5e-4f1c-9d4b-2f6a5d0c1b3e";
        report.App = Contract.App;
        report.SchemaVersion = 1;
        report.Environment.DotnetVersion = "10.0.1";
        report.Users.Enabled = 23;
        report.Subscription.Key = "RVOX-KEY";
        report.Usage = Contract.Pack(SampleUsage.Full());
        return report;
    }
}
