using Microsoft.Extensions.Options;
using Telemetry.Server.Hosting;

namespace Telemetry.Server.Tests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void Short_switches_and_keys_become_settings()
    {
        var line = CommandLine.Parse(
            ["--data", "/d", "--http=*:80", "--grpc", "[::1]:0", "--Ingestion:MaxBatch", "5", "--Feed:MaxReaders=6", "--demo"]);

        Assert.Equal("/d", line.Settings["Server:Data"]);
        Assert.Equal("*:80", line.Settings["Server:Http"]);
        Assert.Equal("[::1]:0", line.Settings["Server:Grpc"]);
        Assert.Equal("5", line.Settings["Ingestion:MaxBatch"]);
        Assert.Equal("6", line.Settings["Feed:MaxReaders"]);
        Assert.True(line.Demo);
        Assert.False(line.Help);
    }

    [Theory]
    [InlineData("Did you mean '--data'?", "--dta", "x")]
    [InlineData("Did you mean '--demo'?", "--demos")]
    [InlineData("Unknown switch 'serve'", "serve")]
    [InlineData("needs a value", "--data")]
    public void A_mistake_is_told_with_the_nearest_name(string words, params string[] args) =>
        Assert.Contains(words, Assert.Throws<UsageException>(() => CommandLine.Parse(args)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Did you mean 'Ingestion'?", "--Ingestoin:MaxBatch=5")]
    [InlineData("Did you mean 'MaxBatch'?", "--Ingestion:MaxBach=5")]
    [InlineData("Server:Http must be an address", "--http", "8080")]
    [InlineData("Server:Grpc must be an address", "--grpc", "127.0.0.1:99999")]
    [InlineData("Tls:Certificate '/nowhere.pem' cannot be used", "--Tls:Certificate=/nowhere.pem")]
    [InlineData("configuration file", "--config", "/nowhere.json")]
    public async Task A_wrong_configuration_is_refused_in_words(string words, params string[] args)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(args));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Ingestion:MaxBatch=0", "MaxBatch")]
    [InlineData("--Ingestion:MinimumInterval=30.00:00:00", "MinimumInterval")]
    [InlineData("--Feed:MaxReaders=0", "MaxReaders")]
    public async Task A_value_out_of_range_is_refused_at_the_start(string argument, string key)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(argument));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task StartAsync(params string[] args)
    {
        var data = Directory.CreateTempSubdirectory("telemetry-config-");
        try
        {
            string[] complete = args.Contains("--http") || args.Contains("--grpc")
                ? ["--data", data.FullName, .. args]
                : ["--data", data.FullName, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", .. args];
            await using var app = ServerHost.Build(CommandLine.Parse(complete));
            await app.StartAsync();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
