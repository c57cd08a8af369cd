using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Telemetry.Client;
using Telemetry.Client.Licensing;

// An app as a vendor would publish it, with a license server that nobody runs: it must start and say so.
using var root = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var state = Path.Combine(Path.GetTempPath(), $"trimmed-{Guid.NewGuid():N}.json");
var builder = Host.CreateApplicationBuilder(args);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["License:Server"] = "http://127.0.0.1:1",
    ["License:Key"] = "RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-CE6MUA",
    ["License:InstanceHash"] = InstanceHash.FromUrl("https://rooms.example.org"),
    ["License:App"] = "Roomvox",
    ["License:RootKeys:0"] = root.ExportSubjectPublicKeyInfoPem(),
    ["License:StateFile"] = state,
});
builder.Services.AddTelemetryLicensing(builder.Configuration.GetSection("License"));

using var host = builder.Build();
var license = host.Services.GetRequiredService<LicenseClient>();
var status = await license.CheckAsync();
await license.DisposeAsync();
var kept = File.Exists(state);
File.Delete(state);
Console.WriteLine($"{status.State} {status.Message}");
return status.State == LicenseState.NeverChecked && status.Message.Contains("cannot be reached", StringComparison.Ordinal) && kept ? 0 : 1;
