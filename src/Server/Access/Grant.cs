using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Access;

/// <summary>What the token of a call allows.</summary>
internal sealed record Grant
{
    /// <summary>The token's name; never its secret, nor anything that names a person.</summary>
    public required string Name { get; init; }

    public required Scopes Scopes { get; init; }

    /// <summary>Slugs of the apps that it is limited to; none for all apps.</summary>
    public IReadOnlyList<string> Apps { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Null for a token of an identity provider.</summary>
    public TokenId? Token { get; init; }

    /// <summary>Of the secret that was sent: a token may have two.</summary>
    public ReadOnlyMemory<byte> SecretHash { get; init; }

    /// <summary>As the audit log knows whoever has the token.</summary>
    public AuditActor Actor => new(Token is null ? AuditActorKind.Provider : AuditActorKind.Token, Name, Token?.ToString() ?? "");

    public bool IsLimited => Apps.Count > 0;

    public bool Covers(string app) => !IsLimited || Apps.Contains(app, StringComparer.Ordinal);

    /// <exception cref="RpcException">It does not cover the app.</exception>
    public void Check(string? field, string app)
    {
        if (!Covers(app))
        {
            throw RpcErrors.AppNotAllowed(field, app, Apps);
        }
    }
}

/// <summary>Where a call's grant is.</summary>
internal static class GrantedCall
{
    /// <summary>Of a call that needs a token: there is one when the call is run.</summary>
    public static Grant Grant(this ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Grant>() ?? throw new InvalidOperationException("The call was not authorized.");
}
