using System.Runtime.CompilerServices;
using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Admin;

/// <summary>Asks a server about its installations. Calls throw <see cref="RpcException"/> with the server's words.</summary>
public class AdminClient
{
    private readonly AdminService.AdminServiceClient _client;
    private readonly Metadata _headers;

    /// <summary>For mocks.</summary>
    protected AdminClient() => (_client, _headers) = (null!, null!);

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="token">An admin token.</param>
    public AdminClient(TelemetryChannel channel, string token)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new AdminService.AdminServiceClient(channel.Invoker);
        _headers = new Metadata { { "authorization", "Bearer " + token } };
    }

    /// <summary>All installations in the order in which they first reported, fetched page by page.</summary>
    /// <param name="app">Only this app's, by its slug; empty for all.</param>
    /// <param name="verdict">
    /// Only those whose latest report got this verdict; <see cref="ClaimVerdict.Unspecified"/> for all.
    /// </param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public virtual async IAsyncEnumerable<Instance> ListInstancesAsync(
        string app = "",
        ClaimVerdict verdict = ClaimVerdict.Unspecified,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListInstancesRequest { App = app, Verdict = verdict, PageSize = 500 };
        do
        {
            var page = await _client.ListInstancesAsync(request, _headers, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            foreach (var instance in page.Instances)
            {
                yield return instance;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>One installation with its latest reports.</summary>
    /// <param name="request">Which one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<GetInstanceResponse> GetInstanceAsync(
        GetInstanceRequest request, CancellationToken cancellationToken = default) =>
        await _client.GetInstanceAsync(request, _headers, cancellationToken: cancellationToken).ConfigureAwait(false);
}
