using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using static Telemetry.Schema.WireReader;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>How the reporting service's messages come off the wire and go onto it.</summary>
/// <remarks>Reports are read by their schema, without the generated classes.</remarks>
internal static class ReportingMessages
{
    /// <summary>Bytes as they came: what they mean depends on the apps that this server knows, and a marshaller knows no server.</summary>
    public static readonly Marshaller<ReceivedBytes> Received = Marshallers.Create(
        (_, _) => throw new NotSupportedException("Only ever read."),
        context => new ReceivedBytes(context.PayloadAsReadOnlySequence()));

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

    /// <summary>Reads a SubmitReportRequest.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static SubmittedReport ReadReport(ReadOnlySpan<byte> message, AppRegistry apps)
    {
        ReadOnlySpan<byte> report = default, secret = default;
        var parts = 0;
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == (Wire.SubmitReportRequest.ReportFieldNumber << 3 | Bytes))
            {
                var part = reader.Message();
                // No client writes a report in parts, but protobuf allows it: they are one message, one after the other.
                report = parts++ == 0 ? part : (byte[])[.. report, .. part];
            }
            else if (tag == (Wire.SubmitReportRequest.OwnershipSecretFieldNumber << 3 | Bytes))
            {
                secret = reader.Message();
            }
            else
            {
                reader.Skip(tag);
            }
        }

        if (secret.Length is not (0 or ReportLimits.OwnershipSecretBytes))
        {
            throw RpcErrors.InvalidField("ownership_secret", "must be 32 random bytes, the same with every report, or empty");
        }

        return parts > 0 ? SubmittedReport.FromWire(report, apps, secret.IsEmpty ? null : secret.ToArray()) : throw RpcErrors.InvalidField("report", "is required");
    }

    /// <summary>Reads a SubmitReportsRequest.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static IReadOnlyList<SubmittedReport> ReadReports(ReadOnlySpan<byte> message, AppRegistry apps)
    {
        var reports = new List<SubmittedReport>();
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag != (Wire.SubmitReportsRequest.ReportsFieldNumber << 3 | Bytes))
            {
                reader.Skip(tag);
                continue;
            }

            // At once: four megabytes hold two million empty reports.
            if (reports.Count == ReportLimits.MaxReportsPerRequest)
            {
                throw TooMany();
            }

            reports.Add(SubmittedReport.FromWire(reader.Message(), apps));
        }

        return reports.Count > 0 ? reports : throw TooMany();
    }

    private static RpcException TooMany() =>
        RpcErrors.InvalidField("reports", "must hold 1 to 1000 reports; split what is larger");
}

/// <summary>A request's bytes, until they are read.</summary>
internal sealed class ReceivedBytes
{
    private readonly int _length;
    private byte[]? _buffer;

    public ReceivedBytes(ReadOnlySequence<byte> payload)
    {
        _length = (int)payload.Length;
        _buffer = ArrayPool<byte>.Shared.Rent(_length);
        payload.CopyTo(_buffer);
    }

    public delegate T Reader<T>(ReadOnlySpan<byte> message, AppRegistry apps);

    /// <summary>Reads them, once.</summary>
    /// <exception cref="RpcException">They are no message.</exception>
    public T Read<T>(Reader<T> read, AppRegistry apps)
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? throw new InvalidOperationException("Read before.");
        try
        {
            return read(buffer.AsSpan(0, _length), apps);
        }
        catch (InvalidDataException)
        {
            throw RpcErrors.Malformed().ToRpcException();
        }
        finally
        {
            // Somebody's report: the next renter gets none of it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
