using Invoicer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Telemetry.Client;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddTelemetry<Usage, InvoiceCounter>(options =>
{
    options.AppVersion = "1.0.0";
    options.Server = new Uri(builder.Configuration["Telemetry:Server"] ?? "http://127.0.0.1:8081");
    options.InstanceUrl = "http://worker.example";
    options.StateDirectory = Path.Combine(AppContext.BaseDirectory, "state");
});
var host = builder.Build();

var status = host.Services.GetRequiredService<TelemetryClient>().GetStatus();
Console.WriteLine($"Reports: {status.Consent.Explanation} Next: {status.NextAttemptAt?.ToString("u") ?? "none"}. State: {status.StateDirectory}");
host.Run();
