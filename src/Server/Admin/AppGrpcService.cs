using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge for vendors who let apps of their own report.</summary>
internal sealed class AppGrpcService(AppRegistry apps, ITelemetryStore store, TimeProvider time)
    : Wire.AppService.AppServiceBase, IDisposable
{
    /// <summary>Compilers add comments and places in source files, which make the most of it.</summary>
    public const int MaxContract = 1024 * 1024;

    private const int DefaultPage = 100;
    private const int MaxApps = 1_000;

    private readonly SemaphoreSlim _turn = new(1);

    public override async Task<Wire.RegisterAppResponse> RegisterApp(Wire.RegisterAppRequest request, ServerCallContext context)
    {
        if (request.DescriptorSet.Length is 0 or > MaxContract)
        {
            throw RpcErrors.InvalidField("descriptor_set", "must be a descriptor set of at most 1 MB");
        }

        var (contract, schema) = Read(request.DescriptorSet);
        await _turn.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        try
        {
            var latest = apps.FindContract(schema.App);
            if (latest is null || !latest.DescriptorSet.Span.SequenceEqual(contract.Span))
            {
                Check(schema);
                latest = new RegisteredContract(
                    schema, (latest?.Revision ?? 0) + 1,
                    DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()), contract.Memory);
                if (!request.ValidateOnly)
                {
                    await StoreAsync(latest, context.CancellationToken).ConfigureAwait(false);
                    apps.Add(latest);
                }
            }

            return new Wire.RegisterAppResponse { App = ToWire(latest.Schema, latest) };
        }
        finally
        {
            _turn.Release();
        }
    }

    public override Task<Wire.ListAppsResponse> ListApps(Wire.ListAppsRequest request, ServerCallContext context)
    {
        var question = new Wire.ListAppsRequest();
        var size = Paging.Size(request.PageSize, DefaultPage, MaxApps);
        var last = PageToken.Read("page_token", request.PageToken, question);
        var all = apps.All;
        var page = all.SkipWhile(schema => string.CompareOrdinal(schema.App, last) <= 0).Take(size + 1).ToList();
        return Task.FromResult(new Wire.ListAppsResponse
        {
            Apps =
            {
                page.Take(size).Select(schema => ToWire(schema, apps.FindContract(schema.App))),
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
            App = ToWire(schema, contract),
            Fields = { FieldRegister.Of(schema).Fields },
            DescriptorSet = contract is null ? AppContract.Write(schema.Descriptor!) : UnsafeByteOperations.UnsafeWrap(contract.DescriptorSet),
        });
    }

    public void Dispose() => _turn.Dispose();

    private static (ByteString Contract, ReportSchema Schema) Read(ByteString descriptorSet)
    {
        try
        {
            var contract = AppContract.WithoutSource(descriptorSet);
            return (contract, AppContract.Read(contract.Span));
        }
        catch (SchemaException e)
        {
            throw RpcErrors.Invalid(ErrorReasons.ContractInvalid, e.Message, e.Problems.Select(problem => (problem.Field, problem.Rule)));
        }
    }

    private void Check(ReportSchema schema)
    {
        if (AppRegistry.IsBuiltIn(schema.App))
        {
            throw RpcErrors.ContractIncompatible(
                "This app comes with the server; register yours under another slug.", [("slug", "belongs to an app that comes with the server")]);
        }

        if (apps.Compare(schema) is { Count: > 0 } problems)
        {
            throw RpcErrors.ContractIncompatible(
                "The contract breaks with the one before: " + string.Join("; ", problems) + ".",
                problems.Select(problem => (problem.Field, problem.Rule)));
        }

        var names = AppContract.NamesIn(schema.Descriptor!).ToHashSet(StringComparer.Ordinal);
        if (apps.All.FirstOrDefault(other => other.App != schema.App && AppContract.NamesIn(other.Descriptor!).Any(names.Contains)) is { } owner)
        {
            throw RpcErrors.ContractIncompatible(
                $"The contract defines what the app {owner.App} defines too; put yours into a package of its own.", []);
        }

        if (apps.Find(schema.App) is null && apps.All.Count >= MaxApps)
        {
            throw RpcErrors.ContractIncompatible($"The server has {MaxApps} apps already, and takes no more.", []);
        }
    }

    private async Task StoreAsync(RegisteredContract contract, CancellationToken cancellation)
    {
        try
        {
            await store.AddContractAsync(contract, cancellation).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            throw RpcErrors.StoreUnavailable(
                "The server cannot store anything right now. Try again in a minute.", TimeSpan.FromMinutes(1)).ToRpcException();
        }
    }

    private static Wire.App ToWire(ReportSchema schema, RegisteredContract? contract) => new()
    {
        Slug = schema.App,
        UsageType = schema.Descriptor!.FullName,
        BuiltIn = AppRegistry.IsBuiltIn(schema.App),
        Revision = (uint)(contract?.Revision ?? 0),
        RegisteredAt = contract is null ? null : Timestamp.FromDateTimeOffset(contract.RegisteredAt),
        UsageFields = (uint)(schema.Fields.Count - CoreFields.Schema.Fields.Count),
    };
}
