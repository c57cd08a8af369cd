using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Telemetry.Client.Licensing;

/// <summary>Knows whether this installation is licensed, also while the server cannot be reached.</summary>
/// <remarks>
/// The server must have said yes once; its signed proof then holds offline until it ends. The latest definite answer
/// counts, and an answer that the vendor's server did not sign is none. Safe to use from any number of threads. Never
/// throws for what a network, a server or a disk can do. Abstract, so that an app's tests can put one of their own in its
/// place.
/// </remarks>
public abstract class LicenseClient : IAsyncDisposable
{
    /// <summary>
    /// Told once per change of the state, the verdict, the edition, the limits or the expiry, by <see cref="CheckAsync"/>
    /// or, after <see cref="Start"/>, by a timer's thread. What a handler throws is logged and goes no further.
    /// </summary>
    public abstract event EventHandler<LicenseStatus>? Changed;

    /// <summary>What is known at this moment. Asks nobody and reads no file.</summary>
    public abstract LicenseStatus Current { get; }

    /// <summary>Why the state file could not be written the last time, so that a restart would need the server; null: it was, or there is none.</summary>
    public abstract string? StateFileProblem { get; }

    /// <summary>Makes a client from what the state file holds. Does not ask the server yet.</summary>
    /// <param name="channel">The connection; not disposed by this client, and to be disposed after it.</param>
    /// <param name="options">What to ask about and whom to believe.</param>
    /// <param name="logger">Hears of what goes wrong; nobody does when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a root key is none.</exception>
    public static LicenseClient Open(
        TelemetryChannel channel, LicenseClientOptions options, ILogger<LicenseClient>? logger = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return Open(channel.Invoker, options, logger, time);
    }

    /// <summary>Asks the server now and remembers a definite answer. One check at a time; a second caller waits.</summary>
    /// <returns>What is known then; when no usable answer came, what was known before, and its message says why.</returns>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public abstract Task<LicenseStatus> CheckAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells the server how far this installation uses what its license limits; like a check, this takes a seat or
    /// keeps it. What is not limited is dropped there. Leaves <see cref="Current"/> alone.
    /// </summary>
    /// <param name="usage">Counts under the names of limits, e.g. "rooms". At most 50.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Exactly what happened.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public abstract Task<LicenseUsageResult> ReportUsageAsync(
        IReadOnlyDictionary<string, ulong> usage, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives up this installation's seat, e.g. before it moves. Once the server has answered, nothing is licensed here,
    /// and a started client no longer asks by itself, until <see cref="CheckAsync"/> takes a seat again.
    /// </summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Exactly what happened.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public abstract Task<LicenseReleaseResult> ReleaseAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins to look at the status by itself, at least every minute and when it can change, and to ask the server when
    /// its proof wants it, at once if there is none. After a check without an answer the next one comes an hour later.
    /// Repeating this does nothing.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public abstract void Start();

    /// <summary>Stops looking, ends a check of its own, and writes down what is known.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>As for a <see cref="TelemetryChannel"/>, over any other connection.</summary>
    internal static LicenseClient Open(
        CallInvoker invoker, LicenseClientOptions options, ILogger<LicenseClient>? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ServerLicenseClient(invoker, options, logger, time);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    protected abstract ValueTask DisposeAsyncCore();
}
