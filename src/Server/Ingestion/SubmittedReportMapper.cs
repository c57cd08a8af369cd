using Google.Protobuf.Collections;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>Reads a contract message into a submitted report.</summary>
/// <remarks>
/// Only what is named here goes on, so what the contract does not know is dropped. Values of an enumeration that this
/// version does not know become "other": a newer client can tell something apart that this server cannot.
/// </remarks>
internal static class SubmittedReportMapper
{
    private static readonly byte LastApp = (byte)Enum.GetValues<App>().Max();
    private static readonly byte LastDatabase = (byte)Enum.GetValues<Database>().Max();
    private static readonly byte LastOsFamily = (byte)Enum.GetValues<OsFamily>().Max();
    private static readonly byte LastWebServer = (byte)Enum.GetValues<WebServer>().Max();

    public static SubmittedReport FromWire(Wire.Report wire)
    {
        var report = new SubmittedReport
        {
            ReportId = wire.ReportId,
            InstanceHash = wire.InstanceHash,
            App = (App)Known((int)wire.App, LastApp, (byte)App.Unknown),
            AppVersion = wire.AppVersion,
            SchemaVersion = wire.SchemaVersion,
            UnknownFields = UnknownFields.CountIn(wire),
        };
        if (wire.Environment is { } environment)
        {
            ReadEnvironment(report, environment);
        }

        if (wire.Users is { } users)
        {
            report.TotalUsers = users.HasTotal ? users.Total : null;
            report.ActiveUsers30Days = users.HasActive30D ? users.Active30D : null;
            report.DisabledUsers = users.HasDisabled ? users.Disabled : null;
            report.EnabledUsers = users.HasEnabled ? users.Enabled : null;
        }

        if (wire.Subscription is { } subscription)
        {
            report.ValidSubscription = subscription.HasValidSubscription ? subscription.ValidSubscription : null;
            report.ExtendedSupport = subscription.HasExtendedSupport ? subscription.ExtendedSupport : null;
            report.SubscriptionKey = subscription.Key;
        }

        if (wire.Roomvox is { } usage)
        {
            ReadRoomVox(report, usage);
        }

        return report;
    }

    private static void ReadEnvironment(SubmittedReport report, Wire.Environment environment)
    {
        report.NextcloudVersion = environment.NextcloudVersion;
        report.PhpVersion = environment.PhpVersion;
        report.DotnetVersion = environment.DotnetVersion;
        report.Country = environment.Country;
        report.Database = (Database)Known((int)environment.Database, LastDatabase, (byte)Database.Other);
        report.Language = environment.Language;
        report.Timezone = environment.Timezone;
        report.OsFamily = (OsFamily)Known((int)environment.OsFamily, LastOsFamily, (byte)OsFamily.Other);
        report.WebServer = (WebServer)Known((int)environment.WebServer, LastWebServer, (byte)WebServer.Other);
        report.Container = environment.HasContainer ? environment.Container : null;
    }

    private static void ReadRoomVox(SubmittedReport report, Wire.RoomVoxUsage usage)
    {
        report.HasRoomVoxUsage = true;
        report.Rooms = usage.HasRooms ? usage.Rooms : null;
        report.RoomGroups = usage.HasRoomGroups ? usage.RoomGroups : null;
        report.AverageCapacity = usage.HasAverageCapacity ? usage.AverageCapacity : null;
        report.AutoAcceptRooms = usage.HasAutoAcceptRooms ? usage.AutoAcceptRooms : null;
        report.RoomsWithSmtp = usage.HasRoomsWithSmtp ? usage.RoomsWithSmtp : null;
        report.RoomsWithAvailabilityRules =
            usage.HasRoomsWithAvailabilityRules ? usage.RoomsWithAvailabilityRules : null;
        report.ExchangeSyncEnabled = usage.HasExchangeSyncEnabled ? usage.ExchangeSyncEnabled : null;
        report.RoomsWithExchange = usage.HasRoomsWithExchange ? usage.RoomsWithExchange : null;
        Add(usage.RoomTypes, report.RoomTypes);
        Add(usage.Facilities, report.Facilities);
    }

    private static void Add(MapField<string, uint> map, SubmittedCounts counts)
    {
        foreach (var (label, count) in map)
        {
            counts.Add(label, count);
        }
    }

    private static byte Known(int value, byte last, byte other) => value >= 0 && value <= last ? (byte)value : other;
}
