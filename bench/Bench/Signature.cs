using System.Diagnostics;
using System.Security.Cryptography;

namespace Bench;

/// <summary>What one ES256 signature costs by itself, on this machine, now.</summary>
internal static class Signature
{
    public static double CpuMicroseconds(TimeSpan duration)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = new byte[700];
        var signature = new byte[64];
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        long count = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration; count++)
        {
            key.SignData(text, signature, HashAlgorithmName.SHA256);
        }

        process.Refresh();
        return (process.TotalProcessorTime - cpu).TotalMicroseconds / count;
    }
}
