using System.Buffers;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.Records;

namespace Telemetry.Server.Storage.State;

/// <summary>Writes a row of the state as a record: the latest report without its maps, and what only the row knows.</summary>
internal static class InstanceRecord
{
    private const int HeadFields = 5;

    public static void Write(ArrayBufferWriter<byte> output, InstanceState state, RecentReportIds recentIds)
    {
        var writer = new RecordWriter(output.GetSpan(HeadFields * RecordWriter.MaxField));
        writer.Raw((ulong)state.Ordinal);
        writer.Raw((ulong)state.LatestNumber);
        writer.Raw((ulong)state.FirstSeen.ToUnixTimeMilliseconds());
        writer.Raw((ulong)state.ReportCount);
        writer.Wide(1, recentIds.Pack());
        output.Advance(writer.Written);
        ReportCodec.Write(output, LatestOf(state));
    }

    public static (InstanceState State, RecentReportIds RecentIds) Read(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(record);
        var ordinal = (int)reader.Raw();
        var latest = (long)reader.Raw();
        var firstSeen = DateTimeOffset.FromUnixTimeMilliseconds((long)reader.Raw());
        var count = (long)reader.Raw();
        reader.Next(out _, out _, out var recentIds);
        var stored = ReportCodec.Read(reader.Rest, new FeedPosition(0, latest));
        var report = stored.Report;
        var state = new InstanceState
        {
            Ordinal = ordinal,
            Instance = report.Instance,
            App = report.App,
            FirstSeen = firstSeen,
            LastSeen = stored.AcceptedAt,
            ReportCount = count,
            LatestNumber = latest,
            AppVersion = report.AppVersion,
            SchemaVersion = report.SchemaVersion,
            Claim = report.Claim,
            Environment = report.Environment,
            Users = report.Users,
            Subscription = report.Subscription,
            RoomVox = report.RoomVox,
        };
        return (state, RecentReportIds.Unpack(RecordReader.Wide(recentIds)));
    }

    private static StoredReport LatestOf(InstanceState state)
    {
        var report = new Report
        {
            ReportId = Guid.Empty,
            Instance = state.Instance,
            App = state.App,
            AppVersion = state.AppVersion,
            SchemaVersion = state.SchemaVersion,
            Claim = state.Claim,
            Environment = state.Environment,
            Users = state.Users,
            Subscription = state.Subscription,
            RoomVox = state.RoomVox,
        };
        return new StoredReport(new FeedPosition(0, state.LatestNumber), state.LastSeen, EventKinds.None, 0, report);
    }
}

/// <summary>A flag that may be missing, in one byte.</summary>
internal enum Ternary : byte
{
    NotKnown = 0,
    No = 1,
    Yes = 2,
}
