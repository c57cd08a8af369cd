using System.Collections.Frozen;
using NodaTime.TimeZones;

namespace Telemetry.Schema.Kinds;

/// <summary>Which countries exist, which timezones exist, and which country a timezone lies in.</summary>
/// <remarks>
/// Country codes: ISO 3166-1 alpha-2, the 249 officially assigned ones, and XK, which is in use for Kosovo. Timezones and their countries: the tz database
/// (zone.tab), as NodaTime ships it. A zone that names no place, such as "UTC" or "CET", has no country.
/// </remarks>
internal static class Countries
{
    private const string Assigned =
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
        + "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM "
        + "FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS "
        + "IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
        + "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN "
        + "PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
        + "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

    private static readonly FrozenSet<string> Codes = Assigned.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, (string Name, string? Country)> Zones = ReadZones();

    public static int Count => Codes.Count;

    /// <summary>A country's code in upper case; null when there is no such country.</summary>
    public static string? Find(string code) => Codes.TryGetValue(code, out var known) ? known : null;

    /// <summary>A timezone's name as the tz database writes it; null when there is no such timezone.</summary>
    public static string? FindTimezone(string name) => Zones.TryGetValue(name, out var zone) ? zone.Name : null;

    /// <summary>The country that a timezone lies in; null when the zone names no place.</summary>
    public static string? OfTimezone(string name) => Zones.TryGetValue(name, out var zone) ? zone.Country : null;

    private static FrozenDictionary<string, (string Name, string? Country)> ReadZones()
    {
        var source = TzdbDateTimeZoneSource.Default;
        var located = source.ZoneLocations!.ToDictionary(
            location => location.ZoneId, location => Find(location.CountryCode), StringComparer.Ordinal);
        return source.GetIds().ToFrozenDictionary(
            id => id,
            // An alias ("Asia/Calcutta") lies where the zone it stands for lies.
            id => (id, located.TryGetValue(id, out var country)
                ? country
                : IsPlace(id) ? located.GetValueOrDefault(source.CanonicalIdMap[id]) : null),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>"CET" and its like are aliases of a city's zone, but are used far beyond its country.</summary>
    private static bool IsPlace(string id) => id.Contains('/', StringComparison.Ordinal)
        && !id.StartsWith("Etc/", StringComparison.Ordinal);
}
