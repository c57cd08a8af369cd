using LiteDB;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class EventDatabase
{
    private const string Audit = "audit";

    /// <summary>Entries from one number through another, in either order.</summary>
    /// <exception cref="StoreDamagedException">One is not what was written.</exception>
    public IEnumerable<AuditEntry> ReadAudit(long from, long through, bool newestFirst, int maxCount)
    {
        foreach (var document in Read(
            Audit, [BsonExpression.Create($"{Id} BETWEEN @0 AND @1", from, through)], newestFirst ? Query.Descending : Query.Ascending, maxCount))
        {
            var entry = EntryOf(document);
            yield return entry.IsWhole ? entry : throw new StoreDamagedException(StoreFiles.Data, null, $"entry {entry.Number} of the audit log is not what was written");
        }
    }

    public static AuditEntry EntryOf(BsonDocument document) => new(
        document[Id].AsInt64, document["previous"].AsBinary, document["hash"].AsBinary, document["record"].AsBinary);

    public void AddAudit(AuditEntry entry) => _engine.Insert(
        Audit,
        [
            new BsonDocument
            {
                [Id] = entry.Number,
                ["previous"] = entry.PreviousHash.ToArray(),
                ["hash"] = entry.Hash.ToArray(),
                ["record"] = entry.Written.ToArray(),
            },
        ],
        BsonAutoId.Int64);

    public void DropAudit(long from, long through) => _engine.DeleteMany(Audit, BsonExpression.Create($"{Id} BETWEEN @0 AND @1", from, through));
}
