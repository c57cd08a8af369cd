using System.Net;
using Bench.NoOpServer;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// The floor: the same framework, settings and messages as the real server, and no work.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
ListenOptions? grpc = null;
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
{
    listener.Protocols = HttpProtocols.Http2;
    grpc = listener;
}));
builder.Services.AddRouting();
builder.Services.AddGrpc();
builder.Services.AddSingleton<NoOpReporting>();
builder.Services.AddSingleton<NoOpFeed>();
builder.Services.AddSingleton<NoOpLicenses>();
var app = builder.Build();
app.UseRouting();
app.MapGrpcService<NoOpReporting>();
app.MapGrpcService<NoOpFeed>();
app.MapGrpcService<NoOpLicenses>();
await app.StartAsync().ConfigureAwait(false);
Console.WriteLine($"gRPC   http://{grpc!.IPEndPoint}");
Console.WriteLine("Ready");
await app.WaitForShutdownAsync().ConfigureAwait(false);
