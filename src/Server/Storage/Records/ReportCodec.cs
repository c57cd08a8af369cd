using System.Buffers;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.Records;

/// <summary>Turns reports into bytes and back. Tags are stored: never give one a new meaning.</summary>
/// <remarks>
/// The number and the epoch are not in the record: its place in the log tells the number, the number tells the epoch.
/// </remarks>
internal static class ReportCodec
{
    /// <summary>No field but a label comes twice, so a record has at most so many besides.</summary>
    private const int LastTag = 40;

    public static void Write(ArrayBufferWriter<byte> output, StoredReport stored)
    {
        var writer = new RecordWriter(output.GetSpan(MaxSize(stored.Report)));
        Write(ref writer, stored);
        output.Advance(writer.Written);
    }

    public static StoredReport Read(ReadOnlySpan<byte> record, FeedPosition position)
    {
        var reader = new RecordReader(record);
        var fields = new ReportFields();
        while (reader.Next(out var tag, out var number, out var bytes))
        {
            fields.Set(tag, number, bytes);
        }

        return fields.ToStoredReport(position);
    }

    public static UInt128 ToNumber(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return RecordReader.Wide(bytes);
    }

    /// <summary>At least what the record takes.</summary>
    private static int MaxSize(Report report)
    {
        var environment = report.Environment;
        var characters = report.AppVersion.Length + environment.NextcloudVersion.Length + environment.PhpVersion.Length
            + environment.DotnetVersion.Length + environment.Language.Length + environment.Timezone.Length;
        var labels = report.RoomVox is { } usage ? usage.RoomTypes.Items.Length + usage.Facilities.Items.Length : 0;
        return ((LastTag + labels) * RecordWriter.MaxField) + (characters * RecordWriter.MaxCharacter);
    }

    private static void Write(ref RecordWriter writer, StoredReport stored)
    {
        var report = stored.Report;
        writer.Number(1, (ulong)stored.AcceptedAt.ToUnixTimeMilliseconds());
        writer.Number(2, (ulong)stored.Kinds);
        writer.Number(3, (ulong)stored.PreviousNumber);
        writer.Wide(4, ToNumber(report.ReportId));
        writer.Wide(5, report.Instance.Value);
        writer.Number(6, (ulong)report.App);
        writer.Text(7, report.AppVersion);
        writer.Number(8, report.SchemaVersion);
        writer.Number(9, (ulong)report.Claim.Verdict);
        writer.Number(27, (ulong)report.Claim.Reason);
        writer.Number(28, report.ContentTag);
        Write(ref writer, report.Environment);
        writer.Optional(21, report.Users.Total);
        writer.Optional(22, report.Users.Active30Days);
        writer.Optional(23, report.Users.Disabled);
        writer.Optional(24, report.Users.Enabled);
        writer.Optional(25, report.Subscription.ValidSubscription);
        writer.Optional(26, report.Subscription.ExtendedSupport);
        if (report.RoomVox is { } usage)
        {
            Write(ref writer, usage);
        }
    }

    private static void Write(ref RecordWriter writer, InstallationEnvironment environment)
    {
        writer.Text(10, environment.NextcloudVersion);
        writer.Text(11, environment.PhpVersion);
        writer.Text(12, environment.DotnetVersion);
        writer.Number(13, environment.Country.Packed);
        writer.Number(14, (ulong)environment.CountrySource);
        writer.Number(15, (ulong)environment.Database);
        writer.Text(16, environment.Language);
        writer.Text(17, environment.Timezone);
        writer.Number(18, (ulong)environment.OsFamily);
        writer.Number(19, (ulong)environment.WebServer);
        writer.Optional(20, environment.Container);
    }

    private static void Write(ref RecordWriter writer, RoomVoxUsage usage)
    {
        writer.Present(30, 1);
        writer.Optional(31, usage.Rooms);
        writer.Optional(32, usage.RoomGroups);
        writer.Optional(33, usage.AverageCapacityHundredths);
        writer.Optional(34, usage.AutoAcceptRooms);
        writer.Optional(35, usage.RoomsWithSmtp);
        writer.Optional(36, usage.RoomsWithAvailabilityRules);
        writer.Optional(37, usage.ExchangeSyncEnabled);
        writer.Optional(38, usage.RoomsWithExchange);
        Write(ref writer, 39, usage.RoomTypes);
        Write(ref writer, 40, usage.Facilities);
    }

    /// <summary>One field per label: the label in the low byte, the count above it.</summary>
    private static void Write(ref RecordWriter writer, int tag, LabelCounts counts)
    {
        foreach (var (label, count) in counts.Items)
        {
            writer.Present(tag, (ulong)count << 8 | label);
        }
    }
}
