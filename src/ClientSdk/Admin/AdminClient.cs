using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Admin;

/// <summary>Asks a server about its installations. Calls throw <see cref="RpcException"/> with the server's words.</summary>
public class AdminClient
{
    private const uint PageSize = 500;

    private readonly AdminService.AdminServiceClient _client;
    private readonly AppService.AppServiceClient _apps;
    private readonly Metadata _headers;

    /// <summary>For mocks.</summary>
    protected AdminClient() => (_client, _apps, _headers) = (null!, null!, null!);

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="token">A token with scope read.</param>
    public AdminClient(TelemetryChannel channel, string token)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new AdminService.AdminServiceClient(channel.Invoker);
        _apps = new AppService.AppServiceClient(channel.Invoker);
        _headers = new Metadata { { "authorization", "Bearer " + token } };
    }

    /// <summary>Installations, fetched page by page.</summary>
    /// <param name="request">
    /// Which ones, in which order, and how many at a time; all app by app, in the order in which they first reported, when null.
    /// Not changed.
    /// </param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public virtual async IAsyncEnumerable<Instance> ListInstancesAsync(
        ListInstancesRequest? request = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var next = request?.Clone() ?? new ListInstancesRequest();
        next.PageSize = next.PageSize == 0 ? PageSize : next.PageSize;
        do
        {
            var page = await _client.ListInstancesAsync(next, _headers, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            foreach (var instance in page.Instances)
            {
                yield return instance;
            }

            next.PageToken = page.NextPageToken;
        }
        while (next.PageToken.Length > 0);
    }

    /// <summary>The apps whose reports the server takes, by slug, fetched page by page.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public virtual async IAsyncEnumerable<App> ListAppsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var next = new ListAppsRequest { PageSize = PageSize };
        do
        {
            var page = await _apps.ListAppsAsync(next, _headers, cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (var app in page.Apps)
            {
                yield return app;
            }

            next.PageToken = page.NextPageToken;
        }
        while (next.PageToken.Length > 0);
    }

    /// <summary>One app with its fields and its contract.</summary>
    /// <param name="app">Its slug.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<GetAppResponse> GetAppAsync(string app, CancellationToken cancellationToken = default) =>
        await _apps.GetAppAsync(new GetAppRequest { App = app }, _headers, cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <summary>Registers an app, or the next revision of one, so that the server takes its reports.</summary>
    /// <param name="descriptorSet">
    /// A serialized descriptor set with all imports, as <c>buf build -o</c> and <c>protoc --include_imports -o</c> write it.
    /// </param>
    /// <param name="validateOnly">Whether only to check, and to register nothing.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<App> RegisterAppAsync(
        ReadOnlyMemory<byte> descriptorSet, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        var request = new RegisterAppRequest
        {
            DescriptorSet = ByteString.CopyFrom(descriptorSet.Span),
            ValidateOnly = validateOnly,
        };
        return (await _apps.RegisterAppAsync(request, _headers, cancellationToken: cancellationToken).ConfigureAwait(false)).App;
    }

    /// <summary>One installation with its latest reports.</summary>
    /// <param name="request">Which one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<GetInstanceResponse> GetInstanceAsync(
        GetInstanceRequest request, CancellationToken cancellationToken = default) =>
        await _client.GetInstanceAsync(request, _headers, cancellationToken: cancellationToken).ConfigureAwait(false);
}
