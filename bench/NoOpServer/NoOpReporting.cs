using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Bench.NoOpServer;

/// <summary>Parses a report and answers a receipt of the same shape, without doing anything.</summary>
internal sealed class NoOpReporting(TimeProvider? time = null) : ReportingService.ReportingServiceBase
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _number;

    public override Task<SubmitReportResponse> SubmitReport(SubmitReportRequest request, ServerCallContext context)
    {
        // Whoever takes reports reads what is in them; inside an Any the library alone does not.
        _ = request.Report.Usage.Unpack<Usage>();
        var now = Timestamp.FromDateTimeOffset(_time.GetUtcNow());
        return Task.FromResult(new SubmitReportResponse
        {
            Receipt = new Receipt
            {
                ReportId = request.Report.ReportId,
                AcceptedAt = now,
                Number = (ulong)Interlocked.Increment(ref _number),
                Verdict = ClaimVerdict.Community,
                NextReportNotBefore = now,
            },
        });
    }
}
