using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Bench.NoOpServer;

/// <summary>Parses a check and answers one of the same shape, without doing anything.</summary>
internal sealed class NoOpLicenses : LicenseService.LicenseServiceBase
{
    public override Task<CheckLicenseResponse> CheckLicense(CheckLicenseRequest request, ServerCallContext context) =>
        Task.FromResult(new CheckLicenseResponse
        {
            Decision = new LicenseDecision
            {
                Verdict = request.LicenseKey.Length > 0 ? LicenseVerdict.Valid : LicenseVerdict.NotFound,
                Licensed = true,
                Message = "The license is valid.",
            },
            Edition = "enterprise",
            Limits = { ["rooms"] = 50, ["users"] = 500 },
        });
}
