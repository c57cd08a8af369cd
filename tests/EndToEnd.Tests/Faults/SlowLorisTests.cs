using System.Net.Sockets;
using Telemetry.Testing;
using Telemetry.Testing.Sockets;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Callers that keep the server busy with as little as they can: they are ended, or cost little, and a neighbor never notices.</summary>
[Collection(HeavyLoad.Name)]
public sealed class SlowLorisTests : IDisposable
{
    private const string Report = "/telemetry.v1.ReportingService/SubmitReport";

    /// <summary>docs/operations/limits.md states it.</summary>
    private const long MostMegabytes = 400;

    /// <summary>The web server looks at its clock once a second; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-loris-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Streams_without_data_bodies_byte_by_byte_and_heads_without_an_end_are_ended_in_time()
    {
        using var server = await ServerProcess.StartAsync(_data, Neighbor.Setting);
        await using var neighbor = Neighbor.Of(server);

        var silent = EndAsync(server.Grpc, async http2 =>
        {
            for (var stream = 1; stream < 200; stream += 2)
            {
                await http2.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, stream, RawHttp2.CallOf(Report)));
            }
        });
        var slow = EndAsync(server.Grpc, async http2 =>
        {
            await http2.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, 1, RawHttp2.CallOf(Report)));
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            while (await pace.WaitForNextTickAsync())
            {
                await http2.SendAsync(RawHttp2.Frame(RawHttp2.Data, 0, 1, [0]));
            }
        });
        var headless = EndAsync(
            server.Grpc, http2 => http2.SendAsync(RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.CallOf(Report))));

        Assert.InRange(await silent, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5) + Slack);
        Assert.InRange(await slow, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5) + Slack);
        Assert.InRange(await headless, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(15) + Slack);
        await AssertUnharmedAsync(server, neighbor);
    }

    /// <summary>Opens a stream and takes it back at once, without an end (CVE-2023-44487).</summary>
    [Fact]
    public async Task Rapid_resets_end_the_connection()
    {
        using var server = await ServerProcess.StartAsync(_data, Neighbor.Setting);
        await using var neighbor = Neighbor.Of(server);
        var floods = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var http2 = await RawHttp2.OpenAsync(server.Grpc);
            var ended = http2.ReadToEndAsync();
            var sent = await SendUntilEndedAsync(http2, ended, stream =>
            [
                .. RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, stream, RawHttp2.CallOf(Report)),
                .. RawHttp2.Frame(RawHttp2.Reset, 0, stream, [0, 0, 0, 8]),
            ]);
            return (Sent: sent, Code: await Patience.For(ended, "the server ends a connection of resets"));
        })).ToList();

        foreach (var (sent, code) in await Task.WhenAll(floods))
        {
            Figures.Tell($"Ended with {code} after {sent} resets were sent.");
            // ENHANCE_YOUR_CALM, when the client listens for it while it is torn down.
            Assert.True(code is null or 11, $"GOAWAY with {code}.");
        }

        await AssertUnharmedAsync(server, neighbor);
    }

    /// <summary>Nearly as many connections as one caller may have; each sends until the server takes no more, because it could not say more either.</summary>
    [Theory]
    [InlineData("PING")]
    [InlineData("SETTINGS")]
    [InlineData("GET")]
    public async Task Floods_whose_answers_nobody_reads_cost_bounded_memory(string kind)
    {
        const int Connections = 190;
        using var server = await ServerProcess.StartAsync(_data, Neighbor.Setting);
        await using var neighbor = Neighbor.Of(server);
        byte[] one = kind switch
        {
            "PING" => RawHttp2.Frame(RawHttp2.Ping, 0, 0, new byte[8]),
            "SETTINGS" => RawHttp2.Frame(RawHttp2.Settings, 0, 0, []),
            // The largest answer that needs no token.
            _ => "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(),
        };
        var many = Enumerable.Repeat(one, 1_000).SelectMany(bytes => bytes).ToArray();
        var connections = new List<(IDisposable Connection, Func<Task> SendAsync)>();
        for (var i = 0; i < Connections; i++)
        {
            if (kind == "GET")
            {
                var connection = await RawConnection.OpenAsync(server.Http, receiveBuffer: 4_096);
                connections.Add((connection, () => connection.SendAsync(many)));
            }
            else
            {
                var http2 = await RawHttp2.OpenAsync(server.Grpc, receiveBuffer: 4_096);
                connections.Add((http2, () => http2.SendAsync(many)));
            }
        }

        long sent = 0;
        var floods = connections.Select(connection => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await connection.SendAsync();
                    Interlocked.Add(ref sent, many.Length);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Ended, by the server or at the end of the test.
            }
        })).ToList();
        await StandsStillAsync(() => Interlocked.Read(ref sent));
        await neighbor.ServedAsync(5);

        Figures.Tell($"{Connections} connections sent {sent / 1024 / 1024} MB of {kind}.");
        await AssertUnharmedAsync(server, neighbor);
        connections.ForEach(connection => connection.Connection.Dispose());
        await Patience.For(Task.WhenAll(floods), "the floods end");
    }

    private static async Task AssertUnharmedAsync(ServerProcess server, Neighbor neighbor)
    {
        var (served, slowest) = await neighbor.EndAsync();
        Figures.Tell($"The neighbor was served {served} times, the slowest took {slowest.TotalMilliseconds:F0} ms; memory at most {server.PeakMegabytes} MB.");
        Assert.InRange(server.PeakMegabytes, 1, MostMegabytes);
        Assert.Empty(server.LinesSinceReady);
    }

    /// <returns>After how long the server ended the connection.</returns>
    private static async Task<TimeSpan> EndAsync(Uri server, Func<RawHttp2, Task> send)
    {
        using var http2 = await RawHttp2.OpenAsync(server);
        var start = TimeProvider.System.GetTimestamp();
        var ended = http2.ReadToEndAsync();
        var sending = send(http2);
        await Patience.For(ended, "the server ends the connection");
        var took = TimeProvider.System.GetElapsedTime(start);
        // It may notice with what it sends next.
        http2.Dispose();
        await Record.ExceptionAsync(() => Patience.For(sending, "the sender gives up"));
        return took;
    }

    private static async Task<int> SendUntilEndedAsync(RawHttp2 http2, Task ended, Func<int, byte[]> next)
    {
        var sent = 0;
        try
        {
            for (var stream = 1; !ended.IsCompleted && stream < 2_000_000; stream += 2)
            {
                await http2.SendAsync(next(stream));
                sent++;
            }
        }
        catch (SocketException)
        {
            // The server has ended it.
        }

        return sent;
    }

    /// <summary>Waits until a figure has not changed for two seconds.</summary>
    private static async Task StandsStillAsync(Func<long> figure)
    {
        var (last, since) = (figure(), TimeProvider.System.GetTimestamp());
        await Patience.Until(
            () =>
            {
                if (figure() is var now && now != last)
                {
                    (last, since) = (now, TimeProvider.System.GetTimestamp());
                }

                return TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(2);
            },
            "the figure stands still");
    }
}
