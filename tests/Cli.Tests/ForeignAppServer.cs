using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>A server with one event of an app whose contract does not come with the command.</summary>
internal sealed class ForeignAppServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ForeignAppServer(WebApplication app) => _app = app;

    public static Invoicer.Usage Usage { get; } = new()
    {
        Invoices30D = 42,
        Deliveries = { ["mail"] = 30 },
        AutomaticReminders = true,
        Numbering = Invoicer.Numbering.Yearly,
    };

    public string Address => _app.Urls.First();

    /// <param name="reflection">Whether it tells its contracts to who asks.</param>
    public static async Task<ForeignAppServer> StartAsync(bool reflection)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(
            new ReflectionV1ServiceImpl([], SymbolRegistry.FromFiles([Invoicer.UsageReflection.Descriptor])));
        var app = builder.Build();
        app.MapGrpcService<Feed>();
        app.MapGrpcService<Admin>();
        app.MapGrpcService<Register>();
        if (reflection)
        {
            app.MapGrpcService<ReflectionV1ServiceImpl>();
        }

        await app.StartAsync();
        return new ForeignAppServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static Timestamp At() => new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero).ToTimestamp();

    private sealed class Feed : FeedService.FeedServiceBase
    {
        public override Task StreamEvents(
            StreamEventsRequest request, IServerStreamWriter<StreamEventsResponse> responseStream, ServerCallContext context) =>
            responseStream.WriteAsync(new StreamEventsResponse
            {
                Event = new Event
                {
                    Position = new FeedPosition { Cursor = "c1", Number = 1 },
                    Time = At(),
                    Kinds = { EventKind.ReportAccepted },
                    Report = new StoredReport
                    {
                        InstanceId = new string('a', 32),
                        Report = new Report { App = "invoicer", AppVersion = "1.0.0", Usage = Any.Pack(Usage) },
                    },
                },
            });
    }

    private sealed class Admin : AdminService.AdminServiceBase
    {
        public override Task<ListInstancesResponse> ListInstances(ListInstancesRequest request, ServerCallContext context) =>
            Task.FromResult(new ListInstancesResponse
            {
                Instances =
                {
                    new Instance { InstanceId = new string('a', 32), App = request.Filter.Apps[0], LastSeen = At(), Usage = Any.Pack(Usage) },
                },
            });
    }

    private sealed class Register : ReportingService.ReportingServiceBase
    {
        public override Task<GetFieldRegisterResponse> GetFieldRegister(GetFieldRegisterRequest request, ServerCallContext context) =>
            Task.FromResult(new GetFieldRegisterResponse { Version = 1 });
    }
}
