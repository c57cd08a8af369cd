using System.Buffers.Binary;

namespace Telemetry.Server.Model;

/// <summary>Keyed hash of a subscription key, cut to 16 bytes. Never stored with a report.</summary>
internal readonly record struct SubscriptionKeyHash(UInt128 Value)
{
    public static SubscriptionKeyHash Read(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128BigEndian(hash));
}
