using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Gives a report an id that belongs to its bytes.</summary>
internal static class ReportIds
{
    /// <summary>
    /// Sets the id: a UUID (RFC 9562, version 8) of a hash over the installation's seed and everything else in the
    /// report. So the report that was shown and the same one when it is sent have one id, and no two reports that differ
    /// ever share one, whatever processes, kills or clocks do.
    /// </summary>
    /// <param name="report">The report; an id that it has is replaced.</param>
    /// <param name="seed">Random, and another one after each report that a server answered for.</param>
    public static void Give(Report report, string seed)
    {
        report.ReportId = "";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(seed), .. report.ToByteArray()], hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0f));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3f));
        report.ReportId = new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}
