using Telemetry.Client.Contract;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>What would be sent now: made by the function that sends.</summary>
public sealed class ReportPreview
{
    internal ReportPreview(OutgoingReport report, ReportContract contract)
    {
        Report = report.Report.Clone();
        Bytes = report.Bytes;
        Digest = report.Digest;
        Fields = contract.Describe(report.Report);
        Json = contract.JsonOf(report.Report);
    }

    /// <summary>The report that would be sent, byte for byte: telemetry.v1.Report, with a subscription key if there is one.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of the bytes, as 64 lower-case hexadecimal digits; the server's receipt repeats it.</summary>
    public string Digest { get; }

    /// <summary>The report field by field, in the order of the contract.</summary>
    public IReadOnlyList<ReportField> Fields { get; }

    /// <summary>The report as protobuf JSON, with a subscription key shown as "(withheld)".</summary>
    public string Json { get; }

    /// <summary>The report; a copy.</summary>
    public Report Report { get; }
}
