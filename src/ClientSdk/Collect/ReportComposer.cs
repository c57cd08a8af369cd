using Telemetry.Client.Consent;
using Telemetry.Client.Contract;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Makes a report of what was collected. The same input makes the same bytes.</summary>
internal sealed class ReportComposer(TelemetryOptions options, ReportContract contract, string instanceHash)
{
    public Report Compose(CollectedUsage usage, InstallationState state)
    {
        var report = new Report
        {
            InstanceHash = instanceHash,
            App = contract.App,
            AppVersion = options.AppVersion,
            SchemaVersion = ConsentRules.SchemaInForce(state, options.Consent, contract.Version),
            Environment = EnvironmentCollector.Collect(options.Host, options.Variable),
            Users = usage.Users?.Clone(),
            Subscription = usage.Subscription?.Clone(),
            Usage = contract.Pack(usage.Usage),
        };
        report = contract.Withhold(report, report.SchemaVersion);
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
}
