using LiteDB;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class EventDatabase
{
    private const string SegmentFiles = "segments";
    private const string Dropped = "dropped";

    public IEnumerable<Segment> ReadSegments() => Read(SegmentFiles, [], Query.Ascending).Select(ToSegment);

    /// <summary>From here on the segment counts: its file is on disk.</summary>
    public void AddSegment(Segment segment) =>
        _engine.Insert(
            SegmentFiles,
            [
                new BsonDocument
                {
                    [Id] = segment.First,
                    ["last"] = segment.Last,
                    ["file"] = segment.Revision,
                    ["at"] = segment.AtMs,
                    ["bytes"] = segment.Length,
                    ["sum"] = (long)segment.Check,
                },
            ],
            BsonAutoId.Int64);

    /// <summary>From here on the segments do not count any more, and their files are left over.</summary>
    public void DropSegments(IEnumerable<Segment> segments) =>
        _engine.Delete(SegmentFiles, segments.Select(segment => new BsonValue(segment.First)));

    /// <summary>Number of the newest event that retention took; 0 when it took none.</summary>
    public long ReadDropped() => Find(Meta, Dropped)?[Dropped].AsInt64 ?? 0;

    public void WriteDropped(long through) =>
        _engine.Upsert(Meta, [new BsonDocument { [Id] = Dropped, [Dropped] = through }], BsonAutoId.Int64);

    public static Segment ToSegment(BsonDocument document) => new(
        document[Id].AsInt64, document["last"].AsInt64, document["file"].AsInt32, document["at"].AsInt64,
        document["bytes"].AsInt64, (ulong)document["sum"].AsInt64);
}
