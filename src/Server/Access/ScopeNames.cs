using Telemetry.Server.Model;

namespace Telemetry.Server.Access;

/// <summary>Scopes as people write them.</summary>
internal static class ScopeNames
{
    public static readonly IReadOnlyList<Scopes> Each = [Scopes.Live, Scopes.Read, Scopes.Licenses, Scopes.Privacy, Scopes.Owner];

    public static string Known => string.Join(", ", Each.Select(NameOf));

    public static Scopes? Find(string name) => Each.Cast<Scopes?>().FirstOrDefault(scope => NameOf(scope!.Value) == name);

    public static string NameOf(Scopes scope) => scope.ToString().ToLowerInvariant();

    public static IEnumerable<Scopes> In(Scopes scopes) => Each.Where(scope => scopes.HasFlag(scope));

    public static string InWords(Scopes scopes) => scopes == Scopes.None ? "none" : string.Join(", ", In(scopes).Select(NameOf));
}
