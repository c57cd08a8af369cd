using Telemetry.Client.Consent;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Makes a report of what was collected. The same input makes the same bytes.</summary>
internal sealed class ReportComposer(TelemetryOptions options, string instanceHash)
{
    public Report Compose(UsageSnapshot usage, InstallationState state)
    {
        var report = new Report
        {
            InstanceHash = instanceHash,
            App = options.App,
            AppVersion = options.AppVersion,
            SchemaVersion = ConsentRules.SchemaInForce(state, options.Consent),
            Environment = EnvironmentCollector.Collect(options.Host, options.Variable),
            Users = usage.Users?.Clone(),
            Subscription = usage.Subscription?.Clone(),
            Roomvox = usage.RoomVox is { } roomVox ? WithKnownLabels(roomVox) : null,
        };
        FieldList.Withhold(report, report.SchemaVersion);
        ReportIds.Give(report, state.ReportSeed);
        return report;
    }

    /// <summary>The report as it may lie on disk, and whether a key was left out for that.</summary>
    public static (Report Report, bool HadKey) WithoutKey(Report report)
    {
        var copy = report.Clone();
        if (string.IsNullOrEmpty(copy.Subscription?.Key))
        {
            return (copy, false);
        }

        copy.Subscription.Key = "";
        return (copy, true);
    }

    /// <summary>A collector may fill the maps itself; free text must not get out that way either.</summary>
    private static RoomVoxUsage WithKnownLabels(RoomVoxUsage usage)
    {
        var copy = usage.Clone();
        var types = new LabelCounter(RoomVoxUsage.RoomTypesFieldNumber);
        var facilities = new LabelCounter(RoomVoxUsage.FacilitiesFieldNumber);
        copy.RoomTypes.Clear();
        copy.Facilities.Clear();
        foreach (var (label, count) in usage.RoomTypes)
        {
            types.Add(label, count);
        }

        foreach (var (label, count) in usage.Facilities)
        {
            facilities.Add(label, count);
        }

        copy.RoomTypes.Add(types.Counts);
        copy.Facilities.Add(facilities.Counts);
        return copy;
    }
}
