using Telemetry.Contracts.Rules;


namespace Telemetry.Schema.Kinds;

/// <summary>Versions. "" stands for one that the app could not tell, as existing apps say with the word "unknown".</summary>
internal sealed class VersionKind : TextKind
{
    public static readonly VersionKind Instance = new();

    public override string Rule => "must begin with one to four numbers separated by dots and have at most 64 characters";

    public override string? Normalize(string text, SchemaField field) =>
        VersionText.TryNormalize(text, out var version) ? TextPool.Shared.Get(version) : null;

    protected override string Word(string text) => text == "unknown" ? "" : text;
}

/// <summary>Countries by their two letters.</summary>
internal sealed class CountryKind : TextKind
{
    public static readonly CountryKind Instance = new();

    public override string Rule => "must be a country of ISO 3166-1 as two letters, or empty";

    protected override bool IsOpenList => true;

    public override string? Normalize(string text, SchemaField field) => Countries.Find(text);
}

/// <summary>Languages by their BCP 47 tag, and by the names that POSIX and PHP have for them.</summary>
internal sealed class LanguageKind : TextKind
{
    public static readonly LanguageKind Instance = new();

    public override string Rule => "must be a BCP 47 tag of at most 35 characters, e.g. de or pt-BR, or empty";

    protected override bool IsOpenList => true;

    public override string? Normalize(string text, SchemaField field) => Normalize(text);

    /// <remarks>"de_DE.UTF-8" and "ca@valencia" name an encoding and a variant, of which nothing is kept; "sr@latin" a script.</remarks>
    public static string? Normalize(string text)
    {
        if (text.AsSpan().IndexOfAny("_.@") >= 0)
        {
            text = text.Replace("@latin", "-Latn", StringComparison.OrdinalIgnoreCase).Replace('_', '-');
            text = text.AsSpan().IndexOfAny(".@") is var end and >= 0 ? text[..end] : text;
        }

        return LanguageTag.TryNormalize(text, out var tag) ? TextPool.Shared.Get(tag) : null;
    }
}

/// <summary>Timezones by their name in the tz database.</summary>
internal sealed class TimezoneKind : TextKind
{
    public static readonly TimezoneKind Instance = new();

    public override string Rule => "must be a name of the IANA tz database, e.g. Europe/Berlin, or empty";

    protected override bool IsOpenList => true;

    public override string? Normalize(string text, SchemaField field) => Countries.FindTimezone(text);
}

/// <summary>Ids of reports.</summary>
internal sealed class UuidKind : TextKind
{
    public static readonly UuidKind Instance = new();

    public override string Rule => "must be a UUID in its 36-character form, made anew for each report";

    public override string? Normalize(string text, SchemaField field) =>
        Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty ? text : null;
}

/// <summary>Hashes of installations' URLs.</summary>
internal sealed class DigestKind : TextKind
{
    public static readonly DigestKind Instance = new();

    public override string Rule => InstanceHashFormat.Rule;

    public override string? Normalize(string text, SchemaField field) =>
        InstanceHashFormat.BrokenRule(text) is null ? text : null;

    public override string RuleFor(string text) => InstanceHashFormat.BrokenRule(text) ?? Rule;
}

/// <summary>Names of apps; whether there is such an app is another question.</summary>
internal sealed class SlugKind : TextKind
{
    public static readonly SlugKind Instance = new();

    public override string Rule => "must be an app's slug: 2 to 32 lower-case letters, digits and hyphens";

    public override string? Normalize(string text, SchemaField field) => AppSlug.IsValid(text) ? text : null;
}

/// <summary>Keys: used once and never stored.</summary>
internal sealed class SecretKind : TextKind
{
    public static readonly SecretKind Instance = new();

    private const int MaxKeyLength = 256;

    public override string Rule => "must have at most 256 characters";

    public override string? Normalize(string text, SchemaField field) => text.Length <= MaxKeyLength ? text : null;
}

/// <summary>A text that is one of the contract's labels; any other is somebody's own and becomes "custom".</summary>
internal sealed class LabelKind : TextKind
{
    public static readonly LabelKind Instance = new();

    public override string Rule => "must be one of the contract's labels";

    public override string? Normalize(string text, SchemaField field) =>
        field.Labels!.Names.Contains(text) ? TextPool.Shared.Get(text) : FieldPolicies.CustomLabel;
}
