using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Bench.Load;

/// <summary>Waits for a socket with microseconds: Socket.Poll rounds down to milliseconds and would spin below one.</summary>
internal static partial class PreciseWait
{
    private const short Readable = 1;

    /// <returns>Whether there is something to read.</returns>
    public static unsafe bool ForReading(Socket socket, int microseconds)
    {
        var wanted = new Descriptor { Handle = (int)socket.Handle, Events = Readable };
        var timeout = new Time { Seconds = microseconds / 1_000_000, Nanoseconds = microseconds % 1_000_000 * 1_000L };
        return Poll(&wanted, 1, &timeout, 0) > 0;
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static unsafe partial int Poll(Descriptor* descriptors, nuint count, Time* timeout, nint signals);

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public int Handle;
        public short Events;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
