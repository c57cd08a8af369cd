using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LiteDB;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class EventDatabase
{
    private const string Erasures = "erasures";

    /// <summary>All erasures, oldest first, and whether bytes of what was erased may still be in files.</summary>
    /// <exception cref="StoreDamagedException">One is not what was written.</exception>
    public IEnumerable<(Erasure Erasure, bool IsPending)> ReadErasures() =>
        Read(Erasures, [], Query.Ascending).Select(document =>
        {
            ReadChecked(document);
            return (ErasureOf(document), document["pending"].AsBoolean);
        });

    public void WriteErasure(Erasure erasure, bool isPending) => _engine.Upsert(Erasures, [DocumentOf(erasure, isPending)], BsonAutoId.Int64);

    public static BsonDocument DocumentOf(Erasure erasure, bool isPending)
    {
        var numbers = MemoryMarshal.AsBytes(erasure.Numbers.ToArray().AsSpan()).ToArray();
        var tombstone = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(tombstone, erasure.Tombstone);
        return new BsonDocument
        {
            [Id] = erasure.Sequence,
            ["after"] = erasure.After,
            ["at"] = erasure.Time.ToUnixTimeMilliseconds(),
            ["app"] = erasure.App,
            ["tombstone"] = tombstone,
            ["owner"] = (long)erasure.OwnerMark,
            ["pending"] = isPending,
            ["b"] = numbers,
            [Check] = Checked(erasure.Sequence, numbers),
        };
    }

    public static Erasure ErasureOf(BsonDocument document) => new(
        document[Id].AsInt64, document["after"].AsInt64, DateTimeOffset.FromUnixTimeMilliseconds(document["at"].AsInt64), document["app"].AsString,
        MemoryMarshal.Cast<byte, NumberRange>(document["b"].AsBinary).ToArray(), BinaryPrimitives.ReadUInt128BigEndian(document["tombstone"].AsBinary),
        (ulong)document["owner"].AsInt64);
}
