namespace Bench.Load;

/// <summary>Makes requests that differ only in bytes of fixed places, so that making one costs next to nothing.</summary>
internal interface IRequestSource
{
    /// <summary>":path" of gRPC, or the path of HTTP/1.1.</summary>
    string Path { get; }

    /// <summary>The next body: valid until the next call.</summary>
    ReadOnlySpan<byte> Next();
}
