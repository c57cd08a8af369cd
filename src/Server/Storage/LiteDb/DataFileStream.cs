namespace Telemetry.Server.Storage.LiteDb;

/// <summary>LiteDB's data file. LiteDB writes it only when it is new; later its pages are moved from the log.</summary>
internal sealed class DataFileStream(IStorageFile file, Checkpointer checkpointer) : PositionedStream
{
    private bool _isNew = file.Length == 0;

    public override long Length => checkpointer.Length;

    /// <summary>Nothing is written here from now on: neither by a checkpoint nor by LiteDB when it gives a database up.</summary>
    public void EndMaking()
    {
        if (_isNew)
        {
            // What is not in the log must not be lost.
            file.Sync();
        }

        _isNew = false;
    }

    /// <summary>The checkpointer alone decides how long the file is.</summary>
    public override void SetLength(long value)
    {
    }

    public override void Flush()
    {
    }

    /// <summary>Past the end there is nothing only while the file is made; later it became shorter.</summary>
    protected override int ReadAt(Span<byte> buffer, long position) =>
        _isNew && position >= Length ? 0 : checkpointer.Read(buffer, position);

    protected override void WriteAt(ReadOnlySpan<byte> buffer, long position)
    {
        if (_isNew)
        {
            Span<byte> page = stackalloc byte[LogPage.Size];
            buffer.CopyTo(page);
            DataPage.Seal(page);
            file.Write(page, position);
        }
    }
}
