using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Sampler = Telemetry.ClientSdk.Tests.Contract.Sampler;

namespace Telemetry.ClientSdk.Tests.Hosting;

public sealed class RegistrationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-test-").FullName;

    [Fact]
    public async Task A_section_of_the_configuration_is_enough()
    {
        var host = await StartAsync(Settings(("Host:Country", "DE"), ("Timeout", "00:00:05"), ("Consent", "BySchema")));

        var options = host.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value;
        var status = host.Services.GetRequiredService<TelemetryClient>().GetStatus();

        Assert.Equal(("DE", TimeSpan.FromSeconds(5), ConsentModel.BySchema), (options.Host.Country, options.Timeout, options.Consent));
        Assert.Equal((SampleReports.App, "1.6.0", ReportingMode.On), (status.App, status.AppVersion, status.Consent.Mode));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Server", "http://user:secret@127.0.0.1:8081", "must not hold credentials")]
    [InlineData("Server", "http://127.0.0.1:8081/telemetry", "must end after host and port")]
    [InlineData("Server", "ftp://127.0.0.1", "absolute http or https")]
    [InlineData("AppVersion", "next", "AppVersion must be")]
    [InlineData("Timeout", "00:02:00", "Timeout must be")]
    [InlineData("CollectTimeout", "00:00:00", "CollectTimeout must be")]
    [InlineData("CommandLineMode", "7", "CommandLineMode must be")]
    [InlineData("Transport", "9", "Transport must be")]
    [InlineData("StateDirectory", " ", "StateDirectory must be")]
    public async Task A_programmers_mistake_fails_the_start_with_its_rule(string key, string value, string words)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(Settings((key, value))));

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_no_option_fails_the_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(Settings(("AppVersoin", "1.6.0"))));

        Assert.Contains("AppVersoin", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_that_no_server_would_take_fails_the_start_with_every_rule()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(Settings());
        builder.Services.AddTelemetry<Sampler.Careless, Counter<Sampler.Careless>>(builder.Configuration.GetSection("Telemetry"));
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("sampler.v1.Careless is refused: usage.note is free text", failure.Message, StringComparison.Ordinal);
        Assert.Contains("usage.unexplained has no (telemetry.v1.field_policy)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_names_no_app_makes_no_client()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));

        var failure = Assert.Throws<ArgumentException>(
            () => TelemetryClient.Create(installation.Options, new Counter<Sampler.Anonymous>()));

        Assert.Contains("sampler.v1.Anonymous is refused: it has no option (telemetry.v1.app)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_app_has_its_own_name_directory_variable_and_fields()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        await using var client = TelemetryClient.Create(installation.Options, new Counter<Sampler.Usage>());
        var preview = await client.PreviewAsync();
        using var tool = installation.Tool()!;
        var shown = await tool.PreviewAsync();

        Assert.Equal("sampler-app", client.GetStatus().App);
        Assert.Equal("SAMPLER_APP_TELEMETRY_OPTOUT", OptOutVariables.Of("sampler-app"));
        Assert.EndsWith(Path.Combine("telemetry", "sampler-app"), InstallationDirectories.DefaultFor("sampler-app"), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => InstallationDirectories.DefaultFor("../etc"));
        Assert.Contains(client.Fields, field => field is { Path: "usage.plan", Value: null, Purpose.Length: > 0 });
        Assert.Equal((preview.Digest, preview.Json), (shown.Digest, shown.Json));
        Assert.Equal(preview.Fields, shown.Fields);
        installation.Variables["SAMPLER_APP_TELEMETRY_OPTOUT"] = "1";
        Assert.Equal(ConsentSource.Environment, tool.GetStatus().Consent.Source);
    }

    [Theory]
    [InlineData("Development", ReportingMode.Local)]
    [InlineData("Production", ReportingMode.On)]
    public async Task The_hosts_environment_decides_whether_a_run_is_a_development_run(string environment, ReportingMode mode)
    {
        var host = await StartAsync(Settings(), environment);

        Assert.Equal(mode, host.Services.GetRequiredService<TelemetryClient>().GetStatus().Consent.Mode);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_connection_can_be_the_hosts_own()
    {
        using var installation = new TestInstallation(new Uri("http://telemetry.example:8081"));
        installation.Options.HttpHandlerFactory = () => new Refusing();
        await using var client = installation.Client();

        var result = Assert.IsType<SendResult.Unreachable>(await client.SendNowAsync());

        Assert.Contains("the host's own", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:secret@127.0.0.1:8081")]
    [InlineData("http://127.0.0.1:8081/path")]
    [InlineData("mailto:somebody@example.org")]
    public void No_channel_goes_to_an_address_that_is_none(string address) =>
        Assert.Throws<ArgumentException>(() => TelemetryChannel.For(new Uri(address)));

    [Fact]
    public async Task A_client_can_be_replaced_in_a_hosts_own_tests()
    {
        TelemetryClient mock = new Replacement();

        Assert.IsType<SendResult.NotPrepared>(await mock.SendNowAsync());
        await mock.DisposeAsync();
    }

    [Fact]
    public void The_zero_of_every_choice_is_the_one_that_sends_nothing()
    {
        Assert.Equal(ReportingMode.Off, default);
        Assert.Equal(ConsentModel.OptIn, default);
        Assert.Equal(SendResultKind.NotPrepared, default);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Dictionary<string, string?> Settings(params (string Key, string Value)[] changes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Telemetry:AppVersion"] = "1.6.0",
            ["Telemetry:Server"] = "http://127.0.0.1:1",
            ["Telemetry:InstanceUrl"] = "https://cloud.example.org",
            ["Telemetry:StateDirectory"] = Path.Combine(_directory, "state"),
        };
        foreach (var (key, value) in changes)
        {
            settings["Telemetry:" + key] = value;
        }

        return settings;
    }

    private static async Task<IHost> StartAsync(Dictionary<string, string?> settings, string environment = "Production")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddTelemetry<Usage, Nothing>(builder.Configuration.GetSection("Telemetry"))
            .Configure(options => options.Variable = _ => null);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class Counter<TUsage> : IUsageCollector<TUsage>
        where TUsage : class, IMessage<TUsage>, new()
    {
        public ValueTask<UsageSnapshot<TUsage>> CollectAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new UsageSnapshot<TUsage> { Usage = new TUsage() });
    }

    private sealed class Nothing : IUsageCollector<Usage>
    {
        public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new UsageSnapshot<Usage>());
    }

    private sealed class Replacement : TelemetryClient
    {
        public override Task<SendResult> SendNowAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult<SendResult>(new SendResult.NotPrepared("a test"));
    }

    private sealed class Refusing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("the host's own");
    }
}
