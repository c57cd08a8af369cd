using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Telemetry.Schema;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge for vendors who let apps of their own report.</summary>
internal sealed class AppGrpcService(AppRegistry apps, AppRegistrar registrar, IOptions<RetentionOptions> retention) : Wire.AppService.AppServiceBase
{
    private const int DefaultPage = 100;

    private static readonly ByteString Reports = AppContract.Write(Wire.Report.Descriptor);

    public override async Task<Wire.RegisterAppResponse> RegisterApp(Wire.RegisterAppRequest request, ServerCallContext context)
    {
        try
        {
            var contract = await registrar.RegisterAsync(
                request.DescriptorSet, request.ValidateOnly, context.Audit(), context.CancellationToken)
                .ConfigureAwait(false);
            return new Wire.RegisterAppResponse { App = AppDescription.Of(contract.Schema, contract) };
        }
        catch (SchemaException e)
        {
            throw RpcErrors.ContractRefused(
                e.IsConflict, e.Message, e.Problems.Select(problem => (problem.Field, problem.Rule)));
        }
        catch (StoreUnavailableException)
        {
            throw RpcErrors.StoreUnavailable(
                "The server cannot store anything right now. Try again in a minute.", TimeSpan.FromMinutes(1)).ToRpcException();
        }
    }

    public override Task<Wire.ListAppsResponse> ListApps(Wire.ListAppsRequest request, ServerCallContext context)
    {
        var question = new Wire.ListAppsRequest();
        var size = Paging.Size(request.PageSize, DefaultPage, AppRegistry.MaxApps);
        var last = PageToken.Read("page_token", request.PageToken, question);
        var grant = context.Grant();
        var all = apps.All.Where(schema => grant.Covers(schema.App)).ToList();
        var page = all.SkipWhile(schema => string.CompareOrdinal(schema.App, last) <= 0).Take(size + 1).ToList();
        return Task.FromResult(new Wire.ListAppsResponse
        {
            Apps =
            {
                page.Take(size).Select(schema => AppDescription.Of(schema, apps.FindContract(schema.App))),
            },
            NextPageToken = page.Count > size ? PageToken.Of(question, page[size - 1].App) : "",
            TotalSize = (ulong)all.Count,
        });
    }

    public override Task<Wire.GetAppResponse> GetApp(Wire.GetAppRequest request, ServerCallContext context)
    {
        var schema = apps.Find(request.App) ?? throw RpcErrors.NotFound($"There is no such app; the name {apps.Rule}.");
        var contract = apps.FindContract(schema.App);
        return Task.FromResult(new Wire.GetAppResponse
        {
            App = AppDescription.Of(schema, contract),
            Fields = { FieldRegister.Of(schema, retention.Value.ToWire()).Fields },
            ReportDescriptorSet = Reports,
            DescriptorSet = contract is null ? AppContract.Write(schema.Descriptor!) : UnsafeByteOperations.UnsafeWrap(contract.DescriptorSet),
        });
    }
}
