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
    [InlineData("Did you mean 'Ingestion:MaxBatch'?", "--Ingestoin:MaxBatch=5")]
    [InlineData("Did you mean 'Ingestion:MaxBatch'?", "--Ingestion:MaxBach=5")]
    [InlineData("Did you mean 'Server:Data'?", "--Servr:Dta=/x")]
    [InlineData("The sections are Server, ", "--Nonsense:Altogether=5")]
    [InlineData("Ingestion:MaxBatch must be a whole number in range, not 'many'", "--Ingestion:MaxBatch=many")]
    [InlineData("Ingestion:MaxBatch must be a whole number in range, not '99999999999'", "--Ingestion:MaxBatch=99999999999")]
    [InlineData("Feed:HeartbeatInterval must be a duration", "--Feed:HeartbeatInterval=soon")]
    [InlineData("Ingestion:MaxBatch has one value", "--Ingestion:MaxBatch:0=5")]
    [InlineData("Cors:Origins is a list", "--Cors:Origins=https://admin.example")]
    [InlineData("Server:Data is empty", "--data", "")]
    [InlineData("Tls:Certificate is empty", "--Tls:Certificate=")]
    [InlineData("Logging:LogLevel:Default must be one of Trace, ", "--Logging:LogLevel:Default=Loud")]
    [InlineData("Logging:Console:LogLevel:Default must be one of Trace, ", "--Logging:Console:LogLevel:Default=Loud")]
    [InlineData("Server:Http and Server:Grpc are both 127.0.0.1:9", "--http", "127.0.0.1:9", "--grpc", "127.0.0.1:9")]
    [InlineData("Server:Http must be an address", "--http", "::1:8080")]
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
    [InlineData("--Ingestion:MaxBatch=0", "Ingestion:MaxBatch")]
    [InlineData("--Ingestion:MinimumInterval=30.00:00:00", "Ingestion:MinimumInterval")]
    [InlineData("--Feed:MaxReaders=0", "Feed:MaxReaders")]
    public async Task A_value_out_of_range_is_refused_at_the_start(string argument, string key)
    {
        var refusal = await Assert.ThrowsAsync<UsageException>(() => StartAsync(argument));

        Assert.Contains($"The field {key} must be between", refusal.Message, StringComparison.Ordinal);
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
