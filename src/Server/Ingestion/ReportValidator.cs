using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Ingestion;

/// <summary>Turns a submitted report into a report that may be stored, or lists every rule it breaks.</summary>
/// <remarks>
/// Responsible for: formats and bounds, normalization, the pseudonym, dropping the key for its verdict.
/// Not responsible for: the rules that need stored state (repetitions, rate limit).
/// Threading: any number of callers. No I/O.
/// </remarks>
internal sealed class ReportValidator(Pseudonyms pseudonyms, ClaimJudge claims)
{
    /// <returns>The report, or null when <paramref name="violations"/> says what is wrong.</returns>
    public Report? Validate(SubmittedReport submitted, out IReadOnlyList<Violation> violations)
    {
        var check = new ReportCheck();
        var id = check.ReportId(submitted.ReportId);
        check.InstanceHash(submitted.InstanceHash);
        check.App(submitted.App, submitted.HasRoomVoxUsage);
        var version = check.AppVersion(submitted.AppVersion, submitted.AppVersionMayBeUnknown);
        check.Range("schema_version", submitted.SchemaVersion, ReportLimits.MaxSchemaVersion);
        check.KeyLength(submitted.SubscriptionKey);
        var environment = Environment(submitted, ref check);
        var users = new UserCounts(
            check.Count("users.total", submitted.TotalUsers),
            check.Count("users.active_30d", submitted.ActiveUsers30Days),
            check.Count("users.disabled", submitted.DisabledUsers),
            check.Count("users.enabled", submitted.EnabledUsers));
        var usage = submitted.HasRoomVoxUsage ? RoomVox(submitted, ref check) : null;

        violations = check.Violations;
        if (violations.Count > 0)
        {
            return null;
        }

        var flags = new SubscriptionFlags(submitted.ValidSubscription, submitted.ExtendedSupport);
        return new Report
        {
            ReportId = id,
            ContentTag = pseudonyms.OfContent(submitted.Sha256),
            Instance = pseudonyms.Of(submitted.InstanceHash!),
            App = submitted.App,
            AppVersion = version,
            SchemaVersion = (uint)submitted.SchemaVersion,
            Claim = claims.Judge(submitted.App, flags, submitted.SubscriptionKey, submitted.InstanceHash!),
            Environment = environment,
            Users = users,
            Subscription = flags,
            RoomVox = usage,
        };
    }

    private static InstallationEnvironment Environment(SubmittedReport submitted, ref ReportCheck check)
    {
        var country = check.Country(submitted.Country);
        var timezone = check.Timezone(submitted.Timezone);
        var source = country.IsNone ? CountrySource.None : CountrySource.Reported;
        if (country.IsNone && !Countries.OfTimezone(timezone).IsNone)
        {
            country = Countries.OfTimezone(timezone);
            source = CountrySource.Timezone;
        }

        return new InstallationEnvironment
        {
            NextcloudVersion = check.Version("environment.nextcloud_version", submitted.NextcloudVersion),
            PhpVersion = check.Version("environment.php_version", submitted.PhpVersion),
            DotnetVersion = check.Version("environment.dotnet_version", submitted.DotnetVersion),
            Country = country,
            CountrySource = source,
            Database = submitted.Database,
            Language = check.Language(submitted.Language),
            Timezone = timezone,
            OsFamily = submitted.OsFamily,
            WebServer = submitted.WebServer,
            Container = submitted.Container,
        };
    }

    private static RoomVoxUsage RoomVox(SubmittedReport submitted, ref ReportCheck check) => new()
    {
        Rooms = check.Count("roomvox.rooms", submitted.Rooms),
        RoomGroups = check.Count("roomvox.room_groups", submitted.RoomGroups),
        RoomTypes = check.Counts("roomvox.room_types", submitted.RoomTypes),
        Facilities = check.Counts("roomvox.facilities", submitted.Facilities),
        AverageCapacityHundredths = check.AverageCapacity(submitted.AverageCapacity),
        AutoAcceptRooms = check.Count("roomvox.auto_accept_rooms", submitted.AutoAcceptRooms),
        RoomsWithSmtp = check.Count("roomvox.rooms_with_smtp", submitted.RoomsWithSmtp),
        RoomsWithAvailabilityRules = check.Count(
            "roomvox.rooms_with_availability_rules", submitted.RoomsWithAvailabilityRules),
        ExchangeSyncEnabled = submitted.ExchangeSyncEnabled,
        RoomsWithExchange = check.Count("roomvox.rooms_with_exchange", submitted.RoomsWithExchange),
    };
}
