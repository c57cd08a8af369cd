using System.Globalization;
using System.Text.Json;

namespace Telemetry.DataFiles;

/// <summary>A directory of backups: "000001-20261127T030000Z", "000002-…" and so on, and what was erased meanwhile.</summary>
/// <remarks>
/// Each backup is a whole copy. Files that never change it shares with the one before, as second names of the same file, so
/// that it costs what is new, and any of them can be deleted. What is being made or deleted ends with ".partial".
/// The number tells their order whatever the clock said. Threading: none of its own; <see cref="Lock"/> keeps other processes out.
/// </remarks>
internal sealed class BackupSet(string directory)
{
    private const string Partial = ".partial";
    private const string ErasuresName = "erasures.jsonl";
    private const int FirstNumber = 1;

    public string Directory => directory;

    /// <summary>All whole backups, the newest first, and what is wrong with others.</summary>
    public (IReadOnlyList<Backup> Backups, IReadOnlyList<string> Problems) List()
    {
        var (backups, problems) = (new List<Backup>(), new List<string>());
        foreach (var path in Paths())
        {
            try
            {
                backups.Add(Backup.Read(path));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                problems.Add(e.Message);
            }
        }

        return (backups, problems);
    }

    /// <summary>Keeps other processes from making or deleting backups here.</summary>
    /// <exception cref="IOException">Another one does so, or the directory cannot be used.</exception>
    public IDisposable Lock()
    {
        DurableFile.CreateDirectory(directory);
        return DataDirectory.TryLock(directory)
            ?? throw new IOException($"Another process works on the backups in '{directory}' at this moment. Try again when it is done; two servers need two directories.");
    }

    /// <summary>Begins a backup, and clears away what was cut short before.</summary>
    /// <param name="time">The moment, for its name.</param>
    public BackupDraft Begin(DateTimeOffset time)
    {
        foreach (var path in System.IO.Directory.Exists(directory) ? System.IO.Directory.GetDirectories(directory, "*" + Partial) : [])
        {
            System.IO.Directory.Delete(path, recursive: true);
        }

        var number = Paths().Select(NumberOf).DefaultIfEmpty(FirstNumber - 1).Max() + 1;
        var name = string.Create(CultureInfo.InvariantCulture, $"{number:D6}-{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        var draft = Path.Combine(directory, name + Partial);
        foreach (var folder in new[] { draft, Path.Combine(draft, DataDirectory.Segments), Path.Combine(draft, DataDirectory.Insights) })
        {
            DurableFile.CreateDirectory(folder);
        }

        return new BackupDraft(draft, Path.Combine(directory, name), List().Backups is [var newest, ..] ? newest : null);
    }

    /// <summary>Deletes all backups but the newest ones.</summary>
    /// <returns>The names of those that were deleted.</returns>
    public IReadOnlyList<string> Keep(int count)
    {
        var old = List().Backups.Skip(count).ToList();
        foreach (var backup in old)
        {
            // What is half deleted must not look like a backup.
            var path = backup.Path + Partial;
            System.IO.Directory.Move(backup.Path, path);
            DurableFile.SyncDirectoryOf(path);
            System.IO.Directory.Delete(path, recursive: true);
        }

        return old.ConvertAll(backup => backup.Name);
    }

    /// <summary>What was erased, as far as this directory was told.</summary>
    /// <exception cref="InvalidDataException">A line is not what was written.</exception>
    public IReadOnlyList<ErasureNote> ReadErasures()
    {
        var path = Path.Combine(directory, ErasuresName);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            // The last line of a write that was cut short has no end.
            return [.. File.ReadAllText(path).Split('\n').SkipLast(1).Select(line => JsonSerializer.Deserialize(line, BackupJson.Default.ErasureNote)
                ?? throw new JsonException("a line is empty"))];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is damaged: {e.Message}. It says what must not come back with an older backup: take it from another copy of this directory.", e);
        }
    }

    /// <summary>Notes erasures that are not noted yet, durably.</summary>
    public void AddErasures(IEnumerable<ErasureNote> erasures)
    {
        var known = ReadErasures();
        var added = erasures.Except(known).ToList();
        if (added.Count == 0)
        {
            return;
        }

        DurableFile.CreateDirectory(directory);
        var path = Path.Combine(directory, ErasuresName);
        // Anew, and then in the place of the old one: a list that ends in the middle would forget somebody.
        File.Delete(path + ".next");
        DurableFile.WriteNew(
            path + ".next",
            System.Text.Encoding.UTF8.GetBytes(string.Concat(known.Concat(added).Select(note => JsonSerializer.Serialize(note, BackupJson.Default.ErasureNote) + "\n"))));
        File.Move(path + ".next", path, overwrite: true);
        DurableFile.SyncDirectoryOf(path);
    }

    private IEnumerable<string> Paths() => System.IO.Directory.Exists(directory)
        ? System.IO.Directory.GetDirectories(directory).Where(path => NumberOf(path) >= FirstNumber && !path.EndsWith(Partial, StringComparison.Ordinal))
            .OrderByDescending(NumberOf)
        : [];

    /// <returns>0 for what has no number.</returns>
    private static int NumberOf(string path) =>
        Path.GetFileName(path).Split('-') is [var number, _] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
}
