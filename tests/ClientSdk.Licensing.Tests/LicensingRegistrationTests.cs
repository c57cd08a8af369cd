using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Telemetry.Client;
using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>License checks in a host.</summary>
public sealed class LicensingRegistrationTests
{
    [Fact]
    public async Task A_host_checks_its_license_by_options_from_its_configuration()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        var keys = await server.Licenses.GetSigningKeysAsync(new());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["License:Key"] = key,
            ["License:InstanceHash"] = SampleReports.HashOf("https://a.example"),
            ["License:App"] = "roomvox",
            ["License:RootKeys:0"] = keys.Root.PublicKeyPem,
            ["License:Server"] = "http://" + server.Native.Target,
        });
        builder.Services.AddSingleton<TimeProvider>(server.Time);
        builder.Services.AddTelemetryLicensing(builder.Configuration.GetSection("License"));
        using var host = builder.Build();
        var client = host.Services.GetRequiredService<LicenseClient>();
        var licensed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Changed += (_, status) =>
        {
            if (status.Licensed)
            {
                licensed.TrySetResult();
            }
        };

        await host.StartAsync();

        await Patience.For(licensed.Task, "the license is checked by itself");
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Key", "")]
    [InlineData("InstanceHash", "abc")]
    [InlineData("App", "Unspecified")]
    [InlineData("RootKeys:0", "no key")]
    [InlineData("Timeout", "-00:00:01")]
    [InlineData("Server", null)]
    [InlineData("Server", "https://user:secret@licenses.example")]
    public async Task Wrong_options_fail_the_start_with_a_sentence_that_names_them(string option, string? value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["L:Key"] = FakeLicenseServer.Key,
            ["L:InstanceHash"] = FakeLicenseServer.Instance,
            ["L:App"] = "roomvox",
            ["L:RootKeys:0"] = new TokenSigner().Pem,
            ["L:Server"] = "http://127.0.0.1:1",
            ["L:" + option] = value,
        });
        builder.Services.AddTelemetryLicensing(builder.Configuration.GetSection("L"));
        using var host = builder.Build();

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(option.Split(':')[0], thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_can_put_a_client_of_its_own_in_place()
    {
        var services = new ServiceCollection();
        services.AddSingleton<LicenseClient>(new AlwaysLicensed());
        services.AddTelemetryLicensing(_ => { });
        await using var provider = services.BuildServiceProvider();

        Assert.True((await provider.GetRequiredService<LicenseClient>().CheckAsync()).Licensed);
    }

    [Fact]
    public void Neither_package_pulls_the_identity_assemblies() => Assert.DoesNotContain(
        typeof(TelemetryChannel).Assembly.GetReferencedAssemblies().Concat(typeof(LicenseClient).Assembly.GetReferencedAssemblies()),
        assembly => assembly.Name!.Contains("IdentityModel", StringComparison.Ordinal));

    private sealed class AlwaysLicensed : LicenseClient
    {
        public override event EventHandler<LicenseStatus>? Changed;

        public override LicenseStatus Current { get; } = new() { State = LicenseState.Valid };

        public override string? StateFileProblem => null;

        public override Task<LicenseStatus> CheckAsync(CancellationToken cancellationToken = default)
        {
            Changed?.Invoke(this, Current);
            return Task.FromResult(Current);
        }

        public override Task<LicenseUsageResult> ReportUsageAsync(
            IReadOnlyDictionary<string, ulong> usage, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public override Task<LicenseReleaseResult> ReleaseAsync(CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public override void Start()
        {
        }

        protected override ValueTask DisposeAsyncCore() => ValueTask.CompletedTask;
    }
}
