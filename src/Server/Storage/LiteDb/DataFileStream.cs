namespace Telemetry.Server.Storage.LiteDb;

/// <summary>LiteDB's data file. LiteDB writes it only when it is new and at a checkpoint.</summary>
internal sealed class DataFileStream(IStorageFile file, PageMover mover) : PositionedStream
{
    private bool _leavingToMover;

    public override long Length => mover.Length;

    public override void SetLength(long value) => file.SetLength(value);

    /// <summary>Runs a checkpoint, of which nothing is written here: its pages are moved later.</summary>
    public void RunCheckpoint(Action checkpoint)
    {
        _leavingToMover = true;
        try
        {
            checkpoint();
        }
        finally
        {
            _leavingToMover = false;
        }
    }

    /// <summary>Really to the disk: what is not in the log must not be lost.</summary>
    public override void Flush()
    {
        if (!_leavingToMover)
        {
            file.Sync();
        }
    }

    protected override int ReadAt(Span<byte> buffer, long position) => mover.Read(buffer, position);

    protected override void WriteAt(ReadOnlySpan<byte> buffer, long position)
    {
        if (!_leavingToMover)
        {
            file.Write(buffer, position);
        }
    }
}
