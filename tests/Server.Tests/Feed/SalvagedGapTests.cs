using Telemetry.Server.Storage.LiteDb;
using Case = Telemetry.Contracts.V1.StreamEventsResponse.MessageOneofCase;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Feed;

public sealed class SalvagedGapTests
{
    [Fact]
    public async Task A_reader_is_told_of_reports_that_a_salvage_gave_up()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-gap-").FullName;
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                await SubmitAsync(server, 1);
                await SubmitAsync(server, 2);
            }

            using (var database = new EventDatabase(
                new DiskFile(Path.Combine(data, StoreFiles.Data)), new DiskFile(Path.Combine(data, StoreFiles.FirstLog)),
                new DiskFile(Path.Combine(data, StoreFiles.SecondLog)), null))
            {
                database.Commit(changing =>
                {
                    changing.AddGap(3, 400);
                    changing.AddEvents(400, 1, []);
                });
            }

            await using (var server = await TestServer.StartAsync(data))
            {
                using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
                await feed.NextAsync(Case.Hello);
                await feed.EventsThroughAsync(2);
                var gap = (await feed.NextAsync(Case.Gap)).Gap;
                Assert.Equal((3ul, 400ul, Wire.GapReason.Damage), (gap.FromNumber, gap.ToNumber, gap.Reason));
                await feed.NextAsync(Case.CaughtUp);
                await SubmitAsync(server, 3);
                Assert.Equal(401ul, (await feed.NextAsync(Case.Event)).Event.Position.Number);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task SubmitAsync(TestServer server, int number) =>
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(
            new Wire.SubmitReportRequest { Report = SampleReports.Of($"https://gap-{number}.example") });
}
