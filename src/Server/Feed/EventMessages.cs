using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Feed;

/// <summary>Contract messages of recent events, made once and shared by all readers.</summary>
/// <remarks>
/// A ring indexed by the event's number: readers that are near the end of the log find the message there; one that
/// catches up from far back makes its own and may overwrite a newer one, which costs time, never correctness.
/// Messages are never changed once they are made.
/// </remarks>
internal sealed class EventMessages
{
    private const int Size = 4_096;

    private readonly Wire.StreamEventsResponse?[] _ring = new Wire.StreamEventsResponse?[Size];

    public Wire.StreamEventsResponse Of(StoredReport stored)
    {
        ref var slot = ref _ring[stored.Position.Number % Size];
        var message = Volatile.Read(ref slot);
        if (message is null || message.Event.Position.Number != (ulong)stored.Position.Number)
        {
            message = ToWire(stored);
            Volatile.Write(ref slot, message);
        }

        return message;
    }

    private static Wire.StreamEventsResponse ToWire(StoredReport stored)
    {
        var report = StoredReportMapper.ToWire(stored);
        var message = new Wire.Event { Position = report.Position, Time = report.AcceptedAt, Report = report };
        for (var bit = 0; (int)stored.Kinds >> bit != 0; bit++)
        {
            if (((int)stored.Kinds >> bit & 1) != 0)
            {
                message.Kinds.Add((Wire.EventKind)(bit + 1));
            }
        }

        return new Wire.StreamEventsResponse { Event = message };
    }

    public static Wire.StreamEventsResponse Hello(
        FeedPosition current, long oldest, FeedPosition startingAfter, TimeSpan heartbeat)
    {
        var hello = new Wire.Hello
        {
            Current = StoredReportMapper.ToWire(current),
            OldestNumber = (ulong)oldest,
            StartingAfter = StoredReportMapper.ToWire(startingAfter),
            HeartbeatInterval = Duration.FromTimeSpan(heartbeat),
        };
        return new Wire.StreamEventsResponse { Hello = hello };
    }

    public static Wire.StreamEventsResponse CaughtUp(FeedPosition position) =>
        new() { CaughtUp = new Wire.CaughtUp { Position = StoredReportMapper.ToWire(position) } };

    public static Wire.StreamEventsResponse FellBehind(FeedPosition position, long behind) => new()
    {
        FellBehind = new Wire.FellBehind
        {
            Position = StoredReportMapper.ToWire(position),
            Behind = (ulong)behind,
        },
    };

    public static Wire.StreamEventsResponse Heartbeat(FeedPosition position, DateTimeOffset now) => new()
    {
        Heartbeat = new Wire.Heartbeat
        {
            Position = StoredReportMapper.ToWire(position),
            Time = Timestamp.FromDateTimeOffset(now),
        },
    };

    public static Wire.StreamEventsResponse Gap(long from, long to, Wire.GapReason reason) => new()
    {
        Gap = new Wire.Gap
        {
            FromNumber = (ulong)from,
            ToNumber = (ulong)to,
            Reason = reason,
        },
    };
}
