namespace Telemetry.Server.Storage.LiteDb;

/// <summary>A file as the store needs it; tests put one in between that fails, records or loses power.</summary>
/// <remarks>Writes reach the disk for certain only with <see cref="Sync"/>. Every member may throw an IOException.</remarks>
internal interface IStorageFile : IDisposable
{
    long Length { get; }

    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> buffer, long offset);

    void SetLength(long length);

    void Sync();
}
