using System.Buffers.Binary;
using LiteDB;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Licenses and seats as LiteDB documents. Names of fields are stored: never give one a new meaning.</summary>
internal static class LicenseDocument
{
    private const string Id = "_id";

    public static BsonDocument Of(License license) => new()
    {
        [Id] = (long)license.Id.Value,
        ["n"] = license.Sequence,
        ["key"] = ToBytes(license.KeyHash.Value),
        ["mask"] = license.KeyMask,
        ["customer"] = license.CustomerReference,
        ["edition"] = license.Edition,
        ["apps"] = new BsonArray(license.Apps.Select(app => new BsonValue(app))),
        ["limits"] = Of(license.Limits),
        ["allowed"] = license.InstancesAllowed,
        ["overage"] = (int)license.Overage,
        ["from"] = Of(license.NotBefore),
        ["expires"] = Of(license.ExpiresAt),
        ["grace"] = (long)license.Grace.TotalMilliseconds,
        ["state"] = (int)license.State,
        ["issued"] = Of(license.IssuedAt),
        ["changed"] = Of(license.ChangedAt),
        ["request"] = license.IssuedBy is { } request ? ToBytes(request.RequestId) : BsonValue.Null,
        ["order"] = license.IssuedBy is { } order ? ToBytes(order.Order) : BsonValue.Null,
    };

    public static License ToLicense(BsonDocument document) => new()
    {
        Id = new LicenseId((ulong)document[Id].AsInt64),
        Sequence = document["n"].AsInt64,
        KeyHash = new SubscriptionKeyHash(ToNumber(document["key"].AsBinary)),
        KeyMask = document["mask"].AsString,
        CustomerReference = document["customer"].AsString,
        Edition = document["edition"].AsString,
        Apps = [.. document["apps"].AsArray.Select(app => app.AsString)],
        Limits = ToCounts(document["limits"]),
        InstancesAllowed = document["allowed"].AsInt32,
        Overage = (OveragePolicy)document["overage"].AsInt32,
        NotBefore = ToMomentOrNull(document["from"]),
        ExpiresAt = ToMomentOrNull(document["expires"]),
        Grace = TimeSpan.FromMilliseconds(document["grace"].AsInt64),
        State = (LicenseState)document["state"].AsInt32,
        IssuedAt = ToMoment(document["issued"]),
        ChangedAt = ToMoment(document["changed"]),
        IssuedBy = document["request"].IsNull
            ? null
            : new IssueCall(ToNumber(document["request"].AsBinary), ToNumber(document["order"].AsBinary)),
    };

    public static BsonDocument Of(LicenseLease lease) => new()
    {
        [Id] = IdOf(lease.License, lease.Instance),
        ["bound"] = lease.BoundOn.DayNumber,
        ["check"] = lease.LastCheckOn.DayNumber,
        ["usage"] = Of(lease.Usage),
    };

    public static LicenseLease ToLease(BsonDocument document)
    {
        var id = document[Id].AsBinary;
        return new LicenseLease(
            new LicenseId(BinaryPrimitives.ReadUInt64BigEndian(id)), LicensedInstanceId.Read(id.AsSpan(LicenseId.Size)),
            DateOnly.FromDayNumber(document["bound"].AsInt32), DateOnly.FromDayNumber(document["check"].AsInt32),
            ToCounts(document["usage"]));
    }

    /// <summary>The license first, so that its seats lie together.</summary>
    public static BsonValue IdOf(LicenseId license, LicensedInstanceId instance)
    {
        var id = new byte[LicenseId.Size + LicensedInstanceId.Size];
        BinaryPrimitives.WriteUInt64BigEndian(id, license.Value);
        instance.Write(id.AsSpan(LicenseId.Size));
        return id;
    }

    private static BsonDocument Of(IReadOnlyDictionary<string, ulong> counts)
    {
        var document = new BsonDocument();
        foreach (var (name, count) in counts)
        {
            document[name] = (long)count;
        }

        return document;
    }

    private static Dictionary<string, ulong> ToCounts(BsonValue document) => document.AsDocument.ToDictionary(
        pair => pair.Key, pair => (ulong)pair.Value.AsInt64, StringComparer.Ordinal);

    private static BsonValue Of(DateTimeOffset? moment) => moment is { } known ? known.ToUnixTimeMilliseconds() : BsonValue.Null;

    private static DateTimeOffset? ToMomentOrNull(BsonValue value) => value.IsNull ? null : ToMoment(value);

    private static DateTimeOffset ToMoment(BsonValue value) => DateTimeOffset.FromUnixTimeMilliseconds(value.AsInt64);

    private static byte[] ToBytes(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }

    private static UInt128 ToNumber(byte[] bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);
}
