using System.Globalization;
using System.Text.Json;

namespace Telemetry.DataFiles;

/// <summary>Puts a backup's files into a data directory, all or none.</summary>
/// <remarks>
/// They are copied beside what is there, and verified; only then what is there is moved aside, and they take its place. A
/// restore that is cut short in between leaves a mark by which the server refuses the directory, and is to be run again.
/// The server's next start finds what was erased since, and erases it again before it serves anything.
/// </remarks>
internal static class BackupRestore
{
    private const string Incoming = "restoring";

    /// <param name="backup">The backup.</param>
    /// <param name="erasures">What must not come back with it.</param>
    /// <param name="data">The data directory; made when it is not there.</param>
    /// <param name="replace">Whether data that is there is moved aside.</param>
    /// <param name="now">The moment, for the name of where it is moved.</param>
    /// <param name="read">Is told how many bytes were copied since the last time.</param>
    /// <param name="cancellation">When to stop.</param>
    /// <returns>Where the data that was there is now; null when there was none.</returns>
    /// <exception cref="IOException">It cannot be done; the message says why.</exception>
    /// <exception cref="InvalidDataException">The backup is damaged; nothing was changed.</exception>
    public static string? Run(
        Backup backup, IReadOnlyList<ErasureNote> erasures, string data, bool replace, DateTimeOffset now, Action<long> read, CancellationToken cancellation)
    {
        DurableFile.CreateDirectory(data);
        using var held = DataDirectory.TryLock(data) ?? throw new IOException($"A server runs on '{data}'. Stop it first.");
        var isUnfinished = File.Exists(Path.Combine(data, RestoredNote.UnfinishedName));
        if (!isUnfinished && !replace && ThatAreIn(data).FirstOrDefault() is { } there)
        {
            throw new IOException($"'{data}' holds data already ('{there}'). To move it aside into a directory beside, add --replace.");
        }

        var incoming = Path.Combine(data, Incoming);
        if (Directory.Exists(incoming))
        {
            Directory.Delete(incoming, recursive: true);
        }

        Copy(backup, incoming, read, cancellation);
        var note = new RestoredNote(backup.Name, backup.Description.Position, erasures);
        DurableFile.WriteNew(Path.Combine(incoming, RestoredNote.FileName), JsonSerializer.SerializeToUtf8Bytes(note, BackupJson.Default.RestoredNote));

        // From here on the directory holds neither the one nor the other, until it is done.
        if (!isUnfinished)
        {
            DurableFile.WriteNew(Path.Combine(data, RestoredNote.UnfinishedName), System.Text.Encoding.UTF8.GetBytes(backup.Name));
        }

        var aside = MoveAside(data, now);
        foreach (var entry in DataDirectory.Contents.Append(RestoredNote.FileName).Where(entry => Path.Exists(Path.Combine(incoming, entry))))
        {
            Directory.Move(Path.Combine(incoming, entry), Path.Combine(data, entry));
        }

        DurableFile.SyncDirectory(data);
        Directory.Delete(incoming);
        File.Delete(Path.Combine(data, RestoredNote.UnfinishedName));
        DurableFile.SyncDirectory(data);
        return aside;
    }

    private static IEnumerable<string> ThatAreIn(string data) =>
        DataDirectory.Contents.Append(RestoredNote.FileName).Where(entry => Path.Exists(Path.Combine(data, entry)));

    private static void Copy(Backup backup, string incoming, Action<long> read, CancellationToken cancellation)
    {
        DurableFile.CreateDirectory(incoming);
        foreach (var (name, hash) in backup.ReadSums().Where(sum => sum.Key != Backup.DescriptionName))
        {
            if (!DataDirectory.Contents.Contains(name.Split('/')[0], StringComparer.Ordinal))
            {
                throw new InvalidDataException($"'{backup.Name}/{name}' does not belong into a backup.");
            }

            var target = Path.Combine(incoming, name);
            DurableFile.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                DurableFile.Copy(Path.Combine(backup.Path, name), target, read, cancellation);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new InvalidDataException($"'{backup.Name}/{name}' is missing. Restore another backup: 'telemetry backup list' shows them.", e);
            }

            if (Backup.HashOf(target, static _ => { }, cancellation) != hash)
            {
                throw new InvalidDataException($"'{backup.Name}/{name}' is not what was written. Restore another backup: 'telemetry backup list' shows them.");
            }
        }

        foreach (var folder in Directory.GetDirectories(incoming).Append(incoming))
        {
            DurableFile.SyncDirectory(folder);
        }
    }

    private static string? MoveAside(string data, DateTimeOffset now)
    {
        var there = ThatAreIn(data).ToList();
        if (there.Count == 0)
        {
            return null;
        }

        var aside = Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}"));
        DurableFile.CreateDirectory(aside);
        foreach (var entry in there)
        {
            Directory.Move(Path.Combine(data, entry), Path.Combine(aside, entry));
        }

        DurableFile.SyncDirectory(aside);
        return aside;
    }
}
