using Google.Protobuf;
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
internal sealed class EventMessages(StoredMessages messages)
{
    private const int Size = 4_096;

    private readonly FeedMessage?[] _ring = new FeedMessage?[Size];

    public FeedMessage Of(StoredReport stored)
    {
        ref var slot = ref _ring[stored.Position.Number % Size];
        var message = Volatile.Read(ref slot);
        if (message is null || message.Number != stored.Position.Number)
        {
            message = new FeedMessage(messages.ToEvent(stored), stored.Position.Number);
            Volatile.Write(ref slot, message);
        }

        return message;
    }

    public static FeedMessage Hello(
        FeedPosition current, long oldest, FeedPosition startingAfter, TimeSpan heartbeat)
    {
        var hello = new Wire.Hello
        {
            Current = StoredMessages.ToWire(current),
            OldestNumber = (ulong)(oldest > current.Number ? 0 : oldest),
            StartingAfter = StoredMessages.ToWire(startingAfter),
            HeartbeatInterval = Duration.FromTimeSpan(heartbeat),
        };
        return Control(new Wire.StreamEventsResponse { Hello = hello });
    }

    public static FeedMessage CaughtUp(FeedPosition position) =>
        Control(new Wire.StreamEventsResponse { CaughtUp = new Wire.CaughtUp { Position = StoredMessages.ToWire(position) } });

    public static FeedMessage FellBehind(FeedPosition position, long behind) => Control(new Wire.StreamEventsResponse
    {
        FellBehind = new Wire.FellBehind
        {
            Position = StoredMessages.ToWire(position),
            Behind = (ulong)behind,
        },
    });

    public static FeedMessage Heartbeat(FeedPosition position, DateTimeOffset now) => Control(new Wire.StreamEventsResponse
    {
        Heartbeat = new Wire.Heartbeat
        {
            Position = StoredMessages.ToWire(position),
            Time = Timestamp.FromDateTimeOffset(now),
        },
    });

    public static FeedMessage Gap(long from, long to, Wire.GapReason reason) => Control(new Wire.StreamEventsResponse
    {
        Gap = new Wire.Gap
        {
            FromNumber = (ulong)from,
            ToNumber = (ulong)to,
            Reason = reason,
        },
    });

    public static FeedMessage Erased(Erasure erasure, FeedPosition after) => Control(new Wire.StreamEventsResponse
    {
        Erased = new Wire.Erased
        {
            Position = StoredMessages.ToWire(after),
            Time = Timestamp.FromDateTimeOffset(erasure.Time),
            App = erasure.App,
            Numbers = { erasure.Numbers.Select(range => new Wire.NumberRange { First = (ulong)range.First, Last = (ulong)range.Last }) },
        },
    });

    private static FeedMessage Control(Wire.StreamEventsResponse message) => new(message.ToByteArray(), 0);
}

/// <summary>A StreamEventsResponse as its bytes.</summary>
/// <param name="Bytes">The message.</param>
/// <param name="Number">Of the event that it tells of; 0 when it tells of none.</param>
internal sealed record FeedMessage(ReadOnlyMemory<byte> Bytes, long Number)
{
    public IMessage ToMessage() => Wire.StreamEventsResponse.Parser.ParseFrom(Bytes.Span);
}
