namespace Telemetry.Server.Privacy;

/// <summary>Every field that a report can carry, and why. A test holds it against the contract.</summary>
internal static class FieldRegister
{
    public const uint Version = 1;

    public static readonly IReadOnlyList<RegisteredField> Fields =
    [
        new("report_id", "", "Lets a report be repeated without being counted twice."),
        new("instance_hash", "instanceHash", "Counts installations instead of reports.", Sensitivity.Pseudonym),
        new("app", "", "Tells which app reports."),
        new("app_version", "version", "Shows which versions are in use and how fast a release is adopted."),
        new("schema_version", "telemetrySchema", "Tells which list of fields the administrator agreed to."),
        new("environment.nextcloud_version", "nextcloudVersion", "Shows which Nextcloud versions must be supported."),
        new("environment.php_version", "phpVersion", "Shows which PHP versions must be supported."),
        new("environment.dotnet_version", "", "Shows which .NET versions must be supported."),
        new("environment.country", "countryCode", "Shows where the app is used, for translation and support hours."),
        new("environment.database", "databaseType", "Shows which databases must be tested."),
        new("environment.language", "defaultLanguage", "Shows which translations matter."),
        new("environment.timezone", "defaultTimezone", "Shows where the app is used when no country is configured."),
        new("environment.os_family", "osFamily", "Shows which operating systems must be tested."),
        new("environment.web_server", "webServer", "Shows which web servers must be tested."),
        new("environment.container", "isDocker", "Shows how many installations run in containers."),
        new("users.total", "totalUsers", "Shows how large installations are."),
        new("users.active_30d", "activeUsers30d", "Shows how many people work with an installation."),
        new("users.disabled", "disabledUsers", "Corrects the size of installations for switched-off accounts."),
        new("users.enabled", "namedUsers", "Corrects the size of installations for switched-off accounts."),
        new("subscription.valid_subscription", "hasValidSubscription", "Tells which installations have a subscription."),
        new("subscription.extended_support", "hasExtendedSupport", "Tells which installations claim Extended Support."),
        new("subscription.key", "licenseKey", "Checks the claim to Extended Support.", Sensitivity.Secret),
        new("roomvox.rooms", "totalRooms", "Shows how many rooms the app must handle well."),
        new("roomvox.room_groups", "totalRoomGroups", "Shows whether room groups are used."),
        new("roomvox.room_types", "roomTypeCounts", "Shows which kinds of rooms are booked; own labels count as custom."),
        new("roomvox.facilities", "facilitiesCounts", "Shows which facilities matter; own labels count as custom."),
        new("roomvox.average_capacity", "avgCapacity", "Shows how large rooms are."),
        new("roomvox.auto_accept_rooms", "autoAcceptCount", "Shows whether automatic acceptance is used."),
        new("roomvox.rooms_with_smtp", "roomsWithSmtp", "Shows whether mail servers per room are used."),
        new("roomvox.rooms_with_availability_rules", "availabilityRulesEnabled", "Shows whether restricted hours are used."),
        new("roomvox.exchange_sync_enabled", "exchangeSyncEnabled", "Shows whether Exchange synchronisation is used."),
        new("roomvox.rooms_with_exchange", "roomsWithExchange", "Shows how far Exchange synchronisation is used."),
    ];
}
