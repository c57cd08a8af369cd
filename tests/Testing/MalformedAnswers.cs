using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Answers to a report that no good server gives: any status, type, body and trailers, cut off anywhere.</summary>
internal sealed class MalformedAnswers(int seed)
{
    private static readonly string?[] Types =
        ["application/grpc", "application/grpc", "application/grpc", "application/grpc+proto", "application/grpc-web", "text/html", "application/json", "", null];

    private static readonly string?[] Statuses =
        ["0", "0", "0", null, "3", "8", "14", "13", "-1", "17", "abc", "", "99999999999999999999", "0 0"];

    private static readonly long[] Seconds =
        [0, 1, -1, 60, 253_402_300_799, 253_402_300_800, -62_135_596_801, 315_576_000_000, long.MaxValue, long.MinValue];

    private readonly Random _random = new(seed);
    private readonly object _lock = new();

    public async Task AnswerAsync(HttpContext context)
    {
        using var request = new MemoryStream();
        await context.Request.Body.CopyToAsync(request);
        var (status, type, body, trailers, cut) = Draw(ReportIdOf(request.ToArray()));
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = type == "application/grpc" && IsWeb(context) ? "application/grpc-web" : type;
        if (body.Length == 0 && cut)
        {
            // Everything in the head, as servers do that refuse at once.
            trailers.ForEach(trailer => response.Headers.Append(trailer.Name, trailer.Value));
            return;
        }

        await response.Body.WriteAsync(body);
        if (cut)
        {
            context.Abort();
            return;
        }

        if (IsWeb(context))
        {
            // Which has its trailers in the body.
            var lines = string.Concat(trailers.Select(trailer => $"{trailer.Name}: {trailer.Value}\r\n"));
            await response.Body.WriteAsync(Frame(Encoding.ASCII.GetBytes(lines), flag: 0x80));
            return;
        }

        trailers.ForEach(trailer => response.AppendTrailer(trailer.Name, trailer.Value));
    }

    private static bool IsWeb(HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc-web", StringComparison.Ordinal) == true;

    private (int Status, string? Type, byte[] Body, List<(string Name, string Value)> Trailers, bool Cut) Draw(string id)
    {
        lock (_lock)
        {
            return (_random.Next(5) == 0 ? _random.Next(200, 600) : 200, Pick(Types), Body(id), Trailers(), _random.Next(8) == 0);
        }
    }

    private static string ReportIdOf(byte[] framed)
    {
        try
        {
            return SubmitReportRequest.Parser.ParseFrom(framed, 5, framed.Length - 5).Report?.ReportId ?? "";
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException)
        {
            return "";
        }
    }

    private byte[] Body(string id) => _random.Next(8) switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes("<!doctype html><p>It works!"),
        2 => Bytes(_random.Next(1, 2_000)),
        3 => Frame(Bytes(_random.Next(0, 500))),
        4 => Frame(Bytes(50), length: _random.Next()),
        5 => Frame(Bytes(50), flag: (byte)_random.Next(1, 256)),
        6 => [.. Frame(Receipt(id)), .. Frame(Receipt(id))],
        _ => Frame(Receipt(id)),
    };

    /// <summary>Dates, verdicts and digests of any value, mostly for the right report.</summary>
    private byte[] Receipt(string id) => new SubmitReportResponse
    {
        Receipt = new Receipt
        {
            ReportId = _random.Next(4) == 0 ? new string('x', _random.Next(200_000)) : id,
            AcceptedAt = _random.Next(4) == 0 ? null : new Timestamp { Seconds = Pick(Seconds), Nanos = _random.Next() - 1 },
            NextReportNotBefore = new Timestamp { Seconds = Pick(Seconds), Nanos = _random.Next(1_000_000_000) },
            Verdict = (ClaimVerdict)_random.Next(),
            ReportSha256 = ByteString.CopyFrom(Bytes(_random.Next(0, 64))),
        },
    }.ToByteArray();

    private List<(string Name, string Value)> Trailers()
    {
        var trailers = new List<(string, string)>();
        if (Pick(Statuses) is { } status)
        {
            trailers.Add(("grpc-status", status));
        }

        if (_random.Next(2) == 0)
        {
            trailers.Add(("grpc-message", _random.Next(3) switch { 0 => "%", 1 => "%zz%00%0a" + new string('m', 5_000), _ => "busy" }));
        }

        if (_random.Next(3) > 0)
        {
            trailers.Add(("grpc-status-details-bin", _random.Next(4) switch
            {
                0 => "!!! no base64 !!!",
                1 => Convert.ToBase64String(Bytes(_random.Next(1, 300))),
                _ => Convert.ToBase64String(Details().ToByteArray()),
            }));
        }

        if (_random.Next(10) == 0)
        {
            trailers.Add(("x-huge", new string('h', _random.Next(200_000))));
        }

        return trailers;
    }

    private Google.Rpc.Status Details() => new()
    {
        Code = _random.Next(),
        Details =
        {
            new Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = ByteString.CopyFrom(Reason()) },
            new Any { TypeUrl = "type.googleapis.com/google.rpc.RetryInfo", Value = ByteString.CopyFrom(Retry()) },
            new Any { TypeUrl = "type.googleapis.com/google.rpc.BadRequest", Value = ByteString.CopyFrom(Violations()) },
            new Any { TypeUrl = "no/such.Type", Value = ByteString.CopyFrom(Bytes(9)) },
        },
    };

    private byte[] Reason() => _random.Next(3) switch
    {
        0 => Bytes(40),
        1 => new ErrorInfo { Reason = new string('R', _random.Next(20_000)) }.ToByteArray(),
        _ => new ErrorInfo { Reason = "REPORTED_RECENTLY" }.ToByteArray(),
    };

    private byte[] Retry() => _random.Next(3) switch
    {
        0 => Bytes(12),
        1 => [],
        _ => new RetryInfo { RetryDelay = new Duration { Seconds = Pick(Seconds), Nanos = _random.Next() - _random.Next() } }.ToByteArray(),
    };

    private byte[] Violations() => _random.Next(3) switch
    {
        0 => Bytes(40),
        1 => [],
        _ => new BadRequest
        {
            FieldViolations =
            {
                Enumerable.Range(0, _random.Next(300)).Select(_ => new BadRequest.Types.FieldViolation
                {
                    Field = new string('f', _random.Next(600)), Description = "\u001b[2J",
                }),
            },
        }.ToByteArray(),
    };

    private static byte[] Frame(byte[] message, int? length = null, byte flag = 0)
    {
        var size = length ?? message.Length;
        return [flag, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. message];
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
