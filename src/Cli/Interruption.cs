using System.Runtime.InteropServices;

namespace Telemetry.Cli;

/// <summary>Ctrl+C and SIGTERM end a command cleanly; a second one ends it at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Interrupt(signal, ExitCodes.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Interrupt(signal, ExitCodes.Terminated)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>How the process ends when a command was interrupted.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _source.Dispose();
    }

    private void Interrupt(PosixSignalContext signal, int exitCode)
    {
        if (_source.IsCancellationRequested)
        {
            return; // The system's own way of ending takes over.
        }

        signal.Cancel = true;
        ExitCode = exitCode;
        _source.Cancel();
    }
}
