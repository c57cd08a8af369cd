using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telemetry.DataFiles;

/// <summary>What a backup says of itself, in its file "backup.json".</summary>
internal sealed record BackupDescription
{
    /// <summary>This version's format.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>When it was begun, by the server's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Number of the newest report in it; 0 when there is none.</summary>
    public required long Position { get; init; }

    /// <summary>The epoch of that report: with it, the position is one that readers of the feed know.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Pairs of installation and app.</summary>
    public required int Installations { get; init; }

    /// <summary>By which the server knows its secret; tells nothing of it. Backups of another server have another one.</summary>
    public required long SecretCheck { get; init; }

    /// <summary>The server's version.</summary>
    public required string Server { get; init; }

    /// <summary>How many files it has, without those that speak of the backup.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes in all of them.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that were written for it; the rest it shares with the backup before.</summary>
    public required long NewBytes { get; init; }
}

/// <summary>An erasure, for whoever restores what is older.</summary>
/// <param name="Time">When it was erased.</param>
/// <param name="Tombstone">By which the server knows again what was erased: 32 hexadecimal digits that lead to nobody.</param>
internal sealed record ErasureNote(DateTimeOffset Time, string Tombstone);

/// <summary>What a restore leaves in a data directory for the server's next start: the file "restored.json".</summary>
/// <param name="Backup">The backup's name.</param>
/// <param name="Position">Number of the newest report in it.</param>
/// <param name="Erasures">What was erased since, or before: whatever of it is in the backup must go before anything is served.</param>
internal sealed record RestoredNote(string Backup, long Position, IReadOnlyList<ErasureNote> Erasures)
{
    public const string FileName = "restored.json";

    /// <summary>There while a restore is not done; the server refuses such a directory.</summary>
    public const string UnfinishedName = "restore.unfinished";

    /// <returns>What a restore left; null when there is nothing.</returns>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static RestoredNote? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return !File.Exists(path) ? null
                : JsonSerializer.Deserialize(File.ReadAllBytes(path), BackupJson.Default.RestoredNote) ?? throw new InvalidDataException($"'{path}' is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not what a restore wrote: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BackupDescription))]
[JsonSerializable(typeof(ErasureNote))]
[JsonSerializable(typeof(RestoredNote))]
internal sealed partial class BackupJson : JsonSerializerContext;
