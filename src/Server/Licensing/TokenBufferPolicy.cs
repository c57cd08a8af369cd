using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Telemetry.Server.Licensing;

/// <summary>Keeps the buffers into which payloads are written; one that a long list has blown up is let go.</summary>
internal sealed class TokenBufferPolicy : PooledObjectPolicy<ArrayBufferWriter<byte>>
{
    private const int LicenseSize = 1_024;
    private const int LargestKept = 16 * LicenseSize;

    public override ArrayBufferWriter<byte> Create() => new(LicenseSize);

    public override bool Return(ArrayBufferWriter<byte> obj)
    {
        obj.ResetWrittenCount();
        return obj.Capacity <= LargestKept;
    }
}
