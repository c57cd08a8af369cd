using System.Security.Cryptography;
using System.Text.Json;

namespace Telemetry.DataFiles;

/// <summary>A whole copy of a data directory, which opens as one: files, what they are ("backup.json") and their hashes ("SHA256SUMS").</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Description">What it says of itself.</param>
internal sealed record Backup(string Path, BackupDescription Description)
{
    public const string DescriptionName = "backup.json";

    /// <summary>In the format of sha256sum (GNU coreutils), so that it can be verified without this program.</summary>
    public const string SumsName = "SHA256SUMS";

    private const string BetweenHashAndName = "  ";

    public string Name => System.IO.Path.GetFileName(Path);

    /// <exception cref="InvalidDataException">It is none, or damaged.</exception>
    public static Backup Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(System.IO.Path.Combine(path, DescriptionName));
            var description = JsonSerializer.Deserialize(bytes, BackupJson.Default.BackupDescription)
                ?? throw new InvalidDataException($"'{path}' holds no backup: its {DescriptionName} is empty.");
            return description.Format == BackupDescription.CurrentFormat
                ? new Backup(path, description)
                : throw new InvalidDataException(
                    $"'{path}' was made by another version (format {description.Format}; this one knows {BackupDescription.CurrentFormat}). Use that version.");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"'{path}' holds no whole backup: {e.Message}", e);
        }
    }

    /// <summary>The files' hashes, by name, and the one of the description.</summary>
    /// <exception cref="InvalidDataException">They cannot be read.</exception>
    public SortedDictionary<string, string> ReadSums()
    {
        var sums = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var line in File.ReadLines(System.IO.Path.Combine(Path, SumsName)))
            {
                var parts = line.Split(BetweenHashAndName, 2);
                // A name that leads elsewhere would be one that nobody here wrote.
                if (parts is not [{ Length: 2 * SHA256.HashSizeInBytes } hash, var name] || !hash.All(char.IsAsciiHexDigitLower)
                    || name.Split('/').Any(part => part is "" or "." or "..") || name.Contains('\\', StringComparison.Ordinal) || !sums.TryAdd(name, hash))
                {
                    throw new InvalidDataException($"'{Name}': its {SumsName} is damaged.");
                }
            }
        }
        catch (FileNotFoundException e)
        {
            throw new InvalidDataException($"'{Name}': its {SumsName} is missing.", e);
        }

        return sums;
    }

    /// <summary>Reads every byte of it.</summary>
    /// <param name="read">Is told how many bytes were read since the last time.</param>
    /// <param name="cancellation">When to stop.</param>
    /// <returns>What is wrong, in words for an operator; nothing when it is what was written.</returns>
    public IEnumerable<string> Verify(Action<long> read, CancellationToken cancellation)
    {
        SortedDictionary<string, string>? sums = null;
        string? problem = null;
        try
        {
            sums = ReadSums();
        }
        catch (InvalidDataException e)
        {
            problem = e.Message;
        }

        if (sums is null)
        {
            yield return problem!;
            yield break;
        }

        if (sums.Count != Description.Files + 1)
        {
            yield return $"'{Name}': {SumsName} names {sums.Count} files instead of {Description.Files + 1}.";
        }

        foreach (var (name, hash) in sums)
        {
            if (FindingOf(name, hash, read, cancellation) is { } finding)
            {
                yield return finding;
            }
        }

        foreach (var name in FilesIn(Path).Where(name => name != SumsName && !sums.ContainsKey(name)))
        {
            yield return $"'{Name}/{name}' is not one of its files.";
        }
    }

    /// <summary>Writes the hashes of a backup's files.</summary>
    public static void WriteSums(string path, SortedDictionary<string, string> sums) => DurableFile.WriteNew(
        System.IO.Path.Combine(path, SumsName),
        System.Text.Encoding.UTF8.GetBytes(string.Concat(sums.Select(sum => $"{sum.Value}{BetweenHashAndName}{sum.Key}\n"))));

    /// <summary>Names of the files below a directory, with '/' between folders.</summary>
    public static IEnumerable<string> FilesIn(string path) => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
        .Select(file => System.IO.Path.GetRelativePath(path, file).Replace(System.IO.Path.DirectorySeparatorChar, '/'))
        // Left by whoever looked at it as at a data directory.
        .Where(name => name != DataDirectory.LockName)
        .Order(StringComparer.Ordinal);

    /// <summary>The hash of a file, as it is written in a list of them.</summary>
    public static string HashOf(string path, Action<long> read, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var buffer = new byte[1024 * 1024];
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
            read(count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string? FindingOf(string name, string hash, Action<long> read, CancellationToken cancellation)
    {
        try
        {
            return HashOf(System.IO.Path.Combine(Path, name), read, cancellation) == hash ? null
                : $"'{Name}/{name}' is not what was written.";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"'{Name}/{name}' is missing.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{Name}/{name}' cannot be read: {e.Message}";
        }
    }
}
