using Google.Protobuf;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Reports of the running app: asks its collector.</summary>
internal sealed class CollectedReports(
    CollectorCall collector, ReportComposer composer, StateDirectory directory, TimeProvider time) : IReportSource
{
    public async Task<Report> PrepareAsync(InstallationState state, CancellationToken cancellationToken)
    {
        var usage = await collector.CollectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return composer.Compose(usage, state);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Figures that cannot be written down, e.g. a map with a null in it.
            throw new ReportNotPreparedException(
                $"The app's figures do not make a report ({e.GetType().Name}). Tell the app's vendor.", e);
        }
    }

    public Task KeepAsync(Report report, CancellationToken cancellationToken)
    {
        var (kept, hadKey) = ReportComposer.WithoutKey(report);
        return directory.WritePendingAsync(
            new PendingReport(time.GetUtcNow(), hadKey, kept.ToByteArray()), cancellationToken);
    }
}
