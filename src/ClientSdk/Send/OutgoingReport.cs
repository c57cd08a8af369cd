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

    /// <summary>Not to be changed.</summary>
    public Report Report { get; }

    /// <summary>telemetry.v1.Report.</summary>
    public byte[] Bytes { get; }

    /// <summary>SHA-256 of the bytes.</summary>
    public string Digest { get; }

    /// <summary>Whether the bytes were handed to a connection, after which nobody here can know that they did not arrive.</summary>
    public bool Left { get; private set; }

    /// <summary>The bytes as the report of a telemetry.v1.SubmitReportRequest, for a connection that is there.</summary>
    public byte[] Leave()
    {
        Left = true;
        var request = new byte[CodedOutputStream.ComputeTagSize(SubmitReportRequest.ReportFieldNumber)
            + CodedOutputStream.ComputeLengthSize(Bytes.Length) + Bytes.Length];
        using var output = new CodedOutputStream(request);
        output.WriteTag(SubmitReportRequest.ReportFieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteLength(Bytes.Length);
        output.Flush();
        Bytes.CopyTo(request, request.Length - Bytes.Length);
        return request;
    }
}
