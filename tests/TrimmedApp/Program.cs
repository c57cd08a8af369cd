using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Telemetry.Client;
using Telemetry.Client.Licensing;
using Telemetry.Contracts.Apps.RoomVox.V1;

// An app as a vendor would publish it, with servers that nobody runs: it must start, show its report, and say so.
using var root = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var folder = Directory.CreateTempSubdirectory("telemetry-trimmed-");
var state = Path.Combine(folder.FullName, "license.json");
var builder = Host.CreateApplicationBuilder(args);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["License:Server"] = "http://127.0.0.1:1",
    ["License:Key"] = "RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-CE6MUA",
    ["License:InstanceHash"] = InstanceHash.FromUrl("https://rooms.example.org"),
    ["License:App"] = "roomvox",
    ["License:RootKeys:0"] = root.ExportSubjectPublicKeyInfoPem(),
    ["License:StateFile"] = state,
    ["Telemetry:AppVersion"] = "1.6.0",
    ["Telemetry:Server"] = "http://127.0.0.1:1",
    ["Telemetry:InstanceUrl"] = "https://rooms.example.org",
    ["Telemetry:StateDirectory"] = folder.FullName,
});
builder.Services.AddTelemetryLicensing(builder.Configuration.GetSection("License"));
builder.Services.AddTelemetry<Usage, Rooms>(builder.Configuration.GetSection("Telemetry"));

using var host = builder.Build();
var license = host.Services.GetRequiredService<LicenseClient>();
var status = await license.CheckAsync();
await license.DisposeAsync();
var kept = File.Exists(state);
var reports = host.Services.GetRequiredService<TelemetryClient>();
var preview = await reports.PreviewAsync();
var result = await reports.SendNowAsync();
var shown = preview.Json.Contains("\"rooms\": 3", StringComparison.Ordinal)
    && preview.Fields.Any(field => field is { Path: "app_version", Value: "1.6.0" })
    && preview.Fields.Any(field => field is { Path: "usage.room_types", Value: "custom: 3" });
// A tool has the app's contract from its state directory alone.
using var tool = TelemetryClient.Open(folder.FullName)!;
shown &= (await tool.PreviewAsync()).Json == preview.Json;
folder.Delete(recursive: true);
Console.WriteLine($"{status.State} {status.Message}");
Console.WriteLine(result);
return shown && result is SendResult.Unreachable { Cause: UnreachableCause.Refused }
    && status.State == LicenseState.NeverChecked && status.Message.Contains("cannot be reached", StringComparison.Ordinal) && kept ? 0 : 1;

internal sealed class Rooms : IUsageCollector<Usage>
{
    public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new UsageSnapshot<Usage> { Usage = new Usage { Rooms = 3, RoomTypes = { ["Bob's"] = 3 } } });
}
