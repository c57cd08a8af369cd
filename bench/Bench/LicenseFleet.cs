using System.Security.Cryptography;
using System.Text;
using Bench.Servers;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Contracts.V1;

namespace Bench;

/// <summary>Licenses on a server, each with an installation that has its seat.</summary>
internal static class LicenseFleet
{
    private const int Callers = 64;

    public static async Task<IReadOnlyList<(string Key, string Hash)>> IssueAsync(ServerProcess server, int count)
    {
        using var channel = GrpcChannel.ForAddress($"http://{server.Grpc}");
        var admin = new LicenseAdminService.LicenseAdminServiceClient(channel);
        var licenses = new LicenseService.LicenseServiceClient(channel);
        var headers = new Metadata { { "authorization", "Bearer " + server.Token } };
        var fleet = new (string Key, string Hash)[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancellation) =>
        {
            var order = new IssueLicenseRequest
            {
                CustomerReference = $"C-{i}",
                Apps = { "roomvox" },
                Limits = { ["rooms"] = 50, ["users"] = 500 },
            };
            var key = (await admin.IssueLicenseAsync(order, headers, cancellationToken: cancellation).ConfigureAwait(false)).LicenseKey;
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"https://licensed-{i}.example")));
            var check = new CheckLicenseRequest { LicenseKey = key, InstanceHash = hash, App = "roomvox", WithoutToken = true };
            var answer = await licenses.CheckLicenseAsync(check, cancellationToken: cancellation).ConfigureAwait(false);
            fleet[i] = answer.Decision.Licensed
                ? (key, hash)
                : throw new InvalidOperationException("A new license is not good: " + answer.Decision);
        }).ConfigureAwait(false);
        return fleet;
    }
}
