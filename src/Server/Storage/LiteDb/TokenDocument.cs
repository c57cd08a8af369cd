using LiteDB;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Tokens as documents.</summary>
internal static class TokenDocument
{
    public static BsonDocument Of(AccessToken token) => new()
    {
        ["_id"] = (long)token.Id.Value,
        ["name"] = token.Name,
        ["scopes"] = (int)token.Scopes,
        ["only"] = new BsonArray(token.Apps.Select(app => new BsonValue(app))),
        ["hash"] = token.Hash.ToArray(),
        ["earlier"] = token.EarlierHash.ToArray(),
        ["until"] = Of(token.EarlierUntil),
        ["created"] = Of(token.CreatedAt),
        ["expires"] = Of(token.ExpiresAt),
        ["rotated"] = Of(token.RotatedAt),
        ["revoked"] = Of(token.RevokedAt),
        ["used"] = token.LastUsedOn is { } day ? day : BsonValue.Null,
        ["start"] = token.MadeAtStart,
        ["revision"] = token.Revision,
    };

    public static AccessToken ToToken(BsonDocument document) => new()
    {
        Id = new TokenId((ulong)document["_id"].AsInt64),
        Name = document["name"].AsString,
        Scopes = (Scopes)document["scopes"].AsInt32,
        Apps = [.. document["only"].AsArray.Select(app => app.AsString)],
        Hash = document["hash"].AsBinary,
        EarlierHash = document["earlier"].AsBinary,
        EarlierUntil = ToMoment(document["until"]),
        CreatedAt = ToMoment(document["created"])!.Value,
        ExpiresAt = ToMoment(document["expires"]),
        RotatedAt = ToMoment(document["rotated"]),
        RevokedAt = ToMoment(document["revoked"]),
        LastUsedOn = document["used"].IsNull ? null : document["used"].AsInt32,
        MadeAtStart = document["start"].AsBoolean,
        Revision = document["revision"].AsInt32,
    };

    private static BsonValue Of(DateTimeOffset? moment) => moment is { } known ? known.ToUnixTimeMilliseconds() : BsonValue.Null;

    private static DateTimeOffset? ToMoment(BsonValue value) => value.IsNull ? null : DateTimeOffset.FromUnixTimeMilliseconds(value.AsInt64);
}
