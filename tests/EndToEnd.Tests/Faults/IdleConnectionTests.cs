using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Telemetry.Testing.Sockets;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>As many connections as the server takes, all of which were used once and do nothing any more.</summary>
[Collection(HeavyLoad.Name)]
public sealed class IdleConnectionTests : IDisposable
{
    private const int Wanted = 10_000;

    /// <summary>Files that this process and the server need besides.</summary>
    private const int OtherFiles = 600;

    /// <summary>docs/operations/limits.md states it.</summary>
    private const long MostMegabytes = 500;

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-idle-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("http")]
    [InlineData("grpc")]
    public async Task Idle_connections_cost_bounded_memory_others_work_beside_them_and_one_too_many_is_closed(string listener)
    {
        // The system may allow fewer files to a process, and to the server as many.
        var most = Math.Min(Wanted, OpenFilesAllowed() - OtherFiles);
        using var server = await ServerProcess.StartAsync(
            _data, "--Limits:ConnectionsPerCaller=0", "--Limits:RequestsPerMinute=0", $"--Limits:Connections={most}", Neighbor.Setting);
        var before = server.Megabytes;
        var uri = listener == "http" ? server.Http : server.Grpc;

        // Both were there before.
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        using var feed = new Wire.FeedService.FeedServiceClient(channel).StreamEvents(
            new Wire.StreamEventsRequest { Beginning = new() }, new Metadata { { "authorization", "Bearer " + server.AdminToken } });
        Assert.True(await Patience.For(feed.ResponseStream.MoveNext(CancellationToken.None), "the feed begins"));
        await using var neighbor = Neighbor.Of(server);
        await neighbor.ServedAsync(1);

        var idle = new ConcurrentBag<RawConnection>();
        try
        {
            // The last places of this listener are the neighbor's and the feed's.
            await Parallel.ForAsync(0, most - 10, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (_, _) =>
            {
                var one = await RawConnection.OpenAsync(uri, CancellationToken.None);
                idle.Add(one);
                Assert.True(await IsAnsweredAsync(one, listener), "A connection within the limit was closed.");
            });
            var closed = 0;
            for (var further = 0; further < 20; further++)
            {
                var one = await RawConnection.OpenAsync(uri);
                if (await IsAnsweredAsync(one, listener))
                {
                    idle.Add(one);
                    Assert.Equal(0, closed);
                }
                else
                {
                    one.Dispose();
                    closed++;
                }
            }

            Figures.Tell($"{idle.Count} idle connections on {listener}: memory {before} -> {server.Megabytes} MB, at most {server.PeakMegabytes} MB; {closed} more were closed.");
            Assert.InRange(idle.Count, most - 4, most - 1);
            await neighbor.ServedAsync(3);
            Assert.True(await Patience.For(feed.ResponseStream.MoveNext(CancellationToken.None), "the feed goes on"));
        }
        finally
        {
            foreach (var connection in idle)
            {
                connection.Dispose();
            }
        }

        await Patience.For(TakesNewOnesAsync(uri, listener), "there is room again");
        await neighbor.EndAsync();
        Assert.InRange(server.PeakMegabytes, 1, MostMegabytes);
        Assert.Empty(server.LinesSinceReady);
    }

    [Fact]
    public async Task A_server_that_may_open_few_files_takes_fewer_connections_and_goes_on()
    {
        using var server = await ServerProcess.StartAsync(
            ServerStart.On(_data, "--Limits:ConnectionsPerCaller=0", Neighbor.Setting) with { Under = ["prlimit", "--nofile=800:800"] });
        Assert.Contains(server.Lines, line => line.Contains("it takes 400 connections at a time, and not the 10000 of Limits:Connections", StringComparison.Ordinal));
        await using var neighbor = Neighbor.Of(server);
        await neighbor.ServedAsync(1);

        var (idle, closed) = (new List<RawConnection>(), 0);
        for (var i = 0; i < 1_000; i++)
        {
            var one = await RawConnection.OpenAsync(i % 2 == 0 ? server.Http : server.Grpc);
            idle.Add(one);
            closed += await IsAnsweredAsync(one, i % 2 == 0 ? "http" : "grpc") ? 0 : 1;
        }

        Assert.InRange(closed, 600, 604);
        await neighbor.ServedAsync(3);
        idle.ForEach(connection => connection.Dispose());
        await Patience.For(TakesNewOnesAsync(server.Http, "http"), "there is room again");
        await neighbor.EndAsync();
        Assert.Empty(server.LinesSinceReady);
    }

    /// <returns>Whether the server answers the first thing that is said on a connection; else it has closed it.</returns>
    private static async Task<bool> IsAnsweredAsync(RawConnection connection, string listener)
    {
        try
        {
            await connection.SendAsync(listener == "http" ? "GET /none HTTP/1.1\r\nHost: a\r\n\r\n" : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            return await Patience.For(connection.ReceiveAsync(new byte[4_096]).AsTask(), "the server answers or closes") > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task TakesNewOnesAsync(Uri uri, string listener)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            using var one = await RawConnection.OpenAsync(uri);
            if (await IsAnsweredAsync(one, listener))
            {
                return;
            }
        }
        while (await pace.WaitForNextTickAsync());
    }

    private static int OpenFilesAllowed() => int.Parse(
        File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Replace("unlimited", "1000000", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
