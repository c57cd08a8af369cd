using Telemetry.Server.Model;
using Case = Telemetry.Contracts.V1.StreamEventsResponse.MessageOneofCase;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Feed;

public sealed class ErasedGapTests
{
    [Fact]
    public async Task A_reader_is_told_of_erased_reports_at_the_beginning_in_the_middle_and_at_the_end()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        foreach (var number in new[] { 1, 2, 1, 1, 3, 1 })
        {
            await SubmitAsync(server, number);
        }

        var store = server.Store;
        var victim = (await store.FindReportAsync(1, CancellationToken.None))!.Instance;
        var erasure = await store.EraseAsync(victim, SampleReports.App, 1, _ => new AuditDraft(new byte[] { 1 }), CancellationToken.None);
        Assert.Equal([new NumberRange(1, 1), new NumberRange(3, 4), new NumberRange(6, 6)], erasure!.Numbers);

        using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
        await feed.NextAsync(Case.Hello);
        await AssertGapAsync(1, 1);
        Assert.Equal(2ul, (await feed.NextAsync(Case.Event)).Event.Position.Number);
        await AssertGapAsync(3, 4);
        Assert.Equal(5ul, (await feed.NextAsync(Case.Event)).Event.Position.Number);
        await AssertGapAsync(6, 6);
        await feed.NextAsync(Case.CaughtUp);
        await SubmitAsync(server, 1);
        var anew = (await feed.NextAsync(Case.Event)).Event;
        Assert.Equal(7ul, anew.Position.Number);

        async Task AssertGapAsync(ulong from, ulong to)
        {
            var gap = (await feed.NextAsync(Case.Gap)).Gap;
            Assert.Equal((from, to, Wire.GapReason.Erasure), (gap.FromNumber, gap.ToNumber, gap.Reason));
        }
    }

    private static async Task SubmitAsync(TestServer server, int number) =>
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(
            new Wire.SubmitReportRequest { Report = SampleReports.Of($"https://erased-{number}.example") });
}
