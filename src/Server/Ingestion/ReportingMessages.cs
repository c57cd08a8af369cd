using System.Buffers;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Server.Rpc;
using static Telemetry.Server.Ingestion.WireReader;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>How the reporting service's messages come off the wire and go onto it.</summary>
/// <remarks>Reports are read without the generated classes; see <see cref="ReportReader"/>.</remarks>
internal static class ReportingMessages
{
    public static readonly Marshaller<Received<SubmittedReport>> Report = ReadOnly(ReadReport);

    public static readonly Marshaller<Received<IReadOnlyList<SubmittedReport>>> Reports =
        ReadOnly<IReadOnlyList<SubmittedReport>>(ReadReports);

    public static Marshaller<T> Of<T>(MessageParser<T> parser)
        where T : IMessage<T> =>
        Marshallers.Create(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    private static Marshaller<Received<T>> ReadOnly<T>(Func<ReadOnlySpan<byte>, T> read)
        where T : class =>
        Marshallers.Create<Received<T>>(
            (_, _) => throw new NotSupportedException("Only ever read."),
            context =>
            {
                var payload = context.PayloadAsReadOnlySequence();
                try
                {
                    return new Received<T>(read(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray()));
                }
                catch (InvalidDataException)
                {
                    throw RpcErrors.Malformed().ToRpcException();
                }
                catch (Exception e) when (e is not RpcException)
                {
                    return new Received<T>(e);
                }
            });

    private static SubmittedReport ReadReport(ReadOnlySpan<byte> message)
    {
        SubmittedReport? report = null;
        ReadOnlySpan<byte> first = default;
        IncrementalHash? parts = null;
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == (Wire.SubmitReportRequest.ReportFieldNumber << 3 | Bytes))
            {
                var part = reader.Message();
                if (report is null)
                {
                    report = new SubmittedReport();
                    first = part;
                }
                else
                {
                    // No client writes a report in parts, but protobuf allows it, and reads what stands in all of them.
                    parts ??= Begin(first);
                    parts.AppendData(part);
                }

                ReportReader.Read(part, report);
            }
            else
            {
                reader.Skip(tag);
            }
        }

        if (report is null)
        {
            throw RpcErrors.InvalidField("report", "is required");
        }

        report.Sha256 = parts?.GetHashAndReset() ?? SHA256.HashData(first);
        parts?.Dispose();
        return report;
    }

    private static IncrementalHash Begin(ReadOnlySpan<byte> first)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        return hash;
    }

    private static List<SubmittedReport> ReadReports(ReadOnlySpan<byte> message)
    {
        var reports = new List<SubmittedReport>();
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == (Wire.SubmitReportsRequest.ReportsFieldNumber << 3 | Bytes))
            {
                var bytes = reader.Message();
                var report = new SubmittedReport { Sha256 = SHA256.HashData(bytes) };
                ReportReader.Read(bytes, report);
                reports.Add(report);
            }
            else
            {
                reader.Skip(tag);
            }
        }

        return reports.Count is > 0 and <= ReportLimits.MaxReportsPerRequest
            ? reports
            : throw RpcErrors.InvalidField("reports", "must hold 1 to 1000 reports; split what is larger");
    }
}

/// <summary>A request that was read; or a bug of the reading, kept until it is where bugs are answered and logged.</summary>
internal sealed class Received<T>
    where T : class
{
    private readonly T? _value;
    private readonly Exception? _defect;

    public Received(T value) => _value = value;

    public Received(Exception defect) => _defect = defect;

    /// <exception cref="Exception">The bug.</exception>
    public T Value => _value ?? throw new InvalidOperationException("A request could not be read.", _defect);
}
