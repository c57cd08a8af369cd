using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests.Start;

/// <summary>What an operator can do wrong before a start: each costs one sentence and an exit code, and never a stack trace.</summary>
public sealed class StartRefusalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-start-").FullName;

    private string Data => Path.Combine(_directory, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("Server:Http: this machine has no address 192.0.2.1.", "--http", "192.0.2.1:8080")]
    [InlineData("Server:Http: this machine has no address 2001:db8::1, or no IPv6 at all.", "--http", "[2001:db8::1]:8080")]
    [InlineData("Server:Http must be an address and a port", "--http", "somewhere")]
    [InlineData("The configuration file 'nowhere.json' does not exist.", "--config", "nowhere.json")]
    [InlineData("The configuration file '/' cannot be read: It is a directory.", "--config", "/")]
    [InlineData("Ingestion:MaxBatch must be a whole number in range, not 'x'.", "--Ingestion:MaxBatch=x")]
    [InlineData("The field Ingestion:MaxBatch must be between 1 and 10000.", "--Ingestion:MaxBatch=0")]
    [InlineData("Unknown configuration key 'Feed:MaxReader'. Did you mean 'Feed:MaxReaders'?", "--Feed:MaxReader=5")]
    [InlineData("Cors:Origins: 'admin.example' does not begin with https://", "--Cors:Origins:0=admin.example")]
    [InlineData("Tls:Certificate '/nowhere.pem' cannot be used: ", "--Tls:Certificate=/nowhere.pem")]
    public Task A_wrong_setting_is_refused_in_a_sentence(string words, params string[] arguments) =>
        AssertRefusedAsync(words, ServerStart.On(Data, arguments));

    [Theory]
    [InlineData("Unknown switch '--prot'.", "--prot", "8080")]
    [InlineData("Unknown switch 'serve'.", "serve")]
    [InlineData("The switch '--data' needs a value.", "--data")]
    public Task A_command_line_that_makes_no_sense_is_refused_with_an_exit_code_of_its_own(string words, params string[] arguments) =>
        AssertRefusedAsync(words, new ServerStart { Arguments = arguments, WorkingDirectory = _directory }, exitCode: 2);

    [Fact]
    public Task A_directory_of_contracts_that_is_not_there_is_refused_by_name() => AssertRefusedAsync(
        "The directory '/nowhere/apps' does not exist: create it, or leave Apps:Directory out.",
        ServerStart.On(Data, "--Apps:Directory=/nowhere/apps"));

    [Fact]
    public async Task A_contract_that_is_refused_is_told_with_file_field_and_rule_and_a_good_one_is_registered()
    {
        var file = Path.Combine(_directory, "invoicer.binpb");
        var contract = new MadeUpContract();
        contract.Change("template", policy => policy.Labels.Clear());
        await File.WriteAllBytesAsync(file, contract.ToSet().ToByteArray());
        await AssertRefusedAsync(
            $"The contract in '{file}' is refused (usage.template is free text; give it labels or a format): "
            + "mend it, or take the file out of Apps:Directory.",
            ServerStart.On(Data, "--Apps:Directory=" + _directory));

        await File.WriteAllBytesAsync(file, new MadeUpContract().ToSet().ToByteArray());
        using var server = await ServerProcess.StartAsync(Data, "--Apps:Directory=" + _directory);

        using var channel = GrpcChannel.ForAddress(server.Grpc);
        var app = await new Contracts.V1.AppService.AppServiceClient(channel).GetAppAsync(
            new() { App = "invoicer" }, new Metadata { { "authorization", "Bearer " + server.AdminToken } });
        Assert.Equal(("Invoicer", 1u), (app.App.DisplayName, app.App.Revision));
    }

    [Fact]
    public async Task A_port_in_use_is_refused_by_name()
    {
        using var taken = Surroundings.TakePort();

        await AssertRefusedAsync(
            $"Server:Grpc: 127.0.0.1:{taken.Port} is in use already.", ServerStart.On(Data, "--grpc", $"127.0.0.1:{taken.Port}"));
    }

    [Fact]
    public Task A_privileged_port_is_refused_with_the_way_out() => AssertRefusedAsync(
        "Server:Http: 127.0.0.1:81 may not be listened on by this user: ports below 1024 are privileged.",
        ServerStart.On(Data, "--http", "127.0.0.1:81") with { Under = Surroundings.Unprivileged });

    [Theory]
    [InlineData("{ \"Server\": ")]
    [InlineData("[]")]
    [InlineData("{ \"Server\": { \"Data\": \"a\", \"Data\": \"b\" } }")]
    public async Task A_configuration_file_that_is_no_JSON_is_refused_by_name(string json)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "telemetry.json"), json);

        await AssertRefusedAsync(
            "The configuration file 'telemetry.json' is no JSON object of sections: ",
            ServerStart.On(Data) with { WorkingDirectory = _directory });
    }

    [Fact]
    public async Task A_configuration_file_that_may_not_be_read_is_refused_by_name()
    {
        var file = Path.Combine(_directory, "telemetry.json");
        await File.WriteAllTextAsync(file, "{}");
        File.SetUnixFileMode(file, UnixFileMode.None);

        await AssertRefusedAsync(
            "The configuration file 'telemetry.json' cannot be read: ",
            ServerStart.On(Data) with { WorkingDirectory = _directory, Under = Surroundings.Unprivileged });
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_or_may_not_be_written_is_refused_with_the_way_out()
    {
        var file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "");
        var readOnly = Directory.CreateDirectory(Path.Combine(_directory, "read-only"), UnixFileMode.UserRead | UnixFileMode.UserExecute).FullName;

        await AssertRefusedAsync("choose another with --data", ServerStart.On(file));
        await AssertRefusedAsync("choose another with --data", ServerStart.On(readOnly) with { Under = Surroundings.Unprivileged });
        await AssertRefusedAsync(
            "choose another with --data", ServerStart.On(Path.Combine(readOnly, "data")) with { Under = Surroundings.Unprivileged });
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(64)]
    public async Task A_full_disk_is_refused_in_a_sentence(int kilobytes)
    {
        Directory.CreateDirectory(Data);

        await AssertRefusedAsync(
            "No space left on device", ServerStart.On(Data) with { Under = Surroundings.SmallDisk(Data, kilobytes) });
    }

    [Fact]
    public async Task A_data_directory_of_a_running_server_is_refused()
    {
        using var first = await ServerProcess.StartAsync(Data);

        await AssertRefusedAsync("is in use by another server", ServerStart.On(Data));
    }

    [Theory]
    [InlineData("secret.key", "The secret '")]
    [InlineData("signing/root-*.pem", "The root key is missing from '")]
    [InlineData("signing/*.pem", "The root key is missing from '")]
    public async Task Missing_keys_beside_data_are_refused(string lost, string words)
    {
        await StartOnceAsync();
        foreach (var file in FilesOf(lost))
        {
            File.Delete(file);
        }

        await AssertRefusedAsync(words, ServerStart.On(Data));
        Assert.Empty(FilesOf(lost));
    }

    [Fact]
    public async Task A_missing_directory_of_keys_beside_data_is_refused()
    {
        await StartOnceAsync();
        Directory.Delete(Path.Combine(Data, "signing"), recursive: true);

        await AssertRefusedAsync("although data is stored, and apps trust no other", ServerStart.On(Data));
        await AssertRefusedAsync(
            "although data is stored, and apps trust no other",
            ServerStart.On(Data, "--Licensing:KeyDirectory=" + Path.Combine(_directory, "elsewhere")));
    }

    [Theory]
    [InlineData("secret.key", "is not a secret of 32 bytes")]
    [InlineData("signing/root-*.pem", "is no private key")]
    [InlineData("signing/signing-*.pem", "is no private key")]
    [InlineData("telemetry.db", "is damaged")]
    public async Task Damaged_files_are_refused(string damaged, string words)
    {
        await StartOnceAsync();
        foreach (var file in FilesOf(damaged))
        {
            await File.WriteAllTextAsync(file, "nonsense");
        }

        await AssertRefusedAsync(words, ServerStart.On(Data));
    }

    [Fact]
    public async Task Private_keys_that_others_can_read_are_refused()
    {
        await StartOnceAsync();
        File.SetUnixFileMode(FilesOf("signing/root-*.pem").Single(), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        await AssertRefusedAsync("can be read by others", ServerStart.On(Data));
    }

    [Fact]
    public async Task A_certificate_with_a_wrong_password_or_somebody_elses_key_is_refused()
    {
        using var certificates = new CertificateChain("localhost");
        using var others = new CertificateChain("localhost");
        var pfx = certificates.WritePfx(Path.Combine(_directory, "a.pfx"), "right");
        var pem = certificates.WritePem(Path.Combine(_directory, "a.pem"), Path.Combine(_directory, "a.key"));
        var wrongKey = Path.Combine(_directory, "b.key");
        others.WritePem(Path.Combine(_directory, "b.pem"), wrongKey);
        string[] wrong = ["--Tls:Certificate=" + pfx, "--Tls:Password=wrong"];

        await AssertRefusedAsync($"Tls:Certificate '{pfx}' cannot be used: ", ServerStart.On(Data, wrong));
        await AssertRefusedAsync($"Tls:Certificate '{pem}' cannot be used: ", ServerStart.On(Data, "--Tls:Certificate=" + pem));
        await AssertRefusedAsync(
            $"Check that '{wrongKey}' is the key of this certificate",
            ServerStart.On(Data, "--Tls:Certificate=" + pem, "--Tls:Key=" + wrongKey));
    }

    private static async Task AssertRefusedAsync(string words, ServerStart start, int exitCode = 1)
    {
        var (code, output) = await ServerProcess.RunToEndAsync(start);

        Assert.Contains(words, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Owner token", output, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
    }

    private async Task StartOnceAsync()
    {
        using var server = await ServerProcess.StartAsync(Data);
        Assert.Equal(0, await server.StopAsync());
    }

    private string[] FilesOf(string pattern) =>
        Directory.GetFiles(Path.Combine(Data, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern));
}
