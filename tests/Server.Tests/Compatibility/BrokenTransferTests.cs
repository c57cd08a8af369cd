using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Telemetry.Testing.Sockets;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>A body that never becomes whole is the caller's mistake: told in words where that is possible, and nothing to log.</summary>
public sealed class BrokenTransferTests
{
    /// <summary>What follows the head; the status.</summary>
    private static readonly (string Headers, string Body, int Status)[] Broken =
    [
        ("Transfer-Encoding: chunked", "xyz\r\n", 400),
        ("Transfer-Encoding: chunked", "-1\r\n{}\r\n", 400),
        ("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFFFFF\r\n{}", 400),
        ("Transfer-Encoding: chunked", "2\r\n{}xx", 400),
        ("Transfer-Encoding: chunked", "2\n{}\n0\n\n", 400),
        ("Content-Length: 70000", "{", 413),
        ("Content-Length: 9000000000", "{", 413),
    ];

    public static TheoryData<string, string, string, int> Transfers
    {
        get
        {
            var data = new TheoryData<string, string, string, int>();
            foreach (var path in DoorCalls.Paths)
            {
                foreach (var (headers, body, status) in Broken)
                {
                    data.Add(path, headers, body, status);
                }
            }

            return data;
        }
    }

    public static TheoryData<string, string> Stalled
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var path in DoorCalls.Paths)
            {
                data.Add(path, "Content-Length: 100\r\n\r\n{\"instanceHash\":");
                data.Add(path, "Content-Length: 100\r\n\r\n");
                data.Add(path, "Transfer-Encoding: chunked\r\n\r\n7FFFFFFF\r\n{\"instanceHash\":");
                data.Add(path, "Transfer-Encoding: chunked\r\n\r\n2\r\n{}");
                data.Add(path, "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n");
            }

            return data;
        }
    }

    public static TheoryData<string> Paths => [.. DoorCalls.Paths];

    [Theory]
    [MemberData(nameof(Transfers))]
    public async Task A_broken_transfer_is_refused_with_a_sentence(string path, string headers, string body, int status)
    {
        await using var server = await TestServer.StartAsync();
        using var connection = await RawConnection.OpenAsync(server.Http);
        await connection.SendAsync(DoorCalls.Head(path, headers));
        await server.Intake.TakesAsync(connection);
        await connection.SendAsync(body);

        AssertRefused(await connection.ReadAnswerAsync(), status);
        AssertNothingLogged(server);
    }

    [Theory]
    [MemberData(nameof(Stalled))]
    public async Task A_stalled_body_is_refused_after_15_seconds(string path, string transfer)
    {
        await using var server = await TestServer.StartAsync();
        using var connection = await RawConnection.OpenAsync(server.Http);
        await connection.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{transfer}");
        await server.Intake.TakesAsync(connection);

        server.Time.Advance(TimeSpan.FromSeconds(15));

        AssertRefused(await connection.ReadAnswerAsync(), 408);
        AssertNothingLogged(server);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task An_abandoned_body_is_forgotten_and_the_next_caller_is_served(string path)
    {
        await using var server = await TestServer.StartAsync();
        var body = DoorCalls.BodyOf(path);
        foreach (var end in new Action<RawConnection>[] { c => c.FinishSending(), c => c.Reset(), c => c.Dispose() })
        {
            foreach (var transfer in new[] { $"Content-Length: {body.Length}\r\n\r\n{body[..20]}", "Transfer-Encoding: chunked\r\n\r\n5\r\n{" })
            {
                using var connection = await RawConnection.OpenAsync(server.Http);
                await connection.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{transfer}");
                await server.Intake.TakesAsync(connection);
                end(connection);
                await server.Intake.TakesAsync(connection);
            }
        }

        using var next = await RawConnection.OpenAsync(server.Http);
        await next.SendAsync(DoorCalls.Head(path, $"Content-Length: {body.Length}") + body);
        Assert.StartsWith("HTTP/1.1 200 OK", await next.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(path == DoorCalls.Telemetry ? 1 : 0, server.Store.Current.Number);
        AssertNothingLogged(server);
    }

    private static void AssertRefused(string answer, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.InRange(Encoding.UTF8.GetByteCount(body), 1, 199);
        using var json = JsonDocument.Parse(body);
        Assert.EndsWith(".", json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static void AssertNothingLogged(TestServer server) =>
        Assert.DoesNotContain(server.Logs.Lines, line => line.Level >= LogLevel.Warning || line.Text.Contains("   at ", StringComparison.Ordinal));
}
