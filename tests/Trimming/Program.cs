using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Telemetry.Client;
using Telemetry.Contracts.V1;

// Everything that an app does with the SDK, compiled ahead of time: options from a configuration, a preview, a report.
var state = Directory.CreateTempSubdirectory("telemetry-trimmed-");
try
{
    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
    builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Telemetry:App"] = "Roomvox",
        ["Telemetry:AppVersion"] = "1.6.0",
        ["Telemetry:Server"] = "http://127.0.0.1:1",
        ["Telemetry:InstanceUrl"] = "https://cloud.example.org",
        ["Telemetry:StateDirectory"] = state.FullName,
    });
    builder.Services.AddTelemetry<NoRooms>(builder.Configuration.GetSection("Telemetry"));
    using var host = builder.Build();
    await host.StartAsync();
    var client = host.Services.GetRequiredService<TelemetryClient>();
    var preview = await client.PreviewAsync();
    var result = await client.SendNowAsync();
    await host.StopAsync();
    Console.WriteLine($"{preview.Fields.Count(field => field.Value is not null)} fields, {preview.Json.Length} characters, {result}");
    return result is SendResult.Unreachable { Cause: UnreachableCause.Refused } && preview.Report.App == App.Roomvox ? 0 : 1;
}
finally
{
    state.Delete(recursive: true);
}

internal sealed class NoRooms : IUsageCollector
{
    public ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new UsageSnapshot { RoomVox = new RoomVoxUsageBuilder().Build() });
}
