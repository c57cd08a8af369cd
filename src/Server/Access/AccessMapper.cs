using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Access;

/// <summary>Tokens as the contract has them.</summary>
internal static class AccessMapper
{
    /// <summary>The contract counts scopes 1, 2, 3 ...; the model has a bit for each.</summary>
    public static Scopes ToModel(Wire.Scope scope) =>
        (int)scope >= 1 && (int)scope <= ScopeNames.Each.Count ? ScopeNames.Each[(int)scope - 1] : Scopes.None;

    public static IEnumerable<Wire.Scope> ToWire(Scopes scopes) =>
        ScopeNames.Each.Select((scope, index) => (scope, Wire: (Wire.Scope)(index + 1))).Where(pair => scopes.HasFlag(pair.scope)).Select(pair => pair.Wire);

    public static Wire.Token ToWire(AccessToken token, DateTimeOffset now) => new()
    {
        TokenId = token.Id.ToString(),
        Name = token.Name,
        Scopes = { ToWire(token.Scopes) },
        Apps = { token.Apps },
        State = token.RevokedAt is not null ? Wire.TokenState.Revoked : token.IsActive(now) ? Wire.TokenState.Active : Wire.TokenState.Expired,
        CreatedAt = Timestamp.FromDateTimeOffset(token.CreatedAt),
        ExpiresAt = ToWire(token.ExpiresAt),
        LastUsedOn = token.LastUsedOn is { } day && UtcDay.ToDate(day) is var date ? new Date { Year = date.Year, Month = date.Month, Day = date.Day } : null,
        RotatedAt = ToWire(token.RotatedAt),
        EarlierSecretUntil = token.IsActive(now) && token.EarlierUntil > now ? ToWire(token.EarlierUntil) : null,
        RevokedAt = ToWire(token.RevokedAt),
    };

    public static Wire.WhoAmIResponse ToWire(Grant grant) => new()
    {
        Name = grant.Name,
        Scopes = { ToWire(grant.Scopes) },
        Apps = { grant.Apps },
        ExpiresAt = ToWire(grant.ExpiresAt),
        TokenId = grant.Token?.ToString() ?? "",
    };

    private static Timestamp? ToWire(DateTimeOffset? moment) => moment is { } known ? Timestamp.FromDateTimeOffset(known) : null;
}
