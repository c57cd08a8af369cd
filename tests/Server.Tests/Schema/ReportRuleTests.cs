using System.Text;
using Google.Protobuf;
using Telemetry.Schema;
using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Values at which reading could go wrong, one by one.</summary>
public sealed class ReportRuleTests
{
    [Theory]
    [InlineData(1UL << 53, 2_000)]
    [InlineData(7UL, 2)]
    public void Counts_that_fall_together_stop_at_the_largest_one(ulong max, int texts)
    {
        foreach (var format in new[] { Contracts.V1.TextFormat.Unspecified, Contracts.V1.TextFormat.Language })
        {
            var field = new PlannedField("counts", 1, Shape.Map64) { Max = max, Format = format, Labels = format == 0 ? ["a"] : [] };
            IReadOnlyList<(string, ulong)> counts = [.. Enumerable.Range(0, texts).Select(i => ($"somebody's {i}", max))];

            var kept = Read(field, counts).Body.Usage.ToArray();

            Assert.Equal(new WireBytes().Message(1, new WireBytes().Text(1, "custom").Number(2, max).ToArray()).ToArray(), kept);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_024)]
    [InlineData(1_025)]
    [InlineData(30_000)]
    public void A_text_that_is_no_label_is_custom_however_long_it_is(int length)
    {
        var read = Read(new PlannedField("template", 1, Shape.Text) { Labels = ["plain"] }, new string('☂', length));

        Assert.Empty(read.Violations);
        Assert.Equal(new WireBytes().Text(1, "custom").ToArray(), read.Body.Usage.ToArray());
    }

    [Theory]
    [InlineData("Large", 2)]
    [InlineData("LARGE", 1)]
    [InlineData("large", 1)]
    public void A_value_is_found_by_its_own_name_before_any_that_reads_alike(string word, ulong number)
    {
        var contract = new PlannedContract("planned", [new PlannedField("plan", 1, Shape.Enumeration) { Values = [("LARGE", 1), ("Large", 2)] }]);
        var json = $$"""
            {
              "reportId": "{{Guid.NewGuid():D}}", "instanceHash": "{{SampleReports.HashOf("https://a.example")}}", "app": "planned", "appVersion": "1.0",
              "usage": {"plan": "{{word}}"}
            }
            """;

        var read = SubmittedReport.FromJson(Encoding.UTF8.GetBytes(json), contract.Register());

        Assert.Equal(new WireBytes().Number(1, number).ToArray(), read.Body.Usage.ToArray());
    }

    [Theory]
    [InlineData("invoices")]
    [InlineData("average_lines")]
    [InlineData("archive_enabled")]
    [InlineData("plan")]
    [InlineData("template")]
    public void A_report_without_a_field_of_any_kind_that_is_required_is_refused_with_the_field(string name)
    {
        var contract = new MadeUpContract();
        contract.Change(name, policy => policy.Required = true);
        var set = contract.ToSet();
        var apps = new AppRegistry();
        apps.Add(new RegisteredContract(AppContract.Read(set.Span), 1, default, set.Memory));
        var plan = PlannedContract.Of(apps.Find("invoicer")!);

        var read = SubmittedReport.FromWire(PlannedReport.Around(plan, ByteString.Empty).ToByteArray(), apps);

        var violation = Assert.Single(read.Violations);
        Assert.Equal("usage." + name, violation.Field);
        Assert.StartsWith("is required", violation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_field_with_a_value_that_nobody_knows_is_there()
    {
        var contract = new MadeUpContract();
        contract.Change("tax_country", policy => policy.Required = true);
        var set = contract.ToSet();
        var apps = new AppRegistry();
        apps.Add(new RegisteredContract(AppContract.Read(set.Span), 1, default, set.Memory));
        var usage = new WireBytes().Text(7, "Atlantis").ToArray();

        var read = SubmittedReport.FromWire(PlannedReport.Around(PlannedContract.Of(apps.Find("invoicer")!), ByteString.CopyFrom(usage)).ToByteArray(), apps);

        Assert.Empty(read.Violations);
        Assert.Equal(["usage.tax_country"], read.Dropped);
    }

    private static SubmittedReport Read(PlannedField field, object value)
    {
        var contract = new PlannedContract("planned", [field]);
        var report = new PlannedReport(contract, new SentMessage([new SentField(field, [value])], [], 0), Layout: 1);
        return SubmittedReport.FromWire(report.ToReport().ToByteArray(), contract.Register());
    }
}
