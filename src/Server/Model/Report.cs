using Telemetry.Schema;

namespace Telemetry.Server.Model;

/// <summary>A report that may be stored: normalized, re-keyed, without anything that identifies.</summary>
internal sealed record Report
{
    public required Guid ReportId { get; init; }

    /// <summary>Keyed hash of the bytes that were sent: tells a repetition from another report under the same id.</summary>
    public ulong ContentTag { get; init; }

    public required InstanceId Instance { get; init; }

    public required ReportSchema Schema { get; init; }

    public required ReportValues Values { get; init; }

    public required ReportBody Body { get; init; }

    public required Claim Claim { get; init; }

    public CountrySource CountrySource { get; init; }

    /// <summary>Keyed hash of the ownership secret that came with it; 0 when none came.</summary>
    public ulong Owner { get; init; }

    /// <summary>The app's slug.</summary>
    public string App => Schema.App;

    /// <summary>Empty when the app could not tell its version.</summary>
    public string AppVersion => Values.Texts[CoreFields.AppVersion] ?? "";
}

/// <summary>What a report says about its subscription, without the key.</summary>
internal readonly record struct SubscriptionFlags(bool? ValidSubscription, bool? ExtendedSupport);

/// <summary>Where a country comes from. Values are stored: never change one.</summary>
internal enum CountrySource : byte
{
    None = 0,
    Reported = 1,
    Timezone = 2,
}

/// <summary>What a report means for who owns the installation's data. Values are stored: never change one.</summary>
internal enum OwnershipChange : byte
{
    None = 0,

    /// <summary>The first report, with a secret: whoever has it owns what is collected.</summary>
    Begun = 1,

    /// <summary>A report with another secret, or with none: nobody owns it any more.</summary>
    Ended = 2,
}
