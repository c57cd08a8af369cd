using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Telemetry.Client;
using Telemetry.Client.Licensing;

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
    ["License:App"] = "Roomvox",
    ["License:RootKeys:0"] = root.ExportSubjectPublicKeyInfoPem(),
    ["License:StateFile"] = state,
    ["Telemetry:App"] = "Roomvox",
    ["Telemetry:AppVersion"] = "1.6.0",
    ["Telemetry:Server"] = "http://127.0.0.1:1",
    ["Telemetry:InstanceUrl"] = "https://rooms.example.org",
    ["Telemetry:StateDirectory"] = folder.FullName,
});
builder.Services.AddTelemetryLicensing(builder.Configuration.GetSection("License"));
builder.Services.AddTelemetry<NoRooms>(builder.Configuration.GetSection("Telemetry"));

using var host = builder.Build();
var license = host.Services.GetRequiredService<LicenseClient>();
var status = await license.CheckAsync();
await license.DisposeAsync();
var kept = File.Exists(state);
var reports = host.Services.GetRequiredService<TelemetryClient>();
var preview = await reports.PreviewAsync();
var result = await reports.SendNowAsync();
var shown = preview.Json.Contains("1.6.0", StringComparison.Ordinal) && preview.Fields.Any(field => field.Value == "1.6.0");
folder.Delete(recursive: true);
Console.WriteLine($"{status.State} {status.Message}");
Console.WriteLine(result);
return shown && result is SendResult.Unreachable { Cause: UnreachableCause.Refused }
    && status.State == LicenseState.NeverChecked && status.Message.Contains("cannot be reached", StringComparison.Ordinal) && kept ? 0 : 1;

internal sealed class NoRooms : IUsageCollector
{
    public ValueTask<UsageSnapshot> CollectAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new UsageSnapshot { RoomVox = new RoomVoxUsageBuilder().Build() });
}
