using Google.Protobuf;
using Telemetry.Client.Consent;
using Telemetry.Client.Contract;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Reports for a tool that is not the app: what the app collected last.</summary>
/// <param name="directory">The app's state directory.</param>
/// <param name="contract">The app's contract.</param>
/// <param name="consent">The vendor's choice.</param>
/// <param name="subscriptionKey">The key, which is not kept on disk; null: none was given.</param>
internal sealed class PendingReports(
    StateDirectory directory, ReportContract contract, ConsentModel consent, string? subscriptionKey) : IReportSource
{
    public Task<Report> PrepareAsync(InstallationState state, CancellationToken cancellationToken)
    {
        if (directory.ReadPending() is not { } pending)
        {
            throw new ReportNotPreparedException(
                "The app has not collected a report yet. It does so shortly after it starts, while reports are on or local.");
        }

        if (pending.KeyWithheld && string.IsNullOrEmpty(subscriptionKey))
        {
            throw new ReportNotPreparedException(
                "The app's report proves a subscription with a key, which is not kept on disk. Set "
                + "TELEMETRY_SUBSCRIPTION_KEY to it, or send the report from within the app.");
        }

        return Task.FromResult(Complete(Parse(pending.Report), pending.KeyWithheld, state));
    }

    /// <summary>It was read from where it would be kept.</summary>
    public Task KeepAsync(Report report, CancellationToken cancellationToken) => Task.CompletedTask;

    private Report Complete(Report report, bool keyWithheld, InstallationState state)
    {
        report.SchemaVersion = ConsentRules.SchemaInForce(state, consent, contract.Version);
        if (keyWithheld)
        {
            report.Subscription.Key = subscriptionKey;
        }

        report = contract.Withhold(report, report.SchemaVersion);
        ReportIds.Give(report, state.ReportSeed);
        return report;
    }

    private Report Parse(byte[] bytes)
    {
        try
        {
            return Report.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ReportNotPreparedException(
                $"The report that the app left in {directory.Path} is damaged. The app makes a new one at its next start.", e);
        }
    }
}
