using Telemetry.Testing;
using Telemetry.Testing.Sockets;

namespace Telemetry.EndToEnd.Tests;

/// <summary>Senders that take all the time in the world: the server ends them after the times that the docs state.</summary>
public sealed class SlowSenderTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>The web server looks at its clock once a second; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_head_and_a_body_that_come_byte_by_byte_are_ended_and_a_neighbor_is_served_meanwhile()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-slow-").FullName;
        try
        {
            using var server = await ServerProcess.StartAsync(data);
            var head = EndAsync(server.Http, "", "POST /api/telemetry/roomvox HTTP/1.1\r\nHost: a\r\nX-Slow: " + new string('a', 10_000));
            var body = EndAsync(
                server.Http,
                "POST /api/telemetry/roomvox HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n",
                "{" + new string(' ', 10_000));
            using var neighbor = new HttpClient { BaseAddress = server.Http };
            Assert.Equal("ready\n", await neighbor.GetStringAsync("/healthz"));

            var (bodyTook, bodyAnswer) = await body;
            var (headTook, headAnswer) = await head;

            Assert.InRange(headTook, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(15) + Slack);
            Assert.StartsWith("HTTP/1.1 408 ", headAnswer, StringComparison.Ordinal);
            Assert.InRange(bodyTook, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5) + Slack);
            Assert.StartsWith("HTTP/1.1 408 ", bodyAnswer, StringComparison.Ordinal);
            Assert.Equal("ready\n", await neighbor.GetStringAsync("/healthz"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <returns>After how long the server ended it, and what it said.</returns>
    private static async Task<(TimeSpan Took, string Answer)> EndAsync(Uri server, string atOnce, string slowly)
    {
        using var connection = await RawConnection.OpenAsync(server);
        var start = TimeProvider.System.GetTimestamp();
        await connection.SendAsync(atOnce);
        var ended = connection.ReadToEndAsync();
        using var pace = new PeriodicTimer(Pace);
        foreach (var letter in slowly)
        {
            await pace.WaitForNextTickAsync();
            if (ended.IsCompleted)
            {
                break;
            }

            try
            {
                await connection.SendAsync(letter.ToString());
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The server has ended it.
                break;
            }
        }

        var answer = await ended;
        return (TimeProvider.System.GetElapsedTime(start), answer);
    }
}
