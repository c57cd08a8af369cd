using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Telemetry.Client.Schedule;

/// <summary>An installation's own delay, so that a fleet does not report all at once.</summary>
internal static class ReportJitter
{
    /// <summary>
    /// Zero to <see cref="ReportSchedule.LongestJitter"/>, evenly spread over installations, always the same for one.
    /// </summary>
    public static TimeSpan Of(string instanceHash, string app)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes($"telemetry jitter 1\n{app}\n{instanceHash}"));
        var part = BinaryPrimitives.ReadUInt64BigEndian(seed) / (double)ulong.MaxValue;
        return TimeSpan.FromMilliseconds(Math.Floor(part * ReportSchedule.LongestJitter.TotalMilliseconds));
    }
}
