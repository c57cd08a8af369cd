using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Send;

/// <summary>A report with the very bytes that go to the server.</summary>
internal sealed class OutgoingReport
{
    public OutgoingReport(Report report)
    {
        Report = report;
        Bytes = report.ToByteArray();
        Digest = Client.Digest.Of(Bytes);
    }

    private OutgoingReport(Report report, byte[] bytes, string digest) => (Report, Bytes, Digest) = (report, bytes, digest);

    /// <summary>Not to be changed.</summary>
    public Report Report { get; }

    /// <summary>telemetry.v1.Report.</summary>
    public byte[] Bytes { get; }

    /// <summary>SHA-256 of the bytes.</summary>
    public string Digest { get; }

    /// <summary>What proves whose report it is; goes beside it. Null: nothing.</summary>
    public byte[]? OwnershipSecret { get; init; }

    /// <summary>The same report with what proves whose it is.</summary>
    public OutgoingReport With(byte[] ownershipSecret) => new(Report, Bytes, Digest) { OwnershipSecret = ownershipSecret };

    /// <summary>Whether the bytes were handed to a connection, after which nobody here can know that they did not arrive.</summary>
    public bool Left { get; private set; }

    /// <summary>The bytes as the report of a telemetry.v1.SubmitReportRequest, for a connection that is there.</summary>
    public byte[] Leave()
    {
        Left = true;
        var size = FieldSize(SubmitReportRequest.ReportFieldNumber, Bytes)
            + (OwnershipSecret is null ? 0 : FieldSize(SubmitReportRequest.OwnershipSecretFieldNumber, OwnershipSecret));
        var request = new byte[size];
        using var output = new CodedOutputStream(request);
        Write(output, SubmitReportRequest.ReportFieldNumber, Bytes);
        if (OwnershipSecret is not null)
        {
            Write(output, SubmitReportRequest.OwnershipSecretFieldNumber, OwnershipSecret);
        }

        output.Flush();
        return request;
    }

    private static int FieldSize(int field, byte[] bytes) =>
        CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeLengthSize(bytes.Length) + bytes.Length;

    private static void Write(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes));
    }
}
