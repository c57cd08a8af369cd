using System.Diagnostics;
using System.Security.Cryptography;

namespace Bench;

/// <summary>What one ES256 signature costs by itself, on this machine, now.</summary>
internal static class Signature
{
    /// <summary>
    /// On so many threads at a time: virtual processors often share a core, and one that works alone is faster than it
    /// ever is while a server is measured, which keeps all of them busy.
    /// </summary>
    public static double CpuMicroseconds(TimeSpan duration, int threads)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var counts = new long[threads];
        var signers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var text = new byte[700];
            var signature = new byte[64];
            for (; watch.Elapsed < duration; counts[i]++)
            {
                key.SignData(text, signature, HashAlgorithmName.SHA256);
            }
        })).ToList();
        signers.ForEach(signer => signer.Start());
        signers.ForEach(signer => signer.Join());
        process.Refresh();
        return (process.TotalProcessorTime - cpu).TotalMicroseconds / counts.Sum();
    }
}
