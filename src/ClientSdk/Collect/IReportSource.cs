using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Where a report comes from.</summary>
internal interface IReportSource
{
    /// <summary>Makes the report of this moment, with its id.</summary>
    /// <param name="state">What the installation remembers.</param>
    /// <param name="cancellationToken">Ends the collecting.</param>
    /// <exception cref="ReportNotPreparedException">There is none.</exception>
    Task<Report> PrepareAsync(InstallationState state, CancellationToken cancellationToken);

    /// <summary>Leaves the report where tools find it, without a key.</summary>
    /// <param name="report">A report that this source prepared.</param>
    /// <param name="cancellationToken">Ends the wait for another process that writes.</param>
    /// <exception cref="StateNotWrittenException">It cannot be written.</exception>
    Task KeepAsync(Report report, CancellationToken cancellationToken);
}
