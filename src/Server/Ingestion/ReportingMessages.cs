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
    public static readonly Marshaller<SubmittedReport> Report = ReadOnly(ReadReport);

    public static readonly Marshaller<IReadOnlyList<SubmittedReport>> Reports = ReadOnly<IReadOnlyList<SubmittedReport>>(ReadReports);

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

    private static Marshaller<T> ReadOnly<T>(Func<ReadOnlySpan<byte>, T> read)
        where T : class =>
        Marshallers.Create<T>(
            (_, _) => throw new NotSupportedException("Only ever read."),
            context =>
            {
                try
                {
                    var payload = context.PayloadAsReadOnlySequence();
                    return read(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray());
                }
                catch (InvalidDataException)
                {
                    throw RpcErrors.Malformed();
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
