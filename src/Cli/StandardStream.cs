using System.Runtime.InteropServices;

namespace Telemetry.Cli;

/// <summary>Standard output or standard error, as a stream that tells when what is written cannot arrive.</summary>
/// <remarks>
/// The framework's own console stream passes over a closed pipe in silence. Control characters become question marks:
/// what a server answers must not be able to command a terminal.
/// </remarks>
/// <param name="descriptor">1 or 2.</param>
/// <param name="inner">The framework's stream of that descriptor.</param>
/// <param name="optional">Whether writing may fail without consequence: nobody can be told that nobody can be told.</param>
internal sealed partial class StandardStream(int descriptor, Stream inner, bool optional) : Stream
{
    private const short Gone = 0x8 | 0x10; // POLLERR, POLLHUP
    private const byte C1Lead = 0xC2;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Cancels when the reader of a pipe or a terminal goes away, also while nothing is written.</summary>
    public CancellationToken WhenClosed()
    {
        if (OperatingSystem.IsWindows())
        {
            return CancellationToken.None;
        }

        var closed = new CancellationTokenSource();
        new Thread(() =>
        {
            while (!IsClosed(timeout: -1))
            {
                // Interrupted by a signal; look again.
            }

            closed.Cancel();
        })
        { IsBackground = true, Name = "Reader of standard output" }.Start();
        return closed.Token;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="OutputClosedException">Nobody reads it any more.</exception>
    /// <exception cref="IOException">It cannot be written, e.g. because the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && IsClosed(timeout: 0))
            {
                throw new OutputClosedException();
            }

            inner.Write(WithoutControls(buffer));
        }
        catch (IOException) when (optional)
        {
        }
        catch (IOException e) when (e is not OutputClosedException)
        {
            throw new IOException($"Standard output cannot be written: {e.Message}", e);
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private bool IsClosed(int timeout)
    {
        var poll = new PollDescriptor { Descriptor = descriptor };
        return Poll(ref poll, 1, timeout) > 0 && (poll.Happened & Gone) != 0;
    }

    /// <summary>Both kinds: the C0 set but for new line and tab, and in UTF-8 the C1 set, which is two bytes each.</summary>
    private static byte[] WithoutControls(ReadOnlySpan<byte> text)
    {
        var clean = text.ToArray();
        for (var i = 0; i < clean.Length; i++)
        {
            if (clean[i] is < (byte)' ' and not (byte)'\n' and not (byte)'\t' or 0x7F)
            {
                clean[i] = (byte)'?';
            }
            else if (clean[i] == C1Lead && i + 1 < clean.Length && clean[i + 1] < 0xA0)
            {
                clean[i] = clean[i + 1] = (byte)'?';
            }
        }

        return clean;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}

/// <summary>Who read standard output has gone, as after <c>| head</c>: that is how they say they have enough.</summary>
internal sealed class OutputClosedException() : IOException("Nobody reads standard output any more.");
