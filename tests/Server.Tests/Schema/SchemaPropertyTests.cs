using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Schema;
using Telemetry.Server.Ingestion;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Whatever a contract holds and whatever is sent: all that read it, keep it and show it say the same.</summary>
public sealed class SchemaPropertyTests
{
    private static readonly Gen<PlannedReport[]> Reports = ContractGen.Contract.SelectMany(contract => ReportGen.Of(contract).Array[1, 6]);

    private static readonly Gen<PlannedReport[][]> Fleets = Gen.Int[1, 6].SelectMany(count => ContractGen.All(
        Enumerable.Range(1, count).Select(number => ContractGen.Contract.SelectMany(contract =>
            ReportGen.Accepted(contract with { Slug = $"planned-{number}", TypeName = $"plan{number}.Usage" }).Array[1, 8])))).Select(fleets => fleets.ToArray());

    [Fact]
    public void What_is_read_from_the_wire_and_from_JSON_is_what_was_meant() => Reports.Sample(reports =>
    {
        var apps = reports[0].Contract.Register();
        var schema = apps.Find(reports[0].Contract.Slug)!;
        foreach (var report in reports)
        {
            var expected = new ExpectedUsage(report);
            var wire = SubmittedReport.FromWire(report.ToReport().ToByteArray(), apps);
            var json = SubmittedReport.FromJson(report.ToJsonReport(), apps);
            Assert.Equal(wire.Violations, json.Violations);
            foreach (var read in new[] { wire, json })
            {
                Assert.Equal(expected.Refused, read.Violations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
                Assert.Equal(report.UnknownFields, read.UnknownFields);
                if (expected.Refused.Count == 0)
                {
                    Assert.Equal(expected.Dropped, read.Dropped.Order(StringComparer.Ordinal));
                    Assert.Equal(Convert.ToHexString(expected.Bytes), Convert.ToHexString(read.Body.Usage));
                    var again = WireReportReader.Read(read.Body, schema);
                    Assert.Equal(read.Values!.Numbers, again.Numbers);
                    Assert.Equal(Convert.ToHexString(expected.State), Convert.ToHexString(ReportBody.Write(schema, again, counts: null).Usage));
                }
            }
        }
    }, iter: 300, print: Print);

    [Fact]
    public void A_layout_means_to_the_generated_classes_what_it_means_here() => Gen
        .OneOf([.. new AppRegistry().All.Select(schema => ReportGen.Of(PlannedContract.Of(schema)).Select(report => (schema, report)))])
        .Sample(sent =>
        {
            var usage = ContractValues.UsageOf(sent.schema);
            usage.MergeFrom(sent.report.ToWire());
            var expected = new ExpectedUsage(sent.report);
            var apps = new AppRegistry();

            var read = SubmittedReport.FromWire(sent.report.ToReport().ToByteArray(), apps);
            var relaid = SubmittedReport.FromWire(PlannedReport.Around(sent.report.Contract, usage.ToByteString()).ToByteArray(), apps);

            Assert.Equal(expected.Refused, read.Violations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
            Assert.Equal(read.Violations, relaid.Violations);
            Assert.Equal(Convert.ToHexString(read.Body.Bytes.Span), Convert.ToHexString(relaid.Body.Bytes.Span));
            if (expected.Refused.Count == 0)
            {
                Assert.Equal(Convert.ToHexString(expected.Bytes), Convert.ToHexString(read.Body.Usage));
                // The measure writes what the generated class writes.
                Assert.Equal(expected.Bytes, sent.schema.Descriptor!.Parser.ParseFrom(expected.Bytes).ToByteArray());
            }
        }, iter: 200, print: sent => $"{sent.report.Contract}\n{sent.report}");

    [Fact]
    public Task What_is_kept_and_delivered_and_shown_is_what_was_meant_after_a_restart_too() => Fleets.SampleAsync(async fleets =>
    {
        var data = Directory.CreateTempSubdirectory("telemetry-planned-").FullName;
        try
        {
            var sent = new List<(PlannedReport Report, string Hash)>();
            await using (var server = await TestServer.StartAsync(data, null, "Ingestion:MinimumInterval=00:00:00"))
            {
                foreach (var fleet in fleets)
                {
                    await server.Apps.RegisterAppAsync(new() { DescriptorSet = fleet[0].Contract.ToSet() }, server.Authorized);
                    for (var i = 0; i < fleet.Length; i++)
                    {
                        // Some report twice, and something else then.
                        var hash = SampleReports.HashOf($"https://{i % 5}.example");
                        if (await SubmitAsync(server, fleet[i], hash, asJson: i % 2 == 1))
                        {
                            sent.Add((fleet[i], hash));
                        }
                    }
                }

                await AssertKnownAsync(server, sent);
            }

            await using var restarted = await TestServer.StartAsync(data);
            await AssertKnownAsync(restarted, sent);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }, iter: 4, threads: 1, print: fleets => string.Join("\n\n", fleets.Select(Print)));

    private static async Task AssertKnownAsync(TestServer server, List<(PlannedReport Report, string Hash)> sent)
    {
        if (sent.Count == 0)
        {
            return;
        }

        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        var events = await feed.EventsThroughAsync((ulong)sent.Count);
        var instances = (await server.Admin.ListInstancesAsync(new() { PageSize = 1_000 }, server.Authorized)).Instances;
        Assert.Equal(sent.Select(each => (each.Report.Contract.Slug, each.Hash)).Distinct().Count(), instances.Count);
        for (var i = 0; i < sent.Count; i++)
        {
            var (report, hash) = sent[i];
            var expected = new ExpectedUsage(report);
            AssertSame(report.Contract, expected.Bytes, events[i].Report.Report.Usage);
            var stored = (await server.Admin.GetReportAsync(new() { Number = (ulong)i + 1 }, server.Authorized)).Report;
            AssertSame(report.Contract, expected.Bytes, stored.Report.Usage);
            if (sent.FindLastIndex(other => other.Report.Contract.Slug == report.Contract.Slug && other.Hash == hash) == i)
            {
                var shown = await server.Admin.GetInstanceAsync(new() { InstanceHash = hash, App = report.Contract.Slug }, server.Authorized);
                AssertSame(report.Contract, expected.State, shown.Instance.Usage);
                AssertSame(report.Contract, expected.Bytes, shown.History[0].Report.Usage);
                AssertSame(report.Contract, expected.State, instances.Single(instance =>
                    instance.App == report.Contract.Slug && instance.InstanceId == shown.Instance.InstanceId).Usage);
            }
        }
    }

    private static void AssertSame(PlannedContract contract, byte[] expected, Any usage)
    {
        Assert.Equal(contract.TypeUrl, usage.TypeUrl);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(usage.Value.Span));
    }

    /// <returns>False for one that is larger than a report may be.</returns>
    private static async Task<bool> SubmitAsync(TestServer server, PlannedReport report, string hash, bool asJson)
    {
        if (asJson)
        {
            var json = report.ToJsonReport(hash);
            using var content = new ByteArrayContent(json);
            content.Headers.ContentType = new("application/json");
            using var response = await server.HttpClient.PostAsync("/v1/reports", content);
            Assert.True(response.IsSuccessStatusCode || json.Length > ReportLimits.MaxReportBytes, await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode;
        }

        var message = report.ToReport(hash);
        if (message.CalculateSize() > ReportLimits.MaxReportBytes)
        {
            return false;
        }

        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(new() { Report = message });
        return true;
    }

    private static string Print(PlannedReport[] reports) => $"{reports[0].Contract}\n{string.Join("\n", reports.AsEnumerable())}";
}
