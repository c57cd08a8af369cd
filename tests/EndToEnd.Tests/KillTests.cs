using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The server is killed under load, again and again, and must not have lost what it acknowledged.</summary>
public sealed class KillTests : IDisposable
{
    private const int Callers = 16;

    /// <summary>The bench mode sets more.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("TELEMETRY_TEST_KILLS") ?? "50", CultureInfo.InvariantCulture);

    /// <summary>All of its load comes from one address.</summary>
    private static readonly string[] Unlimited = ["--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0"];

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-kill-").FullName;
    private readonly ConcurrentDictionary<string, ulong> _acknowledged = new();
    private readonly List<Wire.Event> _streamed = [];
    private readonly Random _random = new(20_261_123);
    private string? _token;
    private string? _resumeAfter;
    private int _next;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_over_many_kills_under_load_and_the_resumed_stream_is_complete()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(_data, Unlimited);
            _token ??= server.AdminToken;
            await RunUntilKilledAsync(server, acknowledgements: _random.Next(1, 400));
        }

        using var last = await ServerProcess.StartAsync(_data, Unlimited);
        using var channel = GrpcChannel.ForAddress(last.Grpc);
        var stored = await ReadAllAsync(channel);

        Assert.True(_acknowledged.Count > Kills, "The load acknowledged too little to prove anything.");
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(i => (ulong)i), stored.Select(e => e.Position.Number));
        var numbers = stored.ToDictionary(e => e.Report.Report.ReportId, e => e.Position.Number);
        Assert.Equal(stored.Count, numbers.Count);
        Assert.All(_acknowledged, pair => Assert.Equal(pair.Value, numbers[pair.Key]));

        // The stream across all kills: a prefix of the log without hole, repetition or invention.
        Assert.Equal(
            stored.Take(_streamed.Count).Select(e => (e.Position.Cursor, e.Position.Number, e.Report.Report.ReportId)),
            _streamed.Select(e => (e.Position.Cursor, e.Position.Number, e.Report.Report.ReportId)));
        var rest = await ReadAllAsync(channel, _resumeAfter);
        Assert.Equal(stored.Count, _streamed.Count + rest.Count);
    }

    private async Task RunUntilKilledAsync(ServerProcess server, int acknowledgements)
    {
        using var channel = GrpcChannel.ForAddress(server.Grpc);
        using var stop = new CancellationTokenSource();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = acknowledgements;
        var reader = FollowAsync(channel, stop.Token);
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => SubmitAsync(channel, () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                enough.SetResult();
            }
        }))).ToArray();

        await enough.Task.WaitAsync(Patience.Limit);
        server.Kill();
        await stop.CancelAsync();
        await Task.WhenAll([.. callers, reader]).WaitAsync(Patience.Limit);
    }

    private async Task SubmitAsync(GrpcChannel channel, Action acknowledged)
    {
        var client = new Wire.ReportingService.ReportingServiceClient(channel);
        try
        {
            while (true)
            {
                var number = Interlocked.Increment(ref _next);
                var request = SampleReports.Request($"https://kill-{number}.example");
                var response = await client.SubmitReportAsync(request);
                Assert.True(_acknowledged.TryAdd(request.Report.ReportId, response.Receipt.Number));
                acknowledged();
            }
        }
        catch (RpcException)
        {
            // The server is dead; whether this report was stored is open, and it was not acknowledged.
        }
    }

    private async Task FollowAsync(GrpcChannel channel, CancellationToken cancellation)
    {
        var request = _resumeAfter is null
            ? new Wire.StreamEventsRequest { Beginning = new() }
            : new Wire.StreamEventsRequest { After = _resumeAfter };
        try
        {
            using var call = new Wire.FeedService.FeedServiceClient(channel)
                .StreamEvents(request, Authorized(), cancellationToken: cancellation);
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
            {
                if (message.Event is { } next)
                {
                    _streamed.Add(next);
                    _resumeAfter = next.Position.Cursor;
                }
            }
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Internal)
        {
            // Killed.
        }
    }

    private async Task<List<Wire.Event>> ReadAllAsync(GrpcChannel channel, string? after = null)
    {
        var request = after is null
            ? new Wire.StreamEventsRequest { Beginning = new() }
            : new Wire.StreamEventsRequest { After = after };
        using var call = new Wire.FeedService.FeedServiceClient(channel).StreamEvents(request, Authorized());
        var events = new List<Wire.Event>();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            switch (message.MessageCase)
            {
                case Wire.StreamEventsResponse.MessageOneofCase.Event:
                    events.Add(message.Event);
                    break;
                case Wire.StreamEventsResponse.MessageOneofCase.CaughtUp:
                    return events;
                case Wire.StreamEventsResponse.MessageOneofCase.Gap:
                    Assert.Fail("A gap: " + message);
                    break;
            }
        }

        return events;
    }

    private Metadata Authorized() => new() { { "authorization", "Bearer " + _token } };
}
