using System.Text.Json;

namespace Telemetry.DataFiles;

/// <summary>A backup that is being made. Nobody takes it for one until it is complete; gone with this unless it is.</summary>
/// <param name="directory">Where it is made.</param>
/// <param name="path">Where it will be.</param>
/// <param name="earlier">The backup before, whose files that never change it shares; null when there is none.</param>
internal sealed class BackupDraft(string directory, string path, Backup? earlier) : ICopyTarget, IDisposable
{
    private readonly SortedDictionary<string, string> _earlierSums = SumsOf(earlier);
    private readonly HashSet<string> _takenOver = new(StringComparer.Ordinal);
    private bool _isComplete;

    /// <summary>The name that it will have.</summary>
    public string Name => Path.GetFileName(path);

    public string PathOf(string name) => Path.Combine(directory, name);

    public string? EarlierPathOf(string name) =>
        earlier is not null && _earlierSums.ContainsKey(name) && Path.Combine(earlier.Path, name) is var path && File.Exists(path) ? path : null;

    public void TakeOver(string name)
    {
        var existing = EarlierPathOf(name) ?? throw new FileNotFoundException($"The backup before has no '{name}'.");
        if (HardLink.TryMake(existing, PathOf(name)))
        {
            _takenOver.Add(name);
        }
        else
        {
            File.Copy(existing, PathOf(name));
        }
    }

    public void Remove(string name)
    {
        File.Delete(PathOf(name));
        _takenOver.Remove(name);
    }

    /// <summary>Reads back what was written, writes hashes and description, and gives the backup its name.</summary>
    /// <param name="describe">Describes it, by the number of its files, all bytes and new bytes.</param>
    /// <param name="read">Is told how many bytes were read since the last time.</param>
    /// <param name="cancellation">When to stop.</param>
    public Backup Complete(Func<int, long, long, BackupDescription> describe, Action<long> read, CancellationToken cancellation)
    {
        var sums = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var (bytes, newBytes) = (0L, 0L);
        foreach (var name in Backup.FilesIn(directory).ToList())
        {
            var length = new FileInfo(PathOf(name)).Length;
            bytes += length;
            if (_takenOver.Contains(name))
            {
                // It is the very same file, which has its hash from when it was written.
                sums.Add(name, _earlierSums[name]);
                continue;
            }

            newBytes += length;
            Sync(name);
            sums.Add(name, Backup.HashOf(PathOf(name), read, cancellation));
        }

        var description = describe(sums.Count, bytes, newBytes);
        DurableFile.WriteNew(PathOf(Backup.DescriptionName), JsonSerializer.SerializeToUtf8Bytes(description, BackupJson.Default.BackupDescription));
        sums.Add(Backup.DescriptionName, Backup.HashOf(PathOf(Backup.DescriptionName), static _ => { }, cancellation));
        Backup.WriteSums(directory, sums);
        foreach (var folder in System.IO.Directory.GetDirectories(directory, "*", SearchOption.AllDirectories).Append(directory))
        {
            DurableFile.SyncDirectory(folder);
        }

        System.IO.Directory.Move(directory, path);
        _isComplete = true;
        DurableFile.SyncDirectoryOf(path);
        return new Backup(path, description);
    }

    public void Dispose()
    {
        if (_isComplete)
        {
            return;
        }

        try
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one that is begun tries again.
        }
    }

    private void Sync(string name)
    {
        using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Of a backup that is damaged nothing is taken over.</summary>
    private static SortedDictionary<string, string> SumsOf(Backup? backup)
    {
        try
        {
            return backup?.ReadSums() ?? [];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
