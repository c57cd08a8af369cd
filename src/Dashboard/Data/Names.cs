using System.Globalization;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Components;

namespace Telemetry.Dashboard.Data;

/// <summary>What fields and their values are called. What the contract does not name gets its own name, made readable.</summary>
public sealed class Names(Words words, Catalog catalog, Func<string, string, string?> browser)
{
    private readonly Dictionary<(string Field, string Value), string> _values = [];

    public Names(Words words, Catalog catalog, Browser browser)
        : this(words, catalog, browser.NameOf)
    {
    }

    public string Field(string path) => path switch
    {
        "app" => words.Say("App", "App"),
        "app_version" => words.Say("Version", "Version"),
        "verdict" => words.Say("Verdict", "Prüfergebnis"),
        "claim_reason" => words.Say("Reason of the verdict", "Grund des Prüfergebnisses"),
        "country_source" => words.Say("Source of the country", "Herkunft des Landes"),
        "schema_version" => words.Say("List of fields agreed to", "Bestätigte Feldliste"),
        "environment.nextcloud_version" => "Nextcloud",
        "environment.php_version" => "PHP",
        "environment.dotnet_version" => ".NET",
        "environment.country" => words.Say("Country", "Land"),
        "environment.database" => words.Say("Database", "Datenbank"),
        "environment.language" => words.Say("Language", "Sprache"),
        "environment.timezone" => words.Say("Time zone", "Zeitzone"),
        "environment.os_family" => words.Say("Operating system", "Betriebssystem"),
        "environment.web_server" => words.Say("Web server", "Webserver"),
        "environment.container" => words.Say("Container", "Container"),
        "users.total" => words.Say("Accounts", "Konten"),
        "users.active_30d" => words.Say("Active accounts, 30 days", "Aktive Konten, 30 Tage"),
        "users.disabled" => words.Say("Disabled accounts", "Gesperrte Konten"),
        "users.enabled" => words.Say("Enabled accounts", "Freigeschaltete Konten"),
        "subscription.valid_subscription" => words.Say("Platform subscription", "Plattform-Abo"),
        "subscription.extended_support" => words.Say("Claims Extended Support", "Beansprucht Extended Support"),
        "first_seen" => words.Say("First report", "Erster Bericht"),
        "last_seen" => words.Say("Last report", "Letzter Bericht"),
        "report_count" => words.Say("Reports", "Berichte"),
        "" => words.Say("Report as a whole", "Bericht als Ganzes"),
        _ => Readable(path.StartsWith("usage.", StringComparison.Ordinal) ? path["usage.".Length..] : path),
    };

    /// <summary>As it stands within a sentence: "by country", but "by PHP" and "by Nextcloud".</summary>
    public string InText(string path) => Field(path) is var name && words.Formats == Formats.English && name.Length > 1 && char.IsLower(name[1]) && name != "Nextcloud"
        ? char.ToLowerInvariant(name[0]) + name[1..] : name;

    /// <param name="value">As it is stored; an empty one is unknown.</param>
    public string Value(string field, string value)
    {
        if (value.Length == 0)
        {
            return words.Unknown;
        }

        if (!_values.TryGetValue((field, value), out var name))
        {
            _values[(field, value)] = name = NameOf(field, value);
        }

        return name;
    }

    public string Country(string code) => Value("environment.country", code);

    /// <summary>An enumeration's value without its own name before it: "DATABASE_POSTGRESQL" is "PostgreSQL".</summary>
    public string Enumeration(string name, string prefix) =>
        Known(name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);

    private string NameOf(string field, string value) => field switch
    {
        "app" => catalog.NameOf(value),
        "environment.country" => value.Length == 2 ? browser("region", value) ?? value : value,
        "environment.language" => browser("language", value) ?? value,
        "environment.timezone" or "app_version" => value,
        _ when value is "true" => words.Say("yes", "ja"),
        _ when value is "false" => words.Say("no", "nein"),
        _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && !field.EndsWith("version", StringComparison.Ordinal) => words.Formats.Count(number),
        _ when IsEnumeration(value) => Enumeration(value, PrefixOf(field)),
        _ => value,
    };

    private static bool IsEnumeration(string value) =>
        value.Length > 1 && char.IsAsciiLetterUpper(value[0]) && value.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_');

    private static string PrefixOf(string field) => field switch
    {
        "verdict" => "CLAIM_VERDICT_",
        "claim_reason" => "LICENSE_VERDICT_",
        _ => field[(field.LastIndexOf('.') + 1)..].ToUpperInvariant() + "_",
    };

    private string Known(string name) => name switch
    {
        "OTHER" => words.Say("other", "andere"),
        "MYSQL" => "MySQL",
        "MARIADB" => "MariaDB",
        "POSTGRESQL" => "PostgreSQL",
        "SQLITE" => "SQLite",
        "SQL_SERVER" => "SQL Server",
        "ORACLE" => "Oracle",
        "NGINX" => "nginx",
        "LITESPEED" => "LiteSpeed",
        "IIS" => "IIS",
        "MACOS" => "macOS",
        "BSD" => "BSD",
        "LINUX" => "Linux",
        "COMMUNITY" => "Community",
        "UNVERIFIED" => words.Say("not checked", "nicht geprüft"),
        "VERIFIED" => words.Say("verified", "bestätigt"),
        "REFUSED" => words.Say("claim refused", "Anspruch abgelehnt"),
        "REPORTED" => words.Say("reported", "gemeldet"),
        "TIMEZONE" => words.Say("derived from the time zone", "aus der Zeitzone abgeleitet"),
        "VALID" => words.Say("valid", "gültig"),
        "VALID_IN_GRACE" => words.Say("expired, within grace", "abgelaufen, in Nachfrist"),
        "EXPIRED" => words.Say("license expired", "Lizenz abgelaufen"),
        "REVOKED" => words.Say("license revoked", "Lizenz widerrufen"),
        "SUSPENDED" => words.Say("license suspended", "Lizenz ausgesetzt"),
        "NOT_FOUND" => words.Say("no license has the key", "keine Lizenz mit diesem Schlüssel"),
        "WRONG_APP" => words.Say("license is for another app", "Lizenz gilt für eine andere App"),
        "BOUND_ELSEWHERE" => words.Say("license is used elsewhere", "Lizenz wird anderswo genutzt"),
        "SEATS_EXCEEDED" => words.Say("all seats are taken", "alle Plätze belegt"),
        "MALFORMED_KEY" => words.Say("the text is no key", "der Text ist kein Schlüssel"),
        "NOT_YET_VALID" => words.Say("license begins later", "Lizenz beginnt später"),
        "KEY_MISSING" => words.Say("claim without a key", "Anspruch ohne Schlüssel"),
        "NOT_ACTIVATED" => words.Say("key was never checked in", "Schlüssel nie eingelöst"),
        "ACTIVE" => words.Say("active", "aktiv"),
        _ => Readable(name),
    };

    /// <summary>"WEB_SERVER" and "room_groups" are words: "Web server", "Room groups".</summary>
    private static string Readable(string name)
    {
        var spaced = name.Replace('_', ' ').Replace('.', ' ');
        spaced = spaced.ToLowerInvariant();
        return spaced.Length == 0 ? spaced : char.ToUpper(spaced[0], CultureInfo.InvariantCulture) + spaced[1..];
    }
}
