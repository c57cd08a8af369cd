using System.Net.Sockets;

/// <summary>
/// Loaded into the measured servers by DOTNET_STARTUP_HOOKS: tells on a socket how many bytes the process has allocated.
/// So both servers are asked in the same way and neither has code for it. The runtime wants this name, without namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("BENCH_ALLOCATION_SOCKET") is not { Length: > 0 } path)
        {
            return;
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() =>
        {
            while (true)
            {
                using var client = listener.Accept();
                client.Send(BitConverter.GetBytes(GC.GetTotalAllocatedBytes()));
            }
        })
        { IsBackground = true }.Start();
    }
}
