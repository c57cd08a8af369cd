using System.Runtime.CompilerServices;
using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>Manages a server's licenses. Calls throw <see cref="RpcException"/> with the server's words.</summary>
public class LicenseAdminClient
{
    private const int PageSize = 500;

    private readonly LicenseAdminService.LicenseAdminServiceClient _client;
    private readonly Metadata _headers;

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="token">A token with scope licenses.</param>
    public LicenseAdminClient(TelemetryChannel channel, string token)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new LicenseAdminService.LicenseAdminServiceClient(channel.Invoker);
        _headers = new Metadata { { "authorization", "Bearer " + token } };
    }

    /// <summary>For a stand-in in tests.</summary>
    protected LicenseAdminClient() => (_client, _headers) = (null!, []);

    /// <summary>The public keys under which a server signs, and the root key above them. Needs no token.</summary>
    /// <param name="channel">The connection; to trust a root key is to trust whoever answers at its other end.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<GetSigningKeysResponse> GetSigningKeysAsync(
        TelemetryChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var client = new LicenseService.LicenseServiceClient(channel.Invoker);
        return await client.GetSigningKeysAsync(new(), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Issues a license. Its key is in the answer; the server does not keep it.</summary>
    /// <remarks>
    /// Safe to repeat with the same <see cref="IssueLicenseRequest.RequestId"/>, which gets the same license and key. Without
    /// one each call issues another license.
    /// </remarks>
    /// <param name="request">What the license covers.</param>
    /// <param name="cancellationToken">Ends the call; the license may have been issued all the same.</param>
    public virtual async Task<IssueLicenseResponse> IssueAsync(
        IssueLicenseRequest request, CancellationToken cancellationToken = default) =>
        await _client.IssueLicenseAsync(request, _headers, cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <summary>Licenses in the order in which they were issued, fetched page by page.</summary>
    /// <param name="request">Which ones; all when null. Is not changed.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public virtual async IAsyncEnumerable<License> ListAsync(
        ListLicensesRequest? request = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var next = request?.Clone() ?? new ListLicensesRequest();
        next.PageSize = next.PageSize == 0 ? PageSize : next.PageSize;
        do
        {
            var page = await _client.ListLicensesAsync(next, _headers, cancellationToken: cancellationToken)
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
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<License> GetAsync(GetLicenseRequest request, CancellationToken cancellationToken = default)
    {
        var response = await _client.GetLicenseAsync(request, _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Changes the fields of a license that the request's mask names. Safe to repeat.</summary>
    /// <param name="request">Which license, and what to change.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public virtual async Task<License> ChangeAsync(ChangeLicenseRequest request, CancellationToken cancellationToken = default)
    {
        var response = await _client.ChangeLicenseAsync(request, _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Lets a license not count for the time being. Safe to repeat.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public virtual async Task<License> SuspendAsync(string licenseId, CancellationToken cancellationToken = default)
    {
        var request = new SuspendLicenseRequest { LicenseId = licenseId };
        var response = await _client.SuspendLicenseAsync(request, _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Lets a suspended license count again; refused for a revoked one. Safe to repeat.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public virtual async Task<License> ResumeAsync(string licenseId, CancellationToken cancellationToken = default)
    {
        var request = new ResumeLicenseRequest { LicenseId = licenseId };
        var response = await _client.ResumeLicenseAsync(request, _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Lets a license never count again. Cannot be undone. Safe to repeat.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The license as it is now.</returns>
    public virtual async Task<License> RevokeAsync(string licenseId, CancellationToken cancellationToken = default)
    {
        var request = new RevokeLicenseRequest { LicenseId = licenseId };
        var response = await _client.RevokeLicenseAsync(request, _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.License;
    }

    /// <summary>Takes a license's seat from an installation. Safe to repeat.</summary>
    /// <param name="request">Which license and which installation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether the installation had a seat.</returns>
    public virtual async Task<bool> ReleaseAsync(
        ReleaseLicenseInstanceRequest request, CancellationToken cancellationToken = default)
    {
        var response = await _client.ReleaseLicenseInstanceAsync(request, _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.Released;
    }

    /// <summary>The installations that use a license, by pseudonym, fetched page by page.</summary>
    /// <param name="licenseId">The license's id.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public virtual async IAsyncEnumerable<LicensedInstance> UsageAsync(
        string licenseId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var next = new GetLicenseUsageRequest { LicenseId = licenseId, PageSize = PageSize };
        do
        {
            var page = await _client.GetLicenseUsageAsync(next, _headers, cancellationToken: cancellationToken)
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
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<IReadOnlyList<RefusedClaims>> RefusedClaimsAsync(CancellationToken cancellationToken = default)
    {
        var response = await _client.GetRefusedClaimsAsync(new(), _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.Counts;
    }

    /// <summary>Makes the server sign with a new key; the keys before stay published until they are not needed.</summary>
    /// <remarks>Each call makes another key.</remarks>
    /// <param name="cancellationToken">Ends the call; the key may have been made all the same.</param>
    /// <returns>The new key's id.</returns>
    public virtual async Task<string> RotateSigningKeyAsync(CancellationToken cancellationToken = default)
    {
        var response = await _client.RotateSigningKeyAsync(new(), _headers, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return response.KeyId;
    }
}
