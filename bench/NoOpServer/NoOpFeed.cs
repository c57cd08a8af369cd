using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Contracts.V1;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;

namespace Bench.NoOpServer;

/// <summary>Writes an event of the real shape to each reader at a fixed rate, one write an event.</summary>
internal sealed class NoOpFeed : FeedService.FeedServiceBase
{
    private static readonly int Rate = int.Parse(
        System.Environment.GetEnvironmentVariable("BENCH_FEED_RATE") ?? "100", CultureInfo.InvariantCulture);

    public override async Task StreamEvents(
        StreamEventsRequest request, IServerStreamWriter<StreamEventsResponse> responseStream, ServerCallContext context)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Rate));
        for (ulong number = 1; await timer.WaitForNextTickAsync(context.CancellationToken).ConfigureAwait(false); number++)
        {
            await responseStream.WriteAsync(EventOf(number), context.CancellationToken).ConfigureAwait(false);
        }
    }

    private static StreamEventsResponse EventOf(ulong number)
    {
        var position = new FeedPosition { Cursor = "ARI0VniavN7wAAAAAAAAAAE", Number = number };
        var time = new Timestamp { Seconds = 1_795_000_000, Nanos = 123_000_000 };
        return new StreamEventsResponse
        {
            Event = new Event
            {
                Position = position,
                Time = time,
                Kinds = { EventKind.ReportAccepted, EventKind.InstanceDiscovered },
                Report = new StoredReport
                {
                    Number = number,
                    InstanceId = "016b3aa8146186b18d6fbfa8a99016d6",
                    AcceptedAt = time,
                    Verdict = ClaimVerdict.Community,
                    CountrySource = CountrySource.Reported,
                    Report = Reported(),
                },
            },
        };
    }

    private static Report Reported() => new()
    {
        ReportId = "018f6c1e-7c1a-7d2b-9a53-2f6f0f4f9d11",
        App = "roomvox",
        AppVersion = "1.4.0",
        Environment = new Telemetry.Contracts.V1.Environment
        {
            NextcloudVersion = "32.0.6.1",
            PhpVersion = "8.2.36",
            Country = "DE",
            Database = Database.Postgresql,
            Language = "de",
            Timezone = "Europe/Berlin",
            OsFamily = OsFamily.Linux,
            WebServer = WebServer.Nginx,
            Container = false,
        },
        Users = new Users { Total = 25, Active30D = 10, Disabled = 2 },
        Subscription = new Subscription { ValidSubscription = false, ExtendedSupport = false },
        Usage = Any.Pack(new RoomVox.Usage
        {
            Rooms = 5,
            RoomGroups = 2,
            RoomTypes = { ["custom"] = 10, ["meeting-room"] = 3, ["studio"] = 2, ["lecture-hall"] = 1 },
            Facilities = { ["custom"] = 13, ["projector"] = 3, ["whiteboard"] = 1, ["videoconf"] = 1, ["audio"] = 2, ["display"] = 1, ["wheelchair"] = 1 },
            AverageCapacity = 36.25,
            AutoAcceptRooms = 3,
            RoomsWithSmtp = 1,
            RoomsWithAvailabilityRules = 2,
            ExchangeSyncEnabled = true,
            RoomsWithExchange = 1,
        }),
    };
}
