using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Makes the next report, and leaves it where tools find it.</summary>
internal sealed class ReportPreparer(Installation installation, IReportSource source)
{
    /// <summary>The next report, and what holds once it is there.</summary>
    /// <param name="cancellation">Ends the collecting.</param>
    /// <exception cref="ReportNotPreparedException">There is none.</exception>
    /// <exception cref="StateNotWrittenException">It cannot be left for tools.</exception>
    public async Task<(Report Report, ConsentDecision Consent)> PrepareAsync(CancellationToken cancellationToken)
    {
        var report = await source.PrepareAsync(installation.Read().State, cancellationToken).ConfigureAwait(false);
        // Collecting may take its time, and somebody may have switched off meanwhile.
        var consent = installation.Read().Consent;
        if (consent.Mode != ReportingMode.Off)
        {
            await source.KeepAsync(report, cancellationToken).ConfigureAwait(false);
        }

        return (report, consent);
    }
}
