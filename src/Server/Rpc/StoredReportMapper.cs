using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Rpc;

/// <summary>Writes stored data as contract messages, for every service that hands some out.</summary>
internal static class StoredReportMapper
{
    public static Wire.FeedPosition ToWire(FeedPosition position) =>
        new() { Epoch = position.Epoch, Number = (ulong)position.Number };

    public static Wire.StoredReport ToWire(StoredReport stored)
    {
        var report = stored.Report;
        var wire = new Wire.StoredReport
        {
            Position = ToWire(stored.Position),
            ReportId = report.ReportId.ToString("D"),
            InstanceId = report.Instance.ToString(),
            App = (Wire.App)report.App,
            AppVersion = report.AppVersion,
            SchemaVersion = report.SchemaVersion,
            AcceptedAt = Timestamp.FromDateTimeOffset(stored.AcceptedAt),
            Verdict = (Wire.ClaimVerdict)report.Claim.Verdict,
            ClaimReason = (Wire.LicenseVerdict)report.Claim.Reason,
            Environment = ToWire(report.Environment),
            CountrySource = (Wire.CountrySource)report.Environment.CountrySource,
            Users = ToWire(report.Users),
            Subscription = ToWire(report.Subscription),
        };
        if (report.RoomVox is { } usage)
        {
            wire.Roomvox = ToWire(usage);
        }

        return wire;
    }

    public static Wire.Instance ToWire(InstanceState state) => new()
    {
        InstanceId = state.Instance.ToString(),
        App = (Wire.App)state.App,
        FirstSeen = Timestamp.FromDateTimeOffset(state.FirstSeen),
        LastSeen = Timestamp.FromDateTimeOffset(state.LastSeen),
        ReportCount = (ulong)state.ReportCount,
        LatestReportNumber = (ulong)state.LatestNumber,
        AppVersion = state.AppVersion,
        Verdict = (Wire.ClaimVerdict)state.Claim.Verdict,
        ClaimReason = (Wire.LicenseVerdict)state.Claim.Reason,
        Environment = ToWire(state.Environment),
        CountrySource = (Wire.CountrySource)state.Environment.CountrySource,
        Users = ToWire(state.Users),
    };

    private static Wire.Environment ToWire(InstallationEnvironment environment)
    {
        var wire = new Wire.Environment
        {
            NextcloudVersion = environment.NextcloudVersion,
            PhpVersion = environment.PhpVersion,
            DotnetVersion = environment.DotnetVersion,
            Country = environment.Country.ToString(),
            Database = (Wire.Database)environment.Database,
            Language = environment.Language,
            Timezone = environment.Timezone,
            OsFamily = (Wire.OsFamily)environment.OsFamily,
            WebServer = (Wire.WebServer)environment.WebServer,
        };
        if (environment.Container is { } container)
        {
            wire.Container = container;
        }

        return wire;
    }

    private static Wire.Users ToWire(UserCounts users)
    {
        var wire = new Wire.Users();
        Set(users.Total, value => wire.Total = value);
        Set(users.Active30Days, value => wire.Active30D = value);
        Set(users.Disabled, value => wire.Disabled = value);
        Set(users.Enabled, value => wire.Enabled = value);
        return wire;
    }

    private static Wire.SubscriptionFlags ToWire(SubscriptionFlags flags)
    {
        var wire = new Wire.SubscriptionFlags();
        Set(flags.ValidSubscription, value => wire.ValidSubscription = value);
        Set(flags.ExtendedSupport, value => wire.ExtendedSupport = value);
        return wire;
    }

    private static Wire.RoomVoxUsage ToWire(RoomVoxUsage usage)
    {
        var wire = new Wire.RoomVoxUsage();
        Set(usage.Rooms, value => wire.Rooms = value);
        Set(usage.RoomGroups, value => wire.RoomGroups = value);
        Set(usage.AverageCapacityHundredths, value => wire.AverageCapacity = value / 100.0);
        Set(usage.AutoAcceptRooms, value => wire.AutoAcceptRooms = value);
        Set(usage.RoomsWithSmtp, value => wire.RoomsWithSmtp = value);
        Set(usage.RoomsWithAvailabilityRules, value => wire.RoomsWithAvailabilityRules = value);
        Set(usage.ExchangeSyncEnabled, value => wire.ExchangeSyncEnabled = value);
        Set(usage.RoomsWithExchange, value => wire.RoomsWithExchange = value);
        AddTo(wire.RoomTypes, usage.RoomTypes, LabelRegister.RoomTypes);
        AddTo(wire.Facilities, usage.Facilities, LabelRegister.Facilities);
        return wire;
    }

    private static void AddTo(MapField<string, uint> map, LabelCounts counts, LabelRegister register)
    {
        foreach (var (label, count) in counts.Items)
        {
            // Labels of a newer version fall together under "custom", so a name can occur twice.
            var name = register.NameOf(label);
            map[name] = map.GetValueOrDefault(name) + count;
        }
    }

    /// <summary>Presence matters: what is not known is left unset, not set to zero.</summary>
    private static void Set<T>(T? value, Action<T> assign)
        where T : struct
    {
        if (value is { } known)
        {
            assign(known);
        }
    }
}
