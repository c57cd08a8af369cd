using Microsoft.AspNetCore.Authentication.Cookies;
using RoomBooking;
using Telemetry.Client;
using Telemetry.Client.AspNetCore;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = args,
    ContentRootPath = AppContext.BaseDirectory,
});

builder.Services.AddSingleton<BookingDesk>();
builder.Services.AddSingleton<AdminCode>();
builder.Services.AddRazorPages();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/SignIn");
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("Administrators", policy => policy.RequireRole(AdminCode.Role));

builder.Services.AddTelemetry<Usage, RoomUsageCollector>(builder.Configuration.GetSection("Telemetry")).Configure(options =>
{
    options.AppVersion = "1.0.0";
    // A real app leaves this out, or names a directory that outlives its updates.
    options.StateDirectory ??= Path.Combine(AppContext.BaseDirectory, "state");
    options.Host.WebServer = WebServer.Kestrel;
});

var app = builder.Build();
app.MapRazorPages();
app.MapTelemetrySupport(configure: options => options.Policy = "Administrators");

var code = app.Services.GetRequiredService<AdminCode>();
app.Lifetime.ApplicationStarted.Register(() =>
    Console.WriteLine($"Rooms: {app.Urls.First()}   administrator's code: {code.Value}"));
app.Run();
