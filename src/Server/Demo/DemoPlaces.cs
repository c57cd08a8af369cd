namespace Telemetry.Server.Demo;

/// <summary>Where a simulated site stands.</summary>
/// <param name="Country">ISO 3166-1.</param>
/// <param name="Language">BCP 47.</param>
/// <param name="Timezone">IANA; "UTC" where nobody set one.</param>
/// <param name="Offset">Hours before UTC, for the time of day.</param>
internal sealed record DemoPlace(string Country, string Language, string Timezone, int Offset)
{
    private static readonly (double Weight, DemoPlace Place)[] All =
    [
        (310, new("DE", "de", "Europe/Berlin", 1)), (125, new("NL", "nl", "Europe/Amsterdam", 1)), (95, new("FR", "fr", "Europe/Paris", 1)),
        (70, new("AT", "de", "Europe/Vienna", 1)), (62, new("CH", "de", "Europe/Zurich", 1)), (18, new("CH", "fr", "Europe/Zurich", 1)),
        (58, new("GB", "en", "Europe/London", 0)), (44, new("BE", "nl", "Europe/Brussels", 1)), (20, new("BE", "fr", "Europe/Brussels", 1)),
        (42, new("IT", "it", "Europe/Rome", 1)), (40, new("ES", "es", "Europe/Madrid", 1)), (34, new("PL", "pl", "Europe/Warsaw", 1)),
        (30, new("SE", "sv", "Europe/Stockholm", 1)), (22, new("DK", "da", "Europe/Copenhagen", 1)), (20, new("CZ", "cs", "Europe/Prague", 1)),
        (18, new("NO", "nb", "Europe/Oslo", 1)), (16, new("FI", "fi", "Europe/Helsinki", 2)), (14, new("PT", "pt", "Europe/Lisbon", 0)),
        (12, new("HU", "hu", "Europe/Budapest", 1)), (11, new("GR", "el", "Europe/Athens", 2)), (10, new("RO", "ro", "Europe/Bucharest", 2)),
        (64, new("US", "en", "America/New_York", -5)), (30, new("US", "en", "America/Los_Angeles", -8)), (26, new("CA", "en", "America/Toronto", -5)),
        (10, new("CA", "fr-CA", "America/Montreal", -5)), (34, new("BR", "pt-BR", "America/Sao_Paulo", -3)), (12, new("MX", "es-MX", "America/Mexico_City", -6)),
        (9, new("AR", "es", "America/Argentina/Buenos_Aires", -3)), (7, new("CL", "es", "America/Santiago", -4)), (22, new("JP", "ja", "Asia/Tokyo", 9)),
        (16, new("IN", "en-IN", "Asia/Kolkata", 5)), (12, new("TW", "zh-TW", "Asia/Taipei", 8)), (10, new("TR", "tr", "Europe/Istanbul", 3)),
        (10, new("UA", "uk", "Europe/Kyiv", 2)), (9, new("ID", "id", "Asia/Jakarta", 7)), (8, new("IL", "he", "Asia/Jerusalem", 2)),
        (18, new("AU", "en-AU", "Australia/Sydney", 10)), (8, new("NZ", "en", "Pacific/Auckland", 12)), (9, new("ZA", "en", "Africa/Johannesburg", 2)),
        (5, new("KE", "en", "Africa/Nairobi", 3)), (5, new("MA", "fr", "Africa/Casablanca", 1)), (4, new("KR", "ko", "Asia/Seoul", 9)),
    ];

    public static DemoPlace Of(Draw draw) => draw.Pick<DemoPlace>(All);
}
