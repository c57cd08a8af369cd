using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Tests.Storage;

/// <summary>What was asked of the disk, in order; makes images of what a power loss could have left of it.</summary>
internal sealed class WriteTrace
{
    private const int Sector = 512;

    private readonly List<Operation> _operations = [];
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _operations.Count;
            }
        }
    }

    public IReadOnlyList<Operation> All => First(Count);

    public void Add(Operation operation)
    {
        lock (_gate)
        {
            _operations.Add(operation);
        }
    }

    /// <summary>A file's name in the data directory.</summary>
    public static string NameOf(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == Segment.Directory
        ? Path.Combine(Segment.Directory, Path.GetFileName(path))
        : Path.GetFileName(path);

    /// <summary>Deletes a file, and notes it.</summary>
    public void Delete(string path)
    {
        Add(new Deleted(NameOf(path)));
        File.Delete(path);
    }

    /// <summary>
    /// Files as they may be when the power goes after <paramref name="count"/> operations: what was synced is there;
    /// of every later write, any sectors may be.
    /// </summary>
    public void WriteImage(string directory, int count, Random random)
    {
        foreach (var file in First(count).GroupBy(operation => operation.File))
        {
            var operations = file.ToList();
            var synced = operations.FindLastIndex(operation => operation is Sync);
            var path = Path.Combine(directory, file.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var image = File.Create(path))
            {
                for (var i = 0; i < operations.Count; i++)
                {
                    Apply(operations[i], image, whole: i <= synced, random);
                }
            }

            // A directory is not synced after a deletion, so the file may be there again.
            if (operations[^1] is Deleted && random.Next(2) == 0)
            {
                File.Delete(path);
            }
        }
    }

    private List<Operation> First(int count)
    {
        lock (_gate)
        {
            return _operations[..count];
        }
    }

    private static void Apply(Operation operation, FileStream file, bool whole, Random random)
    {
        switch (operation)
        {
            case Resize resize when whole || random.Next(2) == 0:
                file.SetLength(resize.Length);
                break;
            case Write write:
                for (var at = 0; at < write.Bytes.Length; at += Sector)
                {
                    if (whole || random.Next(2) == 0)
                    {
                        file.Position = write.Offset + at;
                        file.Write(write.Bytes.AsSpan(at, Math.Min(Sector, write.Bytes.Length - at)));
                    }
                }

                break;
        }
    }

    internal abstract record Operation(string File);

    /// <summary>The file is there, if only empty: its name is made durable before it is written.</summary>
    internal sealed record Opened(string File) : Operation(File);

    internal sealed record Write(string File, long Offset, byte[] Bytes) : Operation(File);

    internal sealed record Resize(string File, long Length) : Operation(File);

    internal sealed record Sync(string File) : Operation(File);

    internal sealed record Deleted(string File) : Operation(File);
}
