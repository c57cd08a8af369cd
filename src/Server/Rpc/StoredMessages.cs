using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Rpc;

/// <summary>Writes stored data as contract messages, for every service that hands some out.</summary>
/// <remarks>A report's own bytes are copied as they are stored: nobody here takes them apart.</remarks>
internal sealed class StoredMessages(AppRegistry apps)
{
    private const int MaxHead = 512;

    private static readonly byte[] UsageTag = Bytes(Wire.Report.UsageFieldNumber);
    private static readonly byte[] AppTag = Bytes(Wire.Report.AppFieldNumber);
    private static readonly byte[] ReportIdTag = Bytes(Wire.Report.ReportIdFieldNumber);
    private static readonly byte[] ReportTag = Bytes(Wire.StoredReport.ReportFieldNumber);
    private static readonly byte[] InstanceIdTag = Bytes(Wire.StoredReport.InstanceIdFieldNumber);
    private static readonly byte[] EventTag = Bytes(Wire.StreamEventsResponse.EventFieldNumber);
    private static readonly byte[] EventReportTag = Bytes(Wire.Event.ReportFieldNumber);
    private static readonly byte[] EventKindsTag = Bytes(Wire.Event.KindsFieldNumber);
    private static readonly byte[] EventTimeTag = Bytes(Wire.Event.TimeFieldNumber);
    private static readonly byte[] EventPositionTag = Bytes(Wire.Event.PositionFieldNumber);
    private static readonly byte[] AcceptedAtTag = Bytes(Wire.StoredReport.AcceptedAtFieldNumber);
    private static readonly byte[] CursorTag = Bytes(Wire.FeedPosition.CursorFieldNumber);
    private static readonly byte[] AnyValueTag = Bytes(Any.ValueFieldNumber);
    private static readonly byte[] AnyTypeTag = Bytes(Any.TypeUrlFieldNumber);

    public static Wire.FeedPosition ToWire(FeedPosition position) =>
        new() { Cursor = FeedCursor.Of(position), Number = (ulong)position.Number };

    public Wire.StoredReport ToWire(StoredReport stored)
    {
        var writer = new BackwardWriter(ReportScratch.OfThread.Buffer(MaxHead + stored.Record.Length));
        Write(ref writer, stored);
        return Wire.StoredReport.Parser.ParseFrom(writer.Written);
    }

    public static Wire.Instance ToWire(InstanceState state)
    {
        var report = ReportBody.Write(state.Schema, state.Values, counts: null).ToMessage(state.Schema);
        return new Wire.Instance
        {
            InstanceId = state.Instance.ToString(),
            App = state.Schema.App,
            FirstSeen = Timestamp.FromDateTimeOffset(state.FirstSeen),
            LastSeen = Timestamp.FromDateTimeOffset(state.LastSeen),
            ReportCount = (ulong)state.ReportCount,
            LatestReportNumber = (ulong)state.LatestNumber,
            AppVersion = report.AppVersion,
            Verdict = (Wire.ClaimVerdict)state.Claim.Verdict,
            ClaimReason = (Wire.LicenseVerdict)state.Claim.Reason,
            Environment = report.Environment ?? new Wire.Environment(),
            CountrySource = (Wire.CountrySource)state.CountrySource,
            Users = report.Users ?? new Wire.Users(),
            Subscription = report.Subscription ?? new Wire.Subscription(),
            Usage = report.Usage,
        };
    }

    /// <summary>A message of the feed that says what was committed.</summary>
    public byte[] ToEvent(StoredReport stored)
    {
        var writer = new BackwardWriter(ReportScratch.OfThread.Buffer((2 * MaxHead) + stored.Record.Length));
        Write(ref writer, stored);
        writer.CloseMessage(EventReportTag, 0);
        var end = writer.Length;
        for (var bit = 31; bit >= 0; bit--)
        {
            if (((int)stored.Kinds >> bit & 1) != 0)
            {
                // The contract counts kinds 1, 2, 3 ...; the model has a bit for each.
                writer.Number((ulong)bit + 1);
            }
        }

        writer.CloseMessage(EventKindsTag, end);
        WriteTime(ref writer, EventTimeTag, stored.AcceptedAtMs);
        WritePosition(ref writer, stored.Position);
        writer.CloseMessage(EventTag, 0);
        return writer.Written.ToArray();
    }

    private void Write(ref BackwardWriter writer, StoredReport stored)
    {
        WriteReport(ref writer, stored, apps.OfStored(stored.App));
        WriteNumber(ref writer, Wire.StoredReport.CountrySourceFieldNumber, (ulong)stored.CountrySource);
        WriteNumber(ref writer, Wire.StoredReport.ClaimReasonFieldNumber, (ulong)stored.Claim.Reason);
        WriteNumber(ref writer, Wire.StoredReport.VerdictFieldNumber, (ulong)stored.Claim.Verdict);
        WriteTime(ref writer, AcceptedAtTag, stored.AcceptedAtMs);
        writer.Text(stored.Instance.ToString());
        writer.Bytes(InstanceIdTag);
        WriteNumber(ref writer, Wire.StoredReport.NumberFieldNumber, (ulong)stored.Position.Number);
    }

    private static void WriteReport(ref BackwardWriter writer, StoredReport stored, ReportSchema schema)
    {
        var body = stored.Body;
        if (schema.Descriptor is not null)
        {
            writer.Bytes(body.Usage);
            writer.CloseMessage(AnyValueTag, 0);
            writer.Text(schema.TypeUrl);
            writer.Bytes(AnyTypeTag);
            writer.CloseMessage(UsageTag, 0);
        }

        // Everything else of the report has a higher number than these two.
        writer.Bytes(body.Report);
        writer.Text(schema.App);
        writer.Bytes(AppTag);
        writer.Text(stored.ReportId.ToString("D"));
        writer.Bytes(ReportIdTag);
        writer.CloseMessage(ReportTag, 0);
    }

    private static void WriteNumber(ref BackwardWriter writer, int field, ulong value)
    {
        if (value != 0)
        {
            writer.Number(value);
            writer.Tag(field, WireReader.Varint);
        }
    }

    private static void WriteTime(ref BackwardWriter writer, byte[] tag, long unixMs)
    {
        var end = writer.Length;
        WriteNumber(ref writer, Timestamp.NanosFieldNumber, (ulong)(unixMs % 1_000 * 1_000_000));
        WriteNumber(ref writer, Timestamp.SecondsFieldNumber, (ulong)(unixMs / 1_000));
        writer.CloseMessage(tag, end);
    }

    private static void WritePosition(ref BackwardWriter writer, FeedPosition position)
    {
        var end = writer.Length;
        WriteNumber(ref writer, Wire.FeedPosition.NumberFieldNumber, (ulong)position.Number);
        Span<byte> cursor = stackalloc byte[FeedCursor.Length];
        FeedCursor.Write(position, cursor);
        writer.Bytes(cursor);
        writer.Number(FeedCursor.Length);
        writer.Bytes(CursorTag);
        writer.CloseMessage(EventPositionTag, end);
    }

    private static byte[] Bytes(int field) => WireTag.BytesOf(WireTag.Of(field, WireReader.Bytes));
}
