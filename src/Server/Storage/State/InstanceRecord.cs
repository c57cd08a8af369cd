using System.Buffers;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage.Records;

namespace Telemetry.Server.Storage.State;

/// <summary>A row of the state as a snapshot has it: the latest report without its counts by label, and what only the row knows.</summary>
/// <param name="Ordinal">The row's place.</param>
/// <param name="FirstSeenMs">When the first report came, Unix milliseconds.</param>
/// <param name="ReportCount">How many came.</param>
/// <param name="RecentIds">Fingerprints of the last report ids.</param>
/// <param name="Owner">Keyed hash of who owns its data; 0 for nobody.</param>
/// <param name="Latest">The latest report.</param>
internal sealed record InstanceRecord(
    int Ordinal, long FirstSeenMs, uint ReportCount, RecentReportIds RecentIds, ulong Owner, StoredReport Latest)
{
    private const int HeadFields = 6;

    public static void Write(ArrayBufferWriter<byte> output, InstanceState state, RecentReportIds recentIds, ulong owner)
    {
        var writer = new RecordWriter(output.GetSpan(HeadFields * RecordWriter.MaxNumber));
        writer.Raw((ulong)state.Ordinal);
        writer.Raw((ulong)state.LatestNumber);
        writer.Raw((ulong)state.FirstSeen.ToUnixTimeMilliseconds());
        writer.Raw((ulong)state.ReportCount);
        writer.Raw(owner);
        writer.Wide(recentIds.Pack());
        output.Advance(writer.Written);
        var report = new Report
        {
            ReportId = Guid.Empty,
            Instance = state.Instance,
            Schema = state.Schema,
            Values = state.Values,
            Body = ReportBody.Write(state.Schema, state.Values, counts: null),
            Claim = state.Claim,
            CountrySource = state.CountrySource,
        };
        var latest = StoredReport.Of(default, state.LastSeen.ToUnixTimeMilliseconds(), EventKinds.None, 0, report);
        output.Write(latest.Record.Span);
    }

    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    public static InstanceRecord Read(ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(record.Span);
        var ordinal = (int)reader.Raw();
        var latest = (long)reader.Raw();
        var firstSeen = (long)reader.Raw();
        var count = (uint)reader.Raw();
        var owner = reader.Raw();
        var recentIds = RecentReportIds.Unpack(reader.Wide());
        return new InstanceRecord(
            ordinal, firstSeen, count, recentIds, owner,
            StoredReport.Read(new FeedPosition(0, latest), record[^reader.Rest.Length..]));
    }
}
