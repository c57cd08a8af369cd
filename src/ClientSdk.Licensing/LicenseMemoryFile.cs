using System.Text.Json;
using Telemetry.Client.State;

namespace Telemetry.Client.Licensing;

/// <summary>Keeps a memory over restarts.</summary>
/// <remarks>
/// Responsible for: whole files, readable by their owner alone, and believing none of them: tokens are verified again.
/// A missing, damaged or foreign file is an empty memory. Throws: never for what a disk or a file's content can do.
/// </remarks>
internal sealed class LicenseMemoryFile(string path, LicenseSubject subject, RootKeySet roots)
{
    /// <summary>More than the longest tokens; what is larger is not ours.</summary>
    private const long LargestFile = 16 * 1024 * 1024;

    private readonly object _writing = new();

    /// <summary>Why the file could not be written the last time; null when it was.</summary>
    public string? Problem { get; private set; }

    public LicenseMemory Load()
    {
        if (Read() is not { IsPlausible: true } document
            || document.App != subject.App || document.Instance != subject.InstanceHash
            || document.Key != subject.KeyThumbprint)
        {
            return LicenseMemory.Empty;
        }

        var memory = new LicenseMemory
        {
            Released = document.Released,
            LatestTime = document.LatestTime,
            ClockWentBack = document.ClockWentBack,
            Correction = document.Correction,
            LastCheckedAt = document.LastCheckedAt,
        };
        var keys = SigningKeySet.Verify(document.Keys ?? "", roots);
        if (!keys.Ok)
        {
            return memory;
        }

        var proof = LicenseProof.Verify(document.Proof ?? "", keys.Value, subject, nonce: null);
        var refusal = LicenseRefusal.Verify(document.Refusal ?? "", keys.Value, subject, nonce: null);
        return memory with
        {
            Keys = keys.Value,
            // Neither a no nor a release is kept beside a yes; a file that has both was put together.
            Proof = document is { Refusal: null, Released: false } ? proof.Value : null,
            Refusal = refusal.Value,
            Revocations = RevocationList.Verify(document.Revocations ?? "", keys.Value).Value,
        };
    }

    public void Save(LicenseMemory memory)
    {
        var document = new LicenseMemoryDocument(
            LicenseMemoryDocument.CurrentVersion, subject.App, subject.InstanceHash, subject.KeyThumbprint,
            memory.Proof?.Text, memory.Keys?.Text, memory.Revocations?.Text, memory.Refusal?.Text, memory.LatestTime,
            memory.ClockWentBack, memory.Correction, memory.LastCheckedAt, memory.Released);
        lock (_writing)
        {
            try
            {
                AtomicFile.Write(
                    path, JsonSerializer.SerializeToUtf8Bytes(document, LicenseMemoryJson.Default.LicenseMemoryDocument),
                    durable: true);
                Problem = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Problem = e.Message;
            }
        }
    }

    private LicenseMemoryDocument? Read()
    {
        try
        {
            return AtomicFile.Read(path, LargestFile) is { } bytes
                ? JsonSerializer.Deserialize(bytes, LicenseMemoryJson.Default.LicenseMemoryDocument)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
