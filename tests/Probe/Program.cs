using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Probe;

// A small app in a process of its own, for tests that look at it from outside.
//   probe days WITH|WITHOUT DIR SERVER   three days of a host with or without reports, then its threads' names
//   probe send DIR SERVER                a report by hand, then the kind of its result
//   probe home SERVER                    a host with the default state directory: what holds when it looked around
switch (args)
{
    case ["days", var with, var directory, var server]:
        await ThreeDaysAsync(with == "WITH", directory, new Uri(server));
        return 0;
    case ["send", var directory, var server]:
        await using (var client = TelemetryClient.Create(Options(new TelemetryOptions(), directory, new Uri(server)), new NoRooms()))
        {
            Console.WriteLine((await client.SendNowAsync()).Kind);
        }

        return 0;
    case ["home", var server]:
        await StartAtHomeAsync(new Uri(server));
        return 0;
    default:
        return 2;
}

static async Task ThreeDaysAsync(bool withReports, string directory, Uri server)
{
    var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
    builder.Services.AddSingleton<TimeProvider>(time);
    if (withReports)
    {
        builder.Services.AddTelemetry<Usage, NoRooms>(options => Options(options, directory, server));
    }

    using var host = builder.Build();
    await host.StartAsync();
    var client = host.Services.GetService<TelemetryClient>();
    var reported = new TaskCompletionSource();
    if (client is not null)
    {
        client.Reported += (_, _) => reported.TrySetResult();
    }

    var on = client?.GetStatus().Consent.Mode == ReportingMode.On;
    for (var minute = 0; minute < 3 * 24 * 60; minute++)
    {
        time.Advance(TimeSpan.FromMinutes(1));
        if (on && client!.GetStatus().LastAttemptAt is not null)
        {
            // What the test compares with. The clock stands still for it, or the attempt would run out of its time.
            await reported.Task;
            break;
        }
    }

    // Linux shows them as files.
    foreach (var thread in Directory.GetDirectories("/proc/self/task"))
    {
        Console.WriteLine("thread " + File.ReadAllText(Path.Combine(thread, "comm")).Trim());
    }

    await host.StopAsync();
}

static async Task StartAtHomeAsync(Uri server)
{
    var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
    builder.Services.AddSingleton<TimeProvider>(time);
    builder.Services.AddTelemetry<Usage, NoRooms>(options => Options(options, null, server));
    using var host = builder.Build();
    await host.StartAsync();
    var client = host.Services.GetRequiredService<TelemetryClient>();
    // Whatever comes of it, the directory was tried when this returns.
    var result = await client.SendNowAsync();
    var status = client.GetStatus();
    Console.WriteLine($"{status.Consent.Mode} {status.Consent.Source} {result.Kind} {status.StateDirectory}");
    await host.StopAsync();
}

static TelemetryOptions Options(TelemetryOptions options, string? directory, Uri server)
{
    options.AppVersion = "1.6.0";
    options.InstanceUrl = "https://cloud.example.org";
    options.StateDirectory = directory;
    options.Server = server;
    return options;
}
