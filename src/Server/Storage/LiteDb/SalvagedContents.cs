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
    private const string Slots = "slots";
    private const string Epochs = "epochs";
    private const string Id = "_id";

    /// <summary>The field that only this collection has, and the one that grows with each change, if its documents change.</summary>
    private static readonly (string Collection, string Mark, string? Version)[] Kinds =
    [
        (Reports, "n", null), (Slots, "b", null), (Epochs, "e", null), (Tokens, "scopes", "revision"), (Licenses, "key", "changed"),
        (Leases, "bound", "check"), (Apps, "contract", null), (Audit, "record", null), ("meta", "x", null),
    ];

    private readonly Dictionary<string, SortedDictionary<BsonValue, BsonDocument>> _collections =
        Kinds.ToDictionary(kind => kind.Collection, _ => new SortedDictionary<BsonValue, BsonDocument>());

    private readonly List<(long First, long Last)> _gaps = [];
    private readonly HashSet<string> _reporting = new(StringComparer.Ordinal);

    public IEnumerable<(string Collection, IEnumerable<BsonDocument> Documents)> Collections =>
        _collections.Select(pair => (pair.Key, (IEnumerable<BsonDocument>)pair.Value.Values));

    public IReadOnlyList<(long First, long Last)> Gaps => _gaps;

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

    public static SalvagedContents Read(SalvagedPages pages)
    {
        var contents = new SalvagedContents { LostPages = pages.Lost };
        foreach (var document in SalvagedDocuments.Find(pages, () => contents.UnreadableDocuments++))
        {
            contents.Add(document);
        }

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

        // A license has a number of its own under "n": what has a key is one.
        var (collection, _, version) = Array.Find(Kinds, kind =>
            document.ContainsKey(kind.Mark) && (kind.Collection != Reports || !document.ContainsKey("key")));
        if (collection is null)
        {
            return;
        }

        if ((collection is Reports or Slots && !EventDatabase.IsWhole(document)) || (collection is Audit && !EventDatabase.EntryOf(document).IsWhole))
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

    private void FindGaps()
    {
        var next = 0L;
        foreach (var document in _collections[Reports].Values)
        {
            var first = document[Id].AsInt64;
            if (next > 0 && first > next)
            {
                _gaps.Add((next, first - 1));
            }

            next = first + document["n"].AsInt32;
            // The end of the numbers after an earlier salvage holds no report.
            Events += document["b"].AsBinary.Length > 0 ? document["n"].AsInt32 : 0;
            _reporting.UnionWith(RecordReader.Split(document["b"].AsBinary).Select(record => new StoredReport(default, record).App));
        }

        NewestNumber = next - 1;
        HighestNumber = Math.Max(NewestNumber, _collections[Slots].Values.Select(NewestIn).DefaultIfEmpty().Max());
        if (HighestNumber > NewestNumber)
        {
            _gaps.Add((Math.Max(next, 1), HighestNumber));
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
}
