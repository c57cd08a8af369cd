using Google.Protobuf.WellKnownTypes;

namespace Telemetry.Server.Rpc;

/// <summary>Moments of the contract, which can hold what no calendar has.</summary>
internal static class WireMoments
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>
    /// The first whole millisecond at or after the moment: all that is stored has whole ones, so the same comparisons hold.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">It is no moment of the years 1 to 9999.</exception>
    public static long CeilingMs(string field, Timestamp moment) =>
        moment.Seconds >= Earliest && moment.Seconds <= Latest && moment.Nanos is >= 0 and <= 999_999_999
            ? (moment.Seconds * 1_000) + ((moment.Nanos + 999_999) / 1_000_000)
            : throw RpcErrors.InvalidField(field, "must be a moment of the years 1 to 9999");
}
