using System.Net.Sockets;

namespace Telemetry.Testing;

/// <summary>The other end of a connection, without any protocol of its own.</summary>
internal static class RawServer
{
    /// <summary>Takes a connection and reads until a whole report came, whatever it is wrapped in.</summary>
    /// <remarks>A report's instance hash is long enough to be known again; frames do not split what is as small as a report.</remarks>
    public static async Task<TcpClient> ReceiveReportAsync(TcpListener listener)
    {
        var connection = await Patience.For(listener.AcceptTcpClientAsync(), "somebody connects");
        await Patience.For(ReadUntilHashAsync(connection.GetStream()), "the report comes");
        return connection;
    }

    private static async Task ReadUntilHashAsync(NetworkStream stream)
    {
        var received = new byte[64 * 1024];
        var length = 0;
        while (!HoldsHash(received.AsSpan(0, length)))
        {
            var read = await stream.ReadAsync(received.AsMemory(length));
            length += read > 0 ? read : throw new EndOfStreamException("The connection ended before the report came.");
        }
    }

    private static bool HoldsHash(ReadOnlySpan<byte> received)
    {
        var digits = 0;
        foreach (var letter in received)
        {
            digits = char.IsAsciiHexDigitLower((char)letter) ? digits + 1 : 0;
            if (digits == 64)
            {
                return true;
            }
        }

        return false;
    }
}
