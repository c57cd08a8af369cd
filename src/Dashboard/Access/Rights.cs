using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Access;

/// <summary>What the token that is signed in may do, as the server says.</summary>
public sealed class Rights
{
    private readonly FleetClient _fleet;

    public Rights(FleetClient fleet, Session session)
    {
        _fleet = fleet;
        session.Changed += () => Known = null;
    }

    /// <summary>Null until the server told.</summary>
    public WhoAmIResponse? Known { get; private set; }

    /// <summary>Whether nothing can be changed with it.</summary>
    public bool IsReadOnly => Known is { } known && !known.Scopes.Any(scope => scope is Scope.Licenses or Scope.Privacy or Scope.Owner);

    /// <summary>Whether something that needs the scope can be done; while nothing is known the server is to say.</summary>
    public bool May(Scope scope) => Known is not { } known || known.Scopes.Contains(scope) || known.Scopes.Contains(Scope.Owner);

    /// <exception cref="Grpc.Core.RpcException">It was not answered.</exception>
    public async Task ReadAsync() => Known = await _fleet.AskAsync(_fleet.Access.WhoAmIAsync, new WhoAmIRequest(), default);

    /// <summary>Scopes as the command line writes them.</summary>
    public static string NameOf(Scope scope) => scope.ToString().ToLowerInvariant();

    public string InWords(Words words) => Known is { Scopes.Count: > 0 } known
        ? string.Join(", ", known.Scopes.Select(NameOf))
        : words.Say("no scope", "keinem Recht");
}
