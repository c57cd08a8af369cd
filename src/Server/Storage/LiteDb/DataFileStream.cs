namespace Telemetry.Server.Storage.LiteDb;

/// <summary>LiteDB's data file. LiteDB writes it only at a checkpoint and flushes before it empties the log.</summary>
internal sealed class DataFileStream(IStorageFile file) : PositionedStream
{
    public override long Length => file.Length;

    public override void SetLength(long value) => file.SetLength(value);

    /// <summary>Really to the disk: the log is emptied next.</summary>
    public override void Flush() => file.Sync();

    protected override int ReadAt(Span<byte> buffer, long position) => file.Read(buffer, position);

    protected override void WriteAt(ReadOnlySpan<byte> buffer, long position) => file.Write(buffer, position);
}
