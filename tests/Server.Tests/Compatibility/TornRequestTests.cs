using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Telemetry.Testing.Sockets;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>10,000 requests, good and bad, over HTTP/1.1 and HTTP/2, split, delayed and cut off anywhere.</summary>
public sealed class TornRequestTests
{
    private const int Requests = 10_000;
    private const int Callers = 32;
    private const int MostCuts = 4;

    private static readonly int Seed = Random.Shared.Next();

    [Fact]
    public async Task Whatever_the_network_does_the_answer_is_that_of_the_whole_or_a_refusal_and_nothing_is_logged()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        await server.IssueAsync(order => order.ExistingKey = DoorCalls.Key);
        var calls = await Task.WhenAll(Calls(server).Select(call => call.MeasureAsync()));
        Assert.Contains(calls, call => call.Name.EndsWith("grpc-web-text", StringComparison.Ordinal)
            && call.Whole!.Contains("grpc-status: 0", StringComparison.Ordinal));
        var (torn, cut) = (0, 0);

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, _) =>
        {
            // Its own for each, so that one that fails can be repeated alone.
            var random = new Random(unchecked(Seed + i));
            var call = calls[i % calls.Length];
            var cuts = Enumerable.Range(0, random.Next(1, MostCuts + 1))
                .Select(_ => random.NextInt64(1, call.Length)).Distinct().Order().ToArray();
            var ending = random.Next(4) switch { 0 => Ending.Finish, 1 => Ending.Reset, _ => Ending.None };
            var tearing = new Tearing(
                cuts, server.Intake.TakesAsync, ending, ending == Ending.None ? long.MaxValue : random.NextInt64(1, call.Length));
            var answer = await call.AnswerAsync(tearing);

            Interlocked.Increment(ref ending == Ending.None ? ref torn : ref cut);
            // An end can come after everything that matters has been sent, and then does not matter.
            var right = answer == call.Whole || (ending != Ending.None && IsRefusal(answer));
            Assert.True(right, $"Seed {Seed}, request {i}, {call.Name}, {tearing}, cuts {string.Join(' ', cuts)}:\n{answer}\ninstead of\n{call.Whole}");
        });

        Assert.True(torn > Requests / 3 && cut > Requests / 3, $"Seed {Seed}: {torn} torn, {cut} cut");
        var told = server.Logs.Lines.Where(line =>
            line.Level >= LogLevel.Warning || line.Text.Contains("   at ", StringComparison.Ordinal)).ToList();
        Assert.True(told.Count == 0, $"{told.Count} lines, the first: {told.FirstOrDefault().Text}");
    }

    /// <summary>Of what did not come whole: none at all, a 4xx, or INVALID_ARGUMENT.</summary>
    private static bool IsRefusal(string? answer) => answer is null
        || answer.StartsWith('4') || answer.Contains("grpc-status=3", StringComparison.Ordinal)
        || answer.Contains("grpc-status: 3", StringComparison.Ordinal);

    private static IEnumerable<Call> Calls(TestServer server)
    {
        foreach (var path in DoorCalls.Paths)
        {
            var good = Encoding.UTF8.GetBytes(DoorCalls.BodyOf(path));
            foreach (var body in new[] { good, [.. good, .. "x"u8], "{\"licenseKey\":5,\"instanceHash\":5}"u8.ToArray(), [.. new byte[70_000]] })
            {
                foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
                {
                    yield return new Call(server, path, version, body, "application/json");
                }
            }

            yield return new Call(server, path, HttpVersion.Version11, good, "application/json") { Chunked = true };
            yield return new Call(server, path, HttpVersion.Version11, good, "application/json") { AsksFirst = true };
            yield return new Call(server, path, HttpVersion.Version20, good, "text/plain");
            yield return new Call(server, path + "/nothing", HttpVersion.Version11, good, "application/json");
        }

        var request = SampleReports.Request();
        var report = request.ToByteArray();
        request.Report.InstanceHash = "";
        foreach (var message in new[] { report, request.ToByteArray(), report[..^5] })
        {
            byte[] frame = [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message];
            foreach (var body in new[] { frame, frame[..^1], [.. frame, 0] })
            {
                yield return new Call(server, Call.Submit, HttpVersion.Version20, body, "application/grpc");
                yield return new Call(server, Call.Submit, HttpVersion.Version11, body, "application/grpc-web");
                yield return new Call(
                    server, Call.Submit, HttpVersion.Version11, Encoding.ASCII.GetBytes(Convert.ToBase64String(body)), "application/grpc-web-text");
            }
        }
    }

    /// <summary>One request, and what it is answered in one piece.</summary>
    private sealed class Call(TestServer server, string path, Version version, byte[] body, string type)
    {
        public const string Submit = "/telemetry.v1.ReportingService/SubmitReport";

        public bool Chunked { get; init; }

        public bool AsksFirst { get; init; }

        public string Name => $"HTTP/{version} {path} of {body.Length} bytes as {type}{(Chunked ? ", chunked" : "")}{(AsksFirst ? ", asking first" : "")}";

        /// <summary>Bytes on the wire.</summary>
        public long Length { get; private set; }

        public string? Whole { get; private set; }

        public async Task<Call> MeasureAsync()
        {
            RawConnection? connection = null;
            Whole = await AnswerAsync(new Tearing([], _ => Task.CompletedTask), opened => connection = opened);
            Length = connection!.Sent;
            return this;
        }

        /// <returns>Status, headers that matter and body; null when there was no answer.</returns>
        public async Task<string?> AnswerAsync(Tearing tearing, Action<RawConnection>? opened = null)
        {
            using var client = new HttpClient(TornStream.Handler(tearing, opened)) { Timeout = Patience.Limit };
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(version == HttpVersion.Version20 ? server.Http2 : server.Http, path))
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } },
            };
            request.Headers.TransferEncodingChunked = Chunked ? true : null;
            request.Headers.ExpectContinue = AsksFirst ? true : null;
            try
            {
                using var response = await client.SendAsync(request);
                var content = Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());
                var status = response.TrailingHeaders.Concat(response.Headers.NonValidated.Select(header =>
                        KeyValuePair.Create(header.Key, (IEnumerable<string>)header.Value)))
                    .Where(header => header.Key.StartsWith("grpc-", StringComparison.Ordinal))
                    .Select(header => $"{header.Key}={string.Join(',', header.Value)}");
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(int)response.StatusCode} {string.Join(' ', status)} {DoorCalls.WithoutIds(content)}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                return null;
            }
            catch (TaskCanceledException)
            {
                Assert.Fail($"No answer within {Patience.Limit}: {Name}, {tearing}, cuts {string.Join(' ', tearing.Cuts)}");
                throw;
            }
        }
    }
}
