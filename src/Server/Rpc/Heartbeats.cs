using Google.Protobuf.WellKnownTypes;

namespace Telemetry.Server.Rpc;

/// <summary>How long a stream may be silent.</summary>
internal static class Heartbeats
{
    private static readonly TimeSpan Standard = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <exception cref="Grpc.Core.RpcException">It is too short or too long.</exception>
    public static TimeSpan Read(string field, Duration? interval, TimeSpan? standard = null)
    {
        if (interval is null)
        {
            return standard ?? Standard;
        }

        // Compared in seconds first: the message can hold durations that TimeSpan cannot.
        return interval.Seconds >= Shortest.TotalSeconds && interval.Seconds <= Longest.TotalSeconds && interval.Nanos is >= 0 and <= 999_999_999
            ? interval.ToTimeSpan()
            : throw RpcErrors.InvalidField(field, "must be between 1 s and 5 min");
    }
}
