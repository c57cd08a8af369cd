using System.Runtime.CompilerServices;
using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>Manages a server's licenses. Calls throw <see cref="RpcException"/> with the server's words.</summary>
public sealed class LicenseAdminClient
{
    private const int PageSize = 500;

    private readonly LicenseAdminService.LicenseAdminServiceClient _client;
    private readonly Metadata _headers;

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="token">An admin token.</param>
    public LicenseAdminClient(TelemetryChannel channel, string token)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new LicenseAdminService.LicenseAdminServiceClient(channel.Invoker);
        _headers = new Metadata { { "authorization", "Bearer " + token } };
    }

    /// <summary>The public keys under which a server signs, and the root key above them. Needs no token.</summary>
    /// <param name="channel">The connection; to trust a root key is to trust whoever answers at its other end.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<GetSigningKeysResponse> GetSigningKeysAsync(
        TelemetryChannel channel, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var client = new LicenseService.LicenseServiceClient(channel.Invoker);
        return await client.GetSigningKeysAsync(new(), cancellationToken: cancellation).ConfigureAwait(false);
    }

    /// <summary>Issues a license. Its key is in the answer, this once: the server does not keep it.</summary>
    /// <remarks>Not safe to repeat: each call issues another license.</remarks>
    /// <param name="request">What the license covers.</param>
    /// <param name="cancellation">Ends the call; the license may have been issued all the same.</param>
    public async Task<IssueLicenseResponse> IssueAsync(
        IssueLicenseRequest request, CancellationToken cancellation = default) =>
        await _client.IssueLicenseAsync(request, _headers, cancellationToken: cancellation).ConfigureAwait(false);

    /// <summary>Licenses in the order in which they were issued, fetched page by page.</summary>
    /// <param name="request">Which ones; all when null. Is not changed.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public async IAsyncEnumerable<License> ListAsync(
        ListLicensesRequest? request = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var next = request?.Clone() ?? new ListLicensesRequest();
        next.PageSize = next.PageSize == 0 ? PageSize : next.PageSize;
        do
        {
            var page = await _client.ListLicensesAsync(next, _headers, cancellationToken: cancellation)
                .ConfigureAwait(false);
            foreach (var license in page.Licenses)
            {
                yield return license;
            }

            next.PageToken = page.NextPageToken;
        }
        while (next.PageToken.Length > 0);
    }

    /// <summary>One license.</summary>
    /// <param name="request">Which one: by its id, or by its key.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<License> GetAsync(GetLicenseRequest request, CancellationToken cancellation = default)
    {
        var response = await _client.GetLicenseAsync(request, _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Changes what a license covers; what is not set stays as it is. Safe to repeat.</summary>
    /// <param name="request">Which license, and what to change.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public async Task<License> ChangeAsync(ChangeLicenseRequest request, CancellationToken cancellation = default)
    {
        var response = await _client.ChangeLicenseAsync(request, _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Lets a license not count for the time being. Safe to repeat.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public async Task<License> SuspendAsync(string licenseId, CancellationToken cancellation = default)
    {
        var request = new SuspendLicenseRequest { LicenseId = licenseId };
        var response = await _client.SuspendLicenseAsync(request, _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Lets a suspended license count again; refused for a revoked one. Safe to repeat.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public async Task<License> ResumeAsync(string licenseId, CancellationToken cancellation = default)
    {
        var request = new ResumeLicenseRequest { LicenseId = licenseId };
        var response = await _client.ResumeLicenseAsync(request, _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Lets a license never count again. Cannot be undone. Safe to repeat.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public async Task<License> RevokeAsync(string licenseId, CancellationToken cancellation = default)
    {
        var request = new RevokeLicenseRequest { LicenseId = licenseId };
        var response = await _client.RevokeLicenseAsync(request, _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Takes a license's seat from an installation. Safe to repeat.</summary>
    /// <param name="request">Which license and which installation.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Whether the installation had a seat.</returns>
    public async Task<bool> ReleaseAsync(
        ReleaseLicenseInstanceRequest request, CancellationToken cancellation = default)
    {
        var response = await _client.ReleaseLicenseInstanceAsync(request, _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.Released;
    }

    /// <summary>The installations that use a license, by pseudonym, fetched page by page.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public async IAsyncEnumerable<LicensedInstance> UsageAsync(
        string licenseId, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var next = new GetLicenseUsageRequest { LicenseId = licenseId, PageSize = PageSize };
        do
        {
            var page = await _client.GetLicenseUsageAsync(next, _headers, cancellationToken: cancellation)
                .ConfigureAwait(false);
            foreach (var instance in page.Instances)
            {
                yield return instance;
            }

            next.PageToken = page.NextPageToken;
        }
        while (next.PageToken.Length > 0);
    }

    /// <summary>How many installations' latest claims were refused, by app and reason; only those above zero.</summary>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<RefusedClaims>> RefusedClaimsAsync(CancellationToken cancellation = default)
    {
        var response = await _client.GetRefusedClaimsAsync(new(), _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.Counts;
    }

    /// <summary>Makes the server sign with a new key; the keys before stay published until they are not needed.</summary>
    /// <remarks>Each call makes another key.</remarks>
    /// <param name="cancellation">Ends the call; the key may have been made all the same.</param>
    /// <returns>The new key's id.</returns>
    public async Task<string> RotateSigningKeyAsync(CancellationToken cancellation = default)
    {
        var response = await _client.RotateSigningKeyAsync(new(), _headers, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return response.KeyId;
    }
}
