using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Send;

/// <summary>A report with the very bytes that go to the server.</summary>
internal sealed class OutgoingReport
{
    public OutgoingReport(Report report)
    {
        Report = report;
        Bytes = new SubmitReportRequest { Report = report }.ToByteArray();
        Digest = Client.Digest.Of(Bytes);
    }

    /// <summary>Not to be changed.</summary>
    public Report Report { get; }

    /// <summary>The message that is sent: telemetry.v1.SubmitReportRequest.</summary>
    public byte[] Bytes { get; }

    /// <summary>SHA-256 of the bytes.</summary>
    public string Digest { get; }
}
