namespace Telemetry.Server.Storage.LiteDb;

/// <summary>LiteDB's data file. LiteDB writes it only when it is new and at a checkpoint.</summary>
internal sealed class DataFileStream(IStorageFile file, Checkpointer checkpointer) : PositionedStream
{
    private bool _leavingToCheckpointer;

    public override long Length => checkpointer.Length;

    public override void SetLength(long value) => file.SetLength(value);

    /// <summary>Runs a checkpoint, of which nothing is written here: its pages are moved later.</summary>
    public void RunCheckpoint(Action checkpoint)
    {
        _leavingToCheckpointer = true;
        try
        {
            checkpoint();
        }
        finally
        {
            _leavingToCheckpointer = false;
        }
    }

    /// <summary>Really to the disk: what is not in the log must not be lost.</summary>
    public override void Flush()
    {
        if (!_leavingToCheckpointer)
        {
            file.Sync();
        }
    }

    protected override int ReadAt(Span<byte> buffer, long position) => checkpointer.Read(buffer, position);

    protected override void WriteAt(ReadOnlySpan<byte> buffer, long position)
    {
        if (!_leavingToCheckpointer)
        {
            file.Write(buffer, position);
        }
    }
}
