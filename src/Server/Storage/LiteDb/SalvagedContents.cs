using System.Buffers;
using LiteDB;
using Telemetry.Schema;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.Records;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The documents of a damaged store, each known by the fields it has, and what they tell of what is missing.</summary>
internal sealed class SalvagedContents
{
    public const string Licenses = "licenses";
    public const string Leases = "leases";
    public const string Tokens = "access_tokens";
    public const string Apps = "apps";
    public const string Audit = "audit";

    private const string Reports = "events";
    private const string Listed = "segments";
    private const string Erasures = "erasures";
    private const string ErasedSeats = "erased_seats";
    private const string Slots = "slots";
    private const string Epochs = "epochs";
    private const string Id = "_id";

    /// <summary>The field that only this collection has, and the one that grows with each change, if its documents change.</summary>
    private static readonly (string Collection, string Mark, string? Version)[] Kinds =
    [
        (Erasures, "tombstone", null), (ErasedSeats, "erased_seats", null), (Reports, "n", null), (Slots, "b", null), (Epochs, "e", null), (Tokens, "scopes", "revision"), (Licenses, "key", "changed"),
        (Leases, "bound", "check"), (Apps, "contract", null), (Audit, "record", null), ("meta", "x", null), (Listed, "sum", null),
    ];

    private readonly Dictionary<string, SortedDictionary<BsonValue, BsonDocument>> _collections =
        Kinds.ToDictionary(kind => kind.Collection, _ => new SortedDictionary<BsonValue, BsonDocument>());

    private readonly List<(long First, long Last)> _gaps = [];
    private NumberTable _erased = NumberTable.Empty;
    private readonly HashSet<string> _reporting = new(StringComparer.Ordinal);

    /// <summary>Null when what tells it is lost: then nothing before the first event that is left is missed.</summary>
    private long? _dropped;

    /// <summary>What is written as it was found; segments are listed anew.</summary>
    public IEnumerable<(string Collection, IEnumerable<BsonDocument> Documents)> Collections =>
        _collections.Where(pair => pair.Key != Listed).Select(pair => (pair.Key, (IEnumerable<BsonDocument>)pair.Value.Values));

    public IReadOnlyList<(long First, long Last)> Gaps => _gaps;

    /// <summary>Number of the newest event that retention took.</summary>
    public long Dropped => _dropped ?? 0;

    public SalvagedSegments Segments { get; private set; } = new();

    /// <summary>How many reports are left.</summary>
    public long Events { get; private set; }

    /// <summary>Number of the newest report that is left.</summary>
    public long NewestNumber { get; private set; }

    /// <summary>The highest number that anything left tells of.</summary>
    public long HighestNumber { get; private set; }

    /// <summary>Apps with reports of which no contract is left: registered ones whose contract is gone.</summary>
    public IEnumerable<string> AppsWithoutContract => _reporting
        .Where(app => !AppRegistry.IsBuiltIn(app) && !_collections[Apps].Keys.Any(id => EventDatabase.AppOf(id.AsString) == app))
        .Order(StringComparer.Ordinal);

    public int UnreadableDocuments { get; private set; }

    public int LostPages { get; private set; }

    public static SalvagedContents Read(SalvagedPages pages, LiteDbStoreOptions options)
    {
        var contents = new SalvagedContents { LostPages = pages.Lost };
        foreach (var document in SalvagedDocuments.Find(pages, () => contents.UnreadableDocuments++))
        {
            contents.Add(document);
        }

        contents.ApplyErasures();
        contents.AddSegments(options);
        contents.FindGaps();
        return contents;
    }

    public int Count(string collection) => _collections[collection].Count;

    private void Add(BsonDocument document)
    {
        if (document.ContainsKey("to"))
        {
            _gaps.Add((document[Id].AsInt64, document["to"].AsInt64));
            return;
        }

        if (document.TryGetValue("dropped", out var dropped))
        {
            _dropped = dropped.AsInt64;
            return;
        }

        // A license has a number of its own under "n": what has a key is one.
        var (collection, _, version) = Array.Find(Kinds, kind =>
            document.ContainsKey(kind.Mark) && (kind.Collection != Reports || !document.ContainsKey("key")));
        if (collection is null)
        {
            return;
        }

        if ((collection is Reports or Slots or Erasures && !EventDatabase.IsWhole(document)) || (collection is Audit && !EventDatabase.EntryOf(document).IsWhole))
        {
            UnreadableDocuments++;
            return;
        }

        var documents = _collections[collection];
        if (version is null || !documents.TryGetValue(document[Id], out var other) || document[version] > other[version])
        {
            documents[document[Id]] = document;
        }
    }

    /// <summary>What was erased may be found on pages and in files of before: it is passed over, and a server erases it anew.</summary>
    private void ApplyErasures()
    {
        var erasures = _collections[Erasures].Values.Select(EventDatabase.ErasureOf).ToList();
        _erased = new NumberTable(erasures.SelectMany(erasure => erasure.Numbers));
        foreach (var erasure in erasures)
        {
            _collections[Erasures][erasure.Sequence] = EventDatabase.DocumentOf(erasure, isPending: true);
        }

        foreach (var slot in _collections[Slots].Values.ToList())
        {
            var (records, kept) = (RecordReader.Split(slot["b"].AsBinary).ToList(), new ArrayBufferWriter<byte>());
            foreach (var record in records.Where(record => !_erased.Holds(InstanceRecord.Read(record).Latest.Position.Number)))
            {
                RecordWriter.Append(kept, record.Span);
            }

            _collections[Slots][slot[Id]] = EventDatabase.SlotOf(slot[Id].AsInt32, kept.WrittenSpan.ToArray());
        }
    }

    /// <summary>Events of damaged segments become chunks of the database again, which moves them out anew.</summary>
    private void AddSegments(LiteDbStoreOptions options)
    {
        var reports = _collections[Reports];
        var inDatabase = new KeptRanges([.. reports.Values.Select(RangeOf), .. Erased]);
        var listed = _collections[Listed].Values.Select(EventDatabase.ToSegment).ToHashSet();
        Segments = SalvagedSegments.Read(options, (first, last) => inDatabase.Holds(Math.Max(first, Dropped + 1), last), listed.Contains);
        var inSegments = new KeptRanges([.. Segments.Ranges, .. Erased]);
        foreach (var document in reports.Values.Where(document =>
            document["b"].AsBinary.Length > 0 && RangeOf(document) is var (first, last) && inSegments.Holds(Math.Max(first, Dropped + 1), last)).ToList())
        {
            // A crash came between the moving, or the dropping, and the clearing up.
            reports.Remove(document[Id]);
        }

        foreach (var run in RunsOf(Segments.Events))
        {
            for (var next = 0; next < run.Count;)
            {
                var chunk = new ArrayBufferWriter<byte>();
                var count = EventChunk.Write(chunk, run, next);
                var document = EventDatabase.ChunkOf(run[next].Position.Number, count, chunk.WrittenSpan.ToArray());
                reports[document[Id]] = document;
                next += count;
            }
        }

        _reporting.UnionWith(Segments.RecordsOf(options).Select(record => new StoredReport(default, record).App));
    }

    private IEnumerable<(long First, long Last)> Erased => _erased.Ranges.Select(range => (range.First, range.Last));

    private static IEnumerable<List<StoredReport>> RunsOf(IReadOnlyDictionary<long, ReadOnlyMemory<byte>> events)
    {
        var run = new List<StoredReport>();
        foreach (var (number, record) in events)
        {
            if (run.Count > 0 && number != run[^1].Position.Number + 1)
            {
                yield return run;
                run = [];
            }

            run.Add(new StoredReport(new FeedPosition(0, number), record));
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static (long First, long Last) RangeOf(BsonDocument chunk) =>
        (chunk[Id].AsInt64, chunk[Id].AsInt64 + chunk["n"].AsInt32 - 1);

    private void FindGaps()
    {
        var ranges = new List<(long First, long Last)>(Segments.Ranges);
        foreach (var document in _collections[Reports].Values)
        {
            ranges.Add(RangeOf(document));
            _reporting.UnionWith(RecordReader.Split(document["b"].AsBinary).Select(record => new StoredReport(default, record).App));
            // The end of the numbers after an earlier salvage holds no report.
            Events += document["b"].AsBinary.Length > 0 ? document["n"].AsInt32 : 0;
        }

        Events += Segments.Ranges.Sum(range => range.Last - range.First + 1);
        ranges.Sort();
        _dropped ??= ranges.Count > 0 ? ranges[0].First - 1 : 0;
        ranges.AddRange(Erased);
        ranges.Sort();
        var next = Dropped + 1;
        foreach (var (first, last) in ranges)
        {
            if (first > next)
            {
                _gaps.Add((next, first - 1));
            }

            next = Math.Max(next, last + 1);
        }

        NewestNumber = next - 1;
        HighestNumber = Math.Max(
            _collections[Listed].Values.Select(EventDatabase.ToSegment).Select(segment => segment.Last).Append(NewestNumber).Max(),
            Math.Max(
                _collections[Slots].Values.Select(NewestIn).DefaultIfEmpty().Max(),
                _collections[Erasures].Values.Select(document => EventDatabase.ErasureOf(document).After).DefaultIfEmpty().Max()));
        if (HighestNumber > NewestNumber)
        {
            _gaps.Add((next, HighestNumber));
        }

        // Those of an earlier salvage may be found again between the same reports.
        var merged = _gaps.Distinct().OrderBy(gap => gap).ToList();
        _gaps.Clear();
        _gaps.AddRange(merged.DistinctBy(gap => gap.First));
    }

    private long NewestIn(BsonDocument slot)
    {
        var newest = 0L;
        foreach (var record in RecordReader.Split(slot["b"].AsBinary))
        {
            var latest = InstanceRecord.Read(record).Latest;
            newest = Math.Max(newest, latest.Position.Number);
            _reporting.Add(latest.App);
        }

        return newest;
    }

    /// <summary>Numbers of events, in ranges that may touch or overlap.</summary>
    private sealed class KeptRanges
    {
        private readonly List<(long First, long Last)> _ranges = [];

        public KeptRanges(IEnumerable<(long First, long Last)> ranges)
        {
            foreach (var (first, last) in ranges.Order())
            {
                if (_ranges.Count > 0 && first <= _ranges[^1].Last + 1)
                {
                    _ranges[^1] = (_ranges[^1].First, Math.Max(_ranges[^1].Last, last));
                }
                else
                {
                    _ranges.Add((first, last));
                }
            }
        }

        public bool Holds(long first, long last)
        {
            var at = _ranges.FindLastIndex(range => range.First <= first);
            return first > last || (at >= 0 && _ranges[at].Last >= last);
        }
    }
}
