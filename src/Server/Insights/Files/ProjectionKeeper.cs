using Telemetry.DataFiles;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Insights.Files;

/// <summary>Reads the projection's files at the start, writes them as time goes by and at the end.</summary>
/// <remarks>What is damaged is told and made anew from the log, as far as the log goes back.</remarks>
internal sealed partial class ProjectionKeeper(
    ProjectionFiles files, FleetProjection projection, ITelemetryStore store, TimeProvider time, ILogger<ProjectionKeeper> logger)
    : BackgroundService
{
    /// <summary>How often one chunk is written: what a start after a kill has to read again is small.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>One who writes at a time.</summary>
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>What cannot be answered any more, in words for an operator; null when nothing is lost.</summary>
    public string? Loss { get; private set; }

    /// <summary>Completes when nothing of what the projection was told to erase is in files.</summary>
    /// <exception cref="IOException">They cannot be written now.</exception>
    public async ValueTask ClearErasedAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await Task.Run(files.WriteErased, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Copies the files, complete up to a position that the store has reached.</summary>
    /// <param name="target">Where the copy goes; a file that an earlier copy has with the same bytes is taken over.</param>
    /// <param name="copied">Is told how many bytes were copied since the last time.</param>
    /// <param name="cancellation">When to stop.</param>
    /// <exception cref="IOException">They cannot be read or written.</exception>
    public async ValueTask CopyAsync(ICopyTarget target, Action<long> copied, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await Task.Run(() => files.Copy(target, copied, cancellation), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Load();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        TryWrite(all: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                TryWrite(all: false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is written at the end.
        }
    }

    private void Load()
    {
        // What is read from the log is without what was erased.
        projection.ErasedThrough = store.Erasures is [.., var last] ? last.Sequence : 0;
        try
        {
            if (files.Load(store.Reached, store.EpochOf, projection.ErasedThrough, IsKnown))
            {
                return;
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Log.Damaged(logger, e.Message);
        }

        if (files.SetAside() is { } aside)
        {
            Log.SetAside(logger, aside);
        }

        if (store.OldestNumber > 1)
        {
            Loss = FormattableString.Invariant(
                $"Answers about the fleet begin with event {store.OldestNumber}: what was before is neither in the log nor in files any more. Restore the directory 'insights' from a backup.");
            Log.Lost(logger, Loss);
        }
    }

    /// <summary>Whoever came anew after an erasure was seen first after the one who was erased.</summary>
    private bool IsKnown(string app, InstanceId instance, long firstSeenMs) =>
        store.FindInstance(instance, app) is { } state && state.FirstSeen.ToUnixTimeMilliseconds() <= firstSeenMs;

    private void TryWrite(bool all)
    {
        _writing.Wait();
        try
        {
            files.Write(all);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing is lost: the log has it, and the next time tries again.
            Log.NotWritten(logger, e.Message);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 6002, Level = LogLevel.Error,
            Message = "The files of the insights are damaged, and are made anew from the log: {Reason}")]
        public static partial void Damaged(ILogger logger, string reason);

        [LoggerMessage(EventId = 6005, Level = LogLevel.Warning,
            Message = "The files of the insights that were there are in {Directory} now. Remove them when the answers are as they should be.")]
        public static partial void SetAside(ILogger logger, string directory);

        [LoggerMessage(EventId = 6003, Level = LogLevel.Error, Message = "{Loss}")]
        public static partial void Lost(ILogger logger, string loss);

        [LoggerMessage(EventId = 6004, Level = LogLevel.Warning,
            Message = "The files of the insights cannot be written: {Reason} A start takes longer until they can.")]
        public static partial void NotWritten(ILogger logger, string reason);
    }
}
