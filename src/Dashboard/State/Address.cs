using System.Text;

namespace Telemetry.Dashboard.State;

/// <summary>A path and what is asked of it, in order: what a person copies is what another one sees.</summary>
public sealed record Address(string Path, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    public Address(string path)
        : this(path, [])
    {
    }

    /// <param name="uri">Relative or absolute; a fragment is left out.</param>
    public static Address Parse(string uri)
    {
        var relative = Uri.TryCreate(uri, UriKind.Absolute, out var absolute) && absolute.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? absolute.PathAndQuery : uri;
        relative = relative.Split('#')[0];
        var mark = relative.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0)
        {
            return new(relative);
        }

        var parameters = relative[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            return equals < 0
                ? KeyValuePair.Create(Decode(pair), "")
                : KeyValuePair.Create(Decode(pair[..equals]), Decode(pair[(equals + 1)..]));
        });
        return new(relative[..mark], [.. parameters]);
    }

    public string? this[string key] => Parameters.FirstOrDefault(parameter => parameter.Key == key).Value;

    public IEnumerable<string> All(string key) => Parameters.Where(parameter => parameter.Key == key).Select(parameter => parameter.Value);

    /// <summary>Puts values where the old ones were; none takes them away.</summary>
    public Address With(string key, params IEnumerable<string?> values) => this with
    {
        Parameters = [.. Parameters.Where(parameter => parameter.Key != key), .. values.OfType<string>().Select(value => KeyValuePair.Create(key, value))],
    };

    public override string ToString()
    {
        var text = new StringBuilder(Path);
        var next = '?';
        foreach (var (key, value) in Parameters)
        {
            text.Append(next).Append(Encode(key)).Append('=').Append(Encode(value));
            next = '&';
        }

        return text.ToString();
    }

    public bool Equals(Address? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>What may stand in a query as it is stays readable.</summary>
    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%2C", ",", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal)
            .Replace("%40", "@", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal);
}
