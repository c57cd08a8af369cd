using System.Buffers.Binary;
using System.IO.Hashing;
using Telemetry.DataFiles;

namespace Telemetry.Server.Insights.Files;

/// <summary>A file that is written whole and read whole, or found to be damaged.</summary>
internal static class CheckedFile
{
    private const int HeadSize = 16;

    /// <summary>What the file is, and the version of its layout.</summary>
    private const ulong Magic = 0x31_4D_49_54_49_53_4E_49; // "INSITIM1"

    /// <summary>Writes, syncs and renames: a crash leaves the file of before or the new one.</summary>
    /// <exception cref="IOException">It cannot be written; the file of before is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[HeadSize];
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(head[sizeof(ulong)..], XxHash64.HashToUInt64(content));
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(head);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFile.SyncDirectoryOf(path);
    }

    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static ReadOnlyMemory<byte>? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path).AsMemory();
        return bytes.Length >= HeadSize && BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span) == Magic
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[sizeof(ulong)..]) == XxHash64.HashToUInt64(bytes.Span[HeadSize..])
                ? bytes[HeadSize..]
                : throw new InvalidDataException($"{Path.GetFileName(path)} is not what was written");
    }
}
