using System.Buffers.Binary;
using System.Text;
using Telemetry.Schema;

namespace Telemetry.Server.Model;

/// <summary>A committed report: one event of the feed, and the record that the log has of it.</summary>
/// <remarks>
/// The record begins with a head of fixed places, which is all that most questions need; the report's own bytes follow as
/// they are handed out. Neither number nor epoch are in it: the record's place in the log tells them. Only a report with which
/// ownership begins has the owner's hash, between head and body; nothing that is handed out reaches there.
/// </remarks>
internal sealed class StoredReport(FeedPosition position, ReadOnlyMemory<byte> record)
{
    private const int InstanceAt = 16;
    private const int ContentTagAt = 32;
    private const int AcceptedAtAt = 40;
    private const int PreviousAt = 48;
    private const int KindsAt = 56;
    private const int VerdictAt = 57;
    private const int ReasonAt = 58;
    private const int SourceAt = 59;
    private const int OwnershipShift = 6;
    private const int OwnerSize = 8;
    private const int ReportLengthAt = 60;
    private const int AppLengthAt = 62;
    private const int HeadSize = 63;

    public FeedPosition Position => position;

    public ReadOnlyMemory<byte> Record => record;

    public Guid ReportId => new(Span[..InstanceAt], bigEndian: true);

    public InstanceId Instance => InstanceId.Read(Span[InstanceAt..]);

    /// <inheritdoc cref="Report.ContentTag"/>
    public ulong ContentTag => BinaryPrimitives.ReadUInt64LittleEndian(Span[ContentTagAt..]);

    /// <summary>When it was committed, Unix milliseconds.</summary>
    public long AcceptedAtMs => BinaryPrimitives.ReadInt64LittleEndian(Span[AcceptedAtAt..]);

    /// <summary>When it was committed, UTC, whole milliseconds.</summary>
    public DateTimeOffset AcceptedAt => DateTimeOffset.FromUnixTimeMilliseconds(AcceptedAtMs);

    /// <summary>Number of the same installation and app's report before; 0 for the first.</summary>
    public long PreviousNumber => BinaryPrimitives.ReadInt64LittleEndian(Span[PreviousAt..]);

    /// <summary>What it means.</summary>
    public EventKinds Kinds => (EventKinds)(Span[KindsAt] & ((1 << OwnershipShift) - 1));

    /// <summary>What it means for who owns the installation's data: two bits beside the kinds.</summary>
    public OwnershipChange Ownership => (OwnershipChange)(Span[KindsAt] >> OwnershipShift);

    /// <inheritdoc cref="Report.Owner"/>
    /// <remarks>Of a report with which ownership begins; 0 of any other, whatever came with it.</remarks>
    public ulong Owner => Ownership == OwnershipChange.Begun ? BinaryPrimitives.ReadUInt64LittleEndian(Span[(HeadSize + Span[AppLengthAt])..]) : 0;

    public Claim Claim => new((ClaimVerdict)Span[VerdictAt], (LicenseVerdict)Span[ReasonAt]);

    public CountrySource CountrySource => (CountrySource)Span[SourceAt];

    /// <summary>The app's slug.</summary>
    public string App => TextPool.Shared.Get(Span.Slice(HeadSize, Span[AppLengthAt]));

    public ReportBody Body => new(
        record[BodyAt(Span)..], BinaryPrimitives.ReadUInt16LittleEndian(Span[ReportLengthAt..]));

    /// <summary>Empty when the app could not tell it.</summary>
    public string AppVersion => TextPool.Shared.Get(Body.AppVersion);

    /// <summary>Empty when it is not known.</summary>
    public string Country => TextPool.Shared.Get(Body.Country);

    private ReadOnlySpan<byte> Span => record.Span;

    /// <summary>Makes the record of an accepted report.</summary>
    /// <param name="position">Where it stands.</param>
    /// <param name="acceptedAtMs">When it was accepted, Unix milliseconds.</param>
    /// <param name="kinds">What it means.</param>
    /// <param name="previousNumber">Number of the report before; 0 for the first.</param>
    /// <param name="report">What was reported.</param>
    /// <param name="ownership">What it means for who owns the installation's data.</param>
    public static StoredReport Of(
        FeedPosition position, long acceptedAtMs, EventKinds kinds, long previousNumber, Report report, OwnershipChange ownership = OwnershipChange.None)
    {
        var body = report.Body;
        var bodyAt = HeadSize + report.App.Length + (ownership == OwnershipChange.Begun ? OwnerSize : 0);
        var record = new byte[bodyAt + body.Bytes.Length];
        report.ReportId.TryWriteBytes(record, bigEndian: true, out _);
        report.Instance.Write(record.AsSpan(InstanceAt));
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(ContentTagAt), report.ContentTag);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(AcceptedAtAt), acceptedAtMs);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(PreviousAt), previousNumber);
        record[KindsAt] = (byte)((int)kinds | (int)ownership << OwnershipShift);
        record[VerdictAt] = (byte)report.Claim.Verdict;
        record[ReasonAt] = (byte)report.Claim.Reason;
        record[SourceAt] = (byte)report.CountrySource;
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(ReportLengthAt), (ushort)body.ReportLength);
        record[AppLengthAt] = (byte)report.App.Length;
        Encoding.ASCII.GetBytes(report.App, record.AsSpan(HeadSize));
        if (ownership == OwnershipChange.Begun)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(HeadSize + report.App.Length), report.Owner);
        }

        body.Bytes.Span.CopyTo(record.AsSpan(bodyAt));
        return new StoredReport(position, record);
    }

    /// <summary>A record as the log or a snapshot has it.</summary>
    /// <exception cref="InvalidDataException">It is too short to be one.</exception>
    public static StoredReport Read(FeedPosition position, ReadOnlyMemory<byte> record)
    {
        var span = record.Span;
        return record.Length < HeadSize
            || BodyAt(span) + BinaryPrimitives.ReadUInt16LittleEndian(span[ReportLengthAt..]) > record.Length
            ? throw new InvalidDataException("A stored record is damaged. Restore the data directory from a backup.")
            : new StoredReport(position, record);
    }

    private static int BodyAt(ReadOnlySpan<byte> record) =>
        HeadSize + record[AppLengthAt] + (record[KindsAt] >> OwnershipShift == (int)OwnershipChange.Begun ? OwnerSize : 0);
}
