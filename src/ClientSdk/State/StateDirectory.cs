using System.Diagnostics;
using System.Security;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Telemetry.Client.State;

/// <summary>The small files that an installation's processes share.</summary>
/// <remarks>
/// Responsible for: whole files, one writer at a time across processes, and saying plainly what cannot be read.
/// Readers take no lock. Threading: any.
/// </remarks>
/// <param name="path">The directory; need not exist.</param>
/// <param name="time">The clock.</param>
/// <param name="fieldList">Version of the list of fields that a new installation starts with; 0 for who only looks.</param>
internal sealed class StateDirectory(string path, TimeProvider time, uint fieldList = 0)
{
    private const long LargestFile = 4 * 1024 * 1024;
    private const int LedgerCapacity = 100;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(10);

    private string? _writeProblem;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Why the directory could not be written to when that was last tried; null: it could, or was not tried.</summary>
    public string? WriteProblem => Volatile.Read(ref _writeProblem);

    /// <summary>Whether there is a state, readable or not.</summary>
    public bool HasState => File.Exists(StateFile);

    /// <summary>Changes whenever somebody writes the state.</summary>
    public DateTime StateWrittenAt => File.GetLastWriteTimeUtc(StateFile);

    /// <summary>The files that can be in here, whether or not they are.</summary>
    public IReadOnlyList<string> Files => [StateFile, ProfileFile, LedgerFile, PendingFile];

    /// <summary>Held open by whoever writes; there is nothing in it.</summary>
    public string LockFile => FileNamed("lock");

    private string StateFile => FileNamed("state.json");

    private string ProfileFile => FileNamed("app.json");

    private string LedgerFile => FileNamed("sent.json");

    private string PendingFile => FileNamed("next-report.json");

    /// <summary>The state; a new installation starts with the current list of fields.</summary>
    public StateReading Read()
    {
        var fresh = InstallationState.New(time.GetUtcNow(), fieldList);
        try
        {
            return Read(StateFile, StateJson.Default.InstallationState) switch
            {
                null => new StateReading(fresh, null),
                { IsPlausible: true } state => new StateReading(state, null),
                { Version: > InstallationState.CurrentVersion } => new StateReading(
                    fresh, $"{StateFile} was written by a newer version of the app. Update this one."),
                _ => new StateReading(fresh, Damaged),
            };
        }
        catch (JsonException)
        {
            return new StateReading(fresh, Damaged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StateReading(fresh, $"{StateFile} cannot be read ({e.Message}). Let the app's user read and write it.");
        }
    }

    /// <summary>Changes the state; no other process changes it meanwhile.</summary>
    /// <param name="change">Makes the new state of what is there, with the problem of reading it, if any.</param>
    /// <param name="cancellationToken">Ends the wait for another process.</param>
    /// <exception cref="StateNotWrittenException">It cannot be written.</exception>
    public Task UpdateAsync(Func<StateReading, InstallationState> change, CancellationToken cancellationToken) =>
        LockedAsync(() =>
        {
            var before = Read();
            var after = change(before);
            if (!ReferenceEquals(after, before.State) || !File.Exists(StateFile))
            {
                Write(StateFile, after, StateJson.Default.InstallationState, durable: true);
            }
        }, cancellationToken);

    /// <summary>The attempts that were made, the latest first; empty when there is no record, or none that can be read.</summary>
    public IReadOnlyList<LedgerEntry> ReadLedger() =>
        // Somebody may have edited it: an entry that is null is none.
        [.. (TryRead(LedgerFile, StateJson.Default.ListLedgerEntry) ?? []).OfType<LedgerEntry>()];

    /// <exception cref="StateNotWrittenException">It cannot be written.</exception>
    public Task AppendToLedgerAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
        LockedAsync(
            () => Write(
                LedgerFile, [entry, .. ReadLedger().Take(LedgerCapacity - 1)], StateJson.Default.ListLedgerEntry),
            cancellationToken);

    /// <summary>What the app that owns this directory last said about itself; null when none did.</summary>
    public AppProfile? ReadProfile() =>
        TryRead(ProfileFile, StateJson.Default.AppProfile) is { IsPlausible: true } profile ? profile : null;

    /// <exception cref="StateNotWrittenException">It cannot be written.</exception>
    public Task WriteProfileAsync(AppProfile profile, CancellationToken cancellationToken) =>
        LockedAsync(() =>
        {
            if (ReadProfile() != profile)
            {
                Write(ProfileFile, profile, StateJson.Default.AppProfile);
            }
        }, cancellationToken);

    /// <summary>The report that was collected last; null when there is none.</summary>
    public PendingReport? ReadPending() => TryRead(PendingFile, StateJson.Default.PendingReport);

    /// <exception cref="StateNotWrittenException">It cannot be written.</exception>
    public Task WritePendingAsync(PendingReport report, CancellationToken cancellationToken) =>
        LockedAsync(() => Write(PendingFile, report, StateJson.Default.PendingReport), cancellationToken);

    /// <summary>Forgets what was collected.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be deleted.</exception>
    public Task DeletePendingAsync(CancellationToken cancellationToken) =>
        LockedAsync(() => File.Delete(PendingFile), cancellationToken);

    private string Damaged =>
        $"{StateFile} is damaged. Decide again, with the support page or 'telemetry on', 'local' or 'off'.";

    private string FileNamed(string name) => System.IO.Path.Combine(Path, name);

    private static T? Read<T>(string file, JsonTypeInfo<T> type)
        where T : class =>
        AtomicFile.Read(file, LargestFile) is { } bytes
            ? JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null is no content of such a file.")
            : null;

    /// <summary>For files that can be made anew: one that cannot be read is none.</summary>
    private static T? TryRead<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Read(file, type);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void Write<T>(string file, T content, JsonTypeInfo<T> type, bool durable = false) =>
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(content, type), durable);

    private async Task LockedAsync(Action action, CancellationToken cancellationToken)
    {
        try
        {
            using (await LockAsync(cancellationToken).ConfigureAwait(false))
            {
                action();
            }

            Volatile.Write(ref _writeProblem, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            var problem = $"The state directory {Path} cannot be written ({e.Message}). Let the app's user write it, and "
                + "check that the disk is not full, or set another one.";
            Volatile.Write(ref _writeProblem, problem);
            throw new StateNotWrittenException(problem, e);
        }
    }

    /// <summary>Holds a file open for itself alone: the lock goes with the process, however that ends.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        CreateDirectory();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(
                    LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException)
                && Stopwatch.GetElapsedTime(started) < LockPatience)
            {
                // Another process is writing: milliseconds.
                await Task.Delay(LockRetry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
