using System.Globalization;
using Microsoft.Extensions.Options;
using Telemetry.DataFiles;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Backups;

/// <summary>Makes, lists and verifies backups, and notes beside them what was erased.</summary>
/// <remarks>Threading: any; one backup is made at a time.</remarks>
internal sealed partial class BackupKeeper : IDisposable
{
    private readonly ITelemetryStore _store;
    private readonly ProjectionKeeper _insights;
    private readonly Pseudonyms _pseudonyms;
    private readonly BackupSources _sources;
    private readonly BackupOptions _options;
    private readonly BackupMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackupSet? _set;
    private readonly SemaphoreSlim _making = new(1);
    private readonly SemaphoreSlim _noting = new(1);
    private int _noted = -1;
    private string? _told;
    private string? _toldOfNotes;

    /// <exception cref="OptionsValidationException">The configured directories cannot be what they are.</exception>
    public BackupKeeper(
        ITelemetryStore store, ProjectionKeeper insights, Pseudonyms pseudonyms, BackupSources sources, IOptions<BackupOptions> options,
        BackupMetrics metrics, TimeProvider time, ILogger<BackupKeeper> logger)
    {
        (_store, _insights, _pseudonyms, _sources, _options) = (store, insights, pseudonyms, sources, options.Value);
        (_metrics, _time, _logger) = (metrics, time, logger);
        if (_options.Directory is { Length: > 0 } directory)
        {
            Refuse(Same(directory, sources.Data), "Backup:Directory", "must not be the data directory itself: a backup of a disk belongs on another one");
            Refuse(
                _options.SecretsDirectory is { } secrets && (Same(secrets, directory) || Path.GetFullPath(secrets).StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal)),
                "Backup:SecretsDirectory", "must not be in Backup:Directory: whoever gets hold of both can tell which installation a report came from");
            _set = new BackupSet(directory);
            _metrics.Observe(() => Newest?.Description.Time);
        }
    }

    /// <summary>Whether a directory is configured.</summary>
    public bool IsConfigured => _set is not null;

    /// <summary>Why the last backup failed, in words for an operator; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>How many are kept; 0 when none is made.</summary>
    public int Kept => IsConfigured ? _options.Keep : 0;

    /// <summary>The newest whole backup; null when there is none.</summary>
    public Backup? Newest => List().Backups is [var newest, ..] ? newest : null;

    /// <summary>When the next backup is due; null when they are only made when asked for.</summary>
    public DateTimeOffset? NextDue => _set is null || _options.EveryHours == 0 ? null
        : Newest is { } newest && newest.Description.Time <= _time.GetUtcNow() ? newest.Description.Time.AddHours(_options.EveryHours)
        : _time.GetUtcNow();

    public void Dispose()
    {
        _making.Dispose();
        _noting.Dispose();
    }

    /// <summary>All whole backups, the newest first, and what is wrong with others.</summary>
    public (IReadOnlyList<Backup> Backups, IReadOnlyList<string> Problems) List() => _set?.List() ?? ([], []);

    /// <summary>Makes a backup and deletes the oldest ones.</summary>
    /// <param name="audit">What the audit log says of it, by its name, before anything is copied.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it; nothing of it is left.</param>
    /// <returns>Null when another one is being made.</returns>
    /// <exception cref="BackupException">It cannot be made; the message says why and what to do.</exception>
    public async Task<Backup?> CreateAsync(Func<string, AuditDraft> audit, CopyProgress progress, CancellationToken cancellation)
    {
        var set = _set ?? throw new InvalidOperationException("No directory is configured.");
        if (!await _making.WaitAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        var start = _time.GetTimestamp();
        try
        {
            var backup = await Task.Run(() => MakeAsync(set, audit, progress, cancellation), cancellation).ConfigureAwait(false);
            (Failure, _told) = (null, null);
            var elapsed = _time.GetElapsedTime(start);
            _metrics.Made(elapsed, backup.Description.NewBytes);
            Log.Made(
                _logger, backup.Name, backup.Description.Position, backup.Description.Bytes, backup.Description.NewBytes, (long)elapsed.TotalMilliseconds);
            return backup;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreUnavailableException or StoreDamagedException or InvalidDataException or BackupException)
        {
            Failure = e.Message;
            _metrics.Failed();
            if (_told != e.Message)
            {
                Log.Failed(_logger, e.Message);
                _told = e.Message;
            }

            throw e as BackupException ?? new BackupException(e.Message, e);
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Reads every byte of a backup.</summary>
    /// <returns>What is wrong, in words for an operator; empty when it is what was written.</returns>
    public static Task<IReadOnlyList<string>> VerifyAsync(Backup backup, CopyProgress progress, CancellationToken cancellation) => Task.Run<IReadOnlyList<string>>(
        () =>
        {
            progress.Begin(backup.Description.Bytes);
            return [.. backup.Verify(progress.Add, cancellation)];
        },
        cancellation);

    /// <summary>Notes beside the backups what was erased, so that a restore knows it. What fails is tried again by <see cref="BackupSchedule"/>.</summary>
    public async Task NoteErasuresAsync(CancellationToken cancellation)
    {
        if (_set is null || _store.Erasures.Count + _store.ErasedSeats.Count == Volatile.Read(ref _noted))
        {
            return;
        }

        await _noting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (erasures, seats) = (_store.Erasures, _store.ErasedSeats);
            _set.AddErasures([
                .. erasures.Select(erasure => NoteOf(erasure.Time, erasure.Tombstone)),
                .. seats.Select(erased => NoteOf(erased.Time, erased.Tombstone)),
            ]);
            Volatile.Write(ref _noted, erasures.Count + seats.Count);
            _toldOfNotes = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Tried every minute, and for as long as somebody takes to look.
            if (_toldOfNotes != e.Message)
            {
                Log.NotNoted(_logger, e.Message);
                _toldOfNotes = e.Message;
            }
        }
        finally
        {
            _noting.Release();
        }
    }

    private static ErasureNote NoteOf(DateTimeOffset time, UInt128 tombstone) => new(time, tombstone.ToString("x32", CultureInfo.InvariantCulture));

    private async Task<Backup> MakeAsync(BackupSet set, Func<string, AuditDraft> audit, CopyProgress progress, CancellationToken cancellation)
    {
        using var held = set.Lock();
        var now = _time.GetUtcNow();
        if (set.List().Backups is [var before, ..] && before.Description.SecretCheck != _pseudonyms.SecretCheck)
        {
            throw new BackupException(
                $"'{set.Directory}' holds backups of another server ('{before.Name}'). Give this one a directory of its own: Backup:Directory.");
        }

        using var draft = set.Begin(now);
        await _store.AppendAuditAsync([audit(draft.Name)], cancellation).ConfigureAwait(false);
        progress.Begin(_store.SizeInBytes);
        // Before the store: the insights may be behind it, and read on, but never ahead of it.
        await _insights.CopyAsync(draft, progress.Add, cancellation).ConfigureAwait(false);
        var position = await _store.CopyAsync(draft, progress.Add, cancellation).ConfigureAwait(false);
        var backup = draft.Complete(
            (files, bytes, newBytes) => new BackupDescription
            {
                Time = now,
                Position = position.Number,
                Epoch = position.Epoch,
                Installations = _store.InstanceCount,
                SecretCheck = _pseudonyms.SecretCheck,
                Server = _sources.Server,
                Files = files,
                Bytes = bytes,
                NewBytes = newBytes,
            },
            progress.Add, cancellation);
        // Whatever became of the list meanwhile.
        Volatile.Write(ref _noted, -1);
        await NoteErasuresAsync(CancellationToken.None).ConfigureAwait(false);
        CopySecrets();
        foreach (var name in set.Keep(_options.Keep))
        {
            Log.Deleted(_logger, name, _options.Keep);
        }

        return backup;
    }

    /// <summary>As they are now: keys come and go.</summary>
    private void CopySecrets()
    {
        if (_options.SecretsDirectory is not { Length: > 0 } directory)
        {
            return;
        }

        var keys = Directory.Exists(_sources.Keys) ? Directory.GetFiles(_sources.Keys) : [];
        foreach (var (source, target) in keys.Select(key => (key, Path.Combine(directory, "signing", Path.GetFileName(key))))
            .Prepend((_sources.Secret, Path.Combine(directory, Path.GetFileName(_sources.Secret)))))
        {
            var content = File.ReadAllBytes(source);
            if (File.Exists(target) && File.ReadAllBytes(target).AsSpan().SequenceEqual(content))
            {
                continue;
            }

            // A name that means another secret than before is one of another server.
            if (File.Exists(target))
            {
                throw new BackupException($"'{target}' is another one than this server's '{source}', and is not overwritten. Give the secrets a directory of their own: Backup:SecretsDirectory.");
            }

            DurableFile.CreateDirectory(Path.GetDirectoryName(target)!);
            DurableFile.WriteNew(target, content);
        }
    }

    private static void Refuse(bool isWrong, string key, string rule)
    {
        if (isWrong)
        {
            throw new OptionsValidationException(BackupOptions.Section, typeof(BackupOptions), [$"{key} {rule}."]);
        }
    }

    private static bool Same(string one, string other) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(one)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(other));

    private static partial class Log
    {
        [LoggerMessage(EventId = 2201, Level = LogLevel.Information,
            Message = "Made the backup {Backup} at report {Number}: {Bytes} bytes, {NewBytes} of them new, in {ElapsedMs} ms.")]
        public static partial void Made(ILogger logger, string backup, long number, long bytes, long newBytes, long elapsedMs);

        [LoggerMessage(EventId = 2202, Level = LogLevel.Error, Message = "No backup could be made: {Reason} Nothing of it was left; the ones of before are as they were.")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(EventId = 2203, Level = LogLevel.Information, Message = "Deleted the backup {Backup}: {Keep} are kept (Backup:Keep).")]
        public static partial void Deleted(ILogger logger, string backup, int keep);

        [LoggerMessage(EventId = 2204, Level = LogLevel.Warning,
            Message = "What was erased could not be noted beside the backups: {Reason} Tried again every minute. Restore none of them until it is: what was erased would come back.")]
        public static partial void NotNoted(ILogger logger, string reason);
    }
}

/// <summary>A backup cannot be made; the message tells an operator why and what to do.</summary>
internal sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How far a copy is. Threading: any.</summary>
internal sealed class CopyProgress
{
    private long _bytes;
    private long _total;

    public (long Bytes, long Total) Now => (Interlocked.Read(ref _bytes), Interlocked.Read(ref _total));

    public void Begin(long total) => Interlocked.Exchange(ref _total, total);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
