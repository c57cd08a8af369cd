using System.Buffers;
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
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == (Wire.SubmitReportRequest.ReportFieldNumber << 3 | Bytes))
            {
                ReportReader.Read(reader.Message(), report ??= new SubmittedReport());
            }
            else
            {
                reader.Skip(tag);
            }
        }

        return report ?? throw RpcErrors.InvalidField("report", "is required");
    }

    private static List<SubmittedReport> ReadReports(ReadOnlySpan<byte> message)
    {
        var reports = new List<SubmittedReport>();
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == (Wire.SubmitReportsRequest.ReportsFieldNumber << 3 | Bytes))
            {
                var report = new SubmittedReport();
                ReportReader.Read(reader.Message(), report);
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
