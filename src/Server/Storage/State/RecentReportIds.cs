using System.IO.Hashing;
using System.Runtime.InteropServices;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.State;

/// <summary>
/// Fingerprints of an installation's last four report ids. A hit says "look into the log", a miss says "not one of
/// the last four".
/// </summary>
/// <remarks>
/// Four days of daily reports: a client repeats a report within minutes, or builds a new one the next day.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct RecentReportIds
{
    public const int Count = 4;

    private uint _newest;
    private uint _second;
    private uint _third;
    private uint _oldest;

    /// <summary>Mixed with the pseudonym, which nobody outside knows: ids that collide cannot be made on purpose.</summary>
    public static uint FingerprintOf(Guid reportId, InstanceId instance)
    {
        Span<byte> bytes = stackalloc byte[16];
        reportId.TryWriteBytes(bytes);
        return (uint)XxHash3.HashToUInt64(bytes, (long)(ulong)instance.Value);
    }

    public readonly bool MayContain(uint fingerprint) =>
        fingerprint == _newest || fingerprint == _second || fingerprint == _third || fingerprint == _oldest;

    public void Add(uint fingerprint) => (_newest, _second, _third, _oldest) = (fingerprint, _newest, _second, _third);

    public readonly UInt128 Pack() =>
        new((ulong)_newest << 32 | _second, (ulong)_third << 32 | _oldest);

    public static RecentReportIds Unpack(UInt128 packed) => new()
    {
        _newest = (uint)(packed >> 96),
        _second = (uint)(packed >> 64),
        _third = (uint)(packed >> 32),
        _oldest = (uint)packed,
    };
}
