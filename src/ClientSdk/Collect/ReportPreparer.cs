using Telemetry.Client.Send;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Makes the next report, and leaves it where tools find it.</summary>
internal sealed class ReportPreparer(Installation installation, IReportSource source)
{
    /// <summary>What would be sent now: the report that the server has not answered for, or else a new one.</summary>
    /// <param name="cancellationToken">Ends the collecting.</param>
    /// <exception cref="ReportNotPreparedException">There is none.</exception>
    /// <exception cref="StateNotWrittenException">It cannot be left for tools.</exception>
    public async Task<OutgoingReport> PreviewAsync(CancellationToken cancellationToken) =>
        installation.Choose(installation.Read().State, await DraftAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>A new report, of which tools find a copy.</summary>
    /// <param name="cancellationToken">Ends the collecting.</param>
    /// <exception cref="ReportNotPreparedException">There is none.</exception>
    /// <exception cref="StateNotWrittenException">It cannot be left for tools.</exception>
    public async Task<Report> DraftAsync(CancellationToken cancellationToken)
    {
        var report = await source.PrepareAsync(installation.Read().State, cancellationToken).ConfigureAwait(false);
        // Collecting may take its time, and somebody may have switched off meanwhile.
        if (installation.Read().Consent.Mode != ReportingMode.Off)
        {
            await source.KeepAsync(report, cancellationToken).ConfigureAwait(false);
        }

        return report;
    }
}
