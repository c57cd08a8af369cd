using Google.Protobuf;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Reports of the running app: asks its collector.</summary>
internal sealed class CollectedReports(
    IUsageCollector collector, ReportComposer composer, StateDirectory directory, TimeProvider time) : IReportSource
{
    public async Task<Report> PrepareAsync(InstallationState state, CancellationToken cancellationToken)
    {
        try
        {
            var usage = await collector.CollectAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The collector returned null.");
            return composer.Compose(usage, state);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The app's own text may name anything; its type may not.
            throw new ReportNotPreparedException(
                $"The app could not count its usage ({e.GetType().Name}). Its own log may say more.", e);
        }
    }

    public Task KeepAsync(Report report, CancellationToken cancellationToken)
    {
        var (kept, hadKey) = ReportComposer.WithoutKey(report);
        return directory.WritePendingAsync(
            new PendingReport(time.GetUtcNow(), hadKey, kept.ToByteArray()), cancellationToken);
    }
}
