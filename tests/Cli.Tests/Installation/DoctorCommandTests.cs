using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Telemetry.Client;

namespace Telemetry.Cli.Tests.Installation;

public sealed partial class DoctorCommandTests
{
    [Fact]
    public async Task A_sound_installation_with_a_running_server_passes_every_check()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);

        var (code, output, error) = await app.RunAsync("doctor");
        var (_, json) = await app.RunJsonAsync("doctor");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            [
                "directory", "readable", "writable", "permissions", "state", "files", "app", "consent", "environment",
                "fields", "clock", "report", "schedule", "last-attempt", "name", "connect", "tls", "protocol", "server",
            ],
            Names(output));
        Assert.DoesNotMatch("(?m)^(warn|fail)", output);
        Assert.Equal("ok", json.GetProperty("result").GetString());
        Assert.Equal(
            ["name", "level", "message"], json.GetProperty("checks")[0].EnumerateObject().Select(field => field.Name));
        Assert.Equal(Names(output), json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()!));
        Assert.Equal(0, server.Store.Current.Number);
    }

    [Fact]
    public async Task With_gRPC_Web_the_HTTP_port_is_the_right_one()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(
            server.Http.OriginalString, server.Time, change: options => options.Transport = TelemetryTransport.GrpcWeb);

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(0, code);
        Assert.Matches("(?m)^ok +protocol +gRPC-Web over HTTP/1.1", output);
    }

    [Fact]
    public async Task Native_gRPC_to_a_port_that_speaks_only_HTTP_1_1_is_told_to_be_that()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server.Http.OriginalString, server.Time);

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(3, code);
        Assert.Matches("(?m)^ok +connect ", output);
        Assert.Matches("(?m)^fail +protocol +.*speaks only HTTP/1.1.*gRPC-Web", output);
    }

    [Fact]
    public async Task A_port_on_which_nothing_listens_fails_the_connection()
    {
        using var app = await InstalledApp.StartedAsync("http://127.0.0.1:1");

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(3, code);
        Assert.Matches("(?m)^fail +connect +No connection to 127.0.0.1 on port 1 ", output);
        Assert.Equal("connect", Names(output).Last());
    }

    [Fact]
    public async Task A_name_that_nobody_knows_fails_the_lookup()
    {
        using var app = await InstalledApp.StartedAsync("https://no-such-host.invalid:8443");

        var (code, json) = await app.RunJsonAsync("doctor");

        Assert.Equal(3, code);
        Assert.Equal("fail", json.GetProperty("result").GetString());
        var last = json.GetProperty("checks").EnumerateArray().Last();
        Assert.Equal(("name", "fail"), (last.GetProperty("name").GetString(), last.GetProperty("level").GetString()));
        Assert.Contains("no-such-host.invalid", last.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_fails_the_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeTlsOnceAsync(listener);
        using var app = await InstalledApp.StartedAsync($"https://{listener.LocalEndpoint}");

        var (code, output, _) = await app.RunAsync("doctor");
        await Patience.For(served, "the listener has seen the client go");

        Assert.Equal(3, code);
        Assert.Matches("(?m)^fail +tls +No trustworthy connection", output);
    }

    [Theory]
    [InlineData(ReportingMode.Off)]
    [InlineData(ReportingMode.Local)]
    public async Task Unless_reports_are_on_the_network_is_left_alone_until_somebody_asks(ReportingMode mode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var app = await InstalledApp.StartedAsync($"http://{listener.LocalEndpoint}", mode: mode);

        var (quiet, output, _) = await app.RunAsync("doctor");
        var connections = listener.Pending();
        listener.Stop();
        var (asked, more, _) = await app.RunAsync("doctor", "--connect");

        Assert.Equal((0, false), (quiet, connections));
        Assert.Matches("(?m)^skip +network +Not touched, because reports are (off|local); --connect", output);
        Assert.Equal(3, asked);
        Assert.Matches("(?m)^fail +connect ", more);
    }

    [Fact]
    public async Task With_reports_off_a_running_server_is_reached_when_somebody_asks()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server, ReportingMode.Off);

        var (code, output, _) = await app.RunAsync("doctor", "--connect");

        Assert.Equal(0, code);
        Assert.Matches("(?m)^ok +server +A Telemetry server answers", output);
        Assert.Equal("off", await app.ModeAsync());
    }

    [Fact]
    public async Task Only_the_first_step_is_taken_without_a_directory()
    {
        using var app = await InstalledApp.StartedAsync();
        Directory.Delete(app.State, recursive: true);
        var (missing, missingOutput, _) = await app.RunAsync("doctor");
        await File.WriteAllTextAsync(app.State, "");
        var (file, fileOutput, _) = await app.RunAsync("doctor");

        Assert.Equal((1, 1), (missing, file));
        Assert.Matches("^fail +directory +There is no .+ check that this is the directory that it uses.\n$", missingOutput);
        Assert.Matches("^fail +directory +.+ is a file.+\n$", fileOutput);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_fails()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a directory in which even root cannot make files.");

        var (code, output, _) = await CliRunner.RunAsync("", "doctor", "--state", "/sys/kernel");

        Assert.Equal(1, code);
        Assert.Matches("(?m)^fail +writable +This user cannot write it", output);
        Assert.Matches("(?m)^fail +app +No app has started", output);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_taken_fails_and_counts_more_than_the_network()
    {
        using var app = await InstalledApp.StartedAsync("http://127.0.0.1:1");
        File.Delete(Path.Combine(app.State, "lock"));
        Directory.CreateDirectory(Path.Combine(app.State, "lock"));

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(1, code);
        Assert.Matches("(?m)^fail +writable +This user cannot write it", output);
        Assert.Matches("(?m)^fail +connect ", output);
        Assert.DoesNotContain(Directory.GetFiles(app.State), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lock_that_the_app_holds_just_now_is_no_failure()
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.Local);
        await using var held = File.Open(Path.Combine(app.State, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(0, code);
        Assert.Matches("(?m)^ok +writable ", output);
    }

    [Fact]
    public async Task A_damaged_state_file_fails_and_nothing_is_asked_of_the_network()
    {
        using var app = await InstalledApp.StartedAsync();
        await File.WriteAllTextAsync(Path.Combine(app.State, "state.json"), "{");
        await File.WriteAllTextAsync(Path.Combine(app.State, "sent.json"), "[");

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(1, code);
        Assert.Matches("(?m)^fail +state +.*state.json is damaged. Decide again", output);
        Assert.Matches("(?m)^warn +files +Damaged: .*sent.json", output);
        Assert.Matches("(?m)^fail +consent ", output);
        Assert.Matches("(?m)^skip +network ", output);
    }

    [Theory]
    [InlineData("state.json", UnixFileMode.OtherWrite, 1, "fail")]
    [InlineData("", UnixFileMode.OtherWrite, 1, "fail")]
    [InlineData("", UnixFileMode.GroupWrite, 0, "warn")]
    [InlineData("app.json", UnixFileMode.OtherRead, 0, "warn")]
    [InlineData("", UnixFileMode.OtherRead, 0, "ok")]
    public async Task Files_that_are_open_to_others_are_told(string file, UnixFileMode mode, int expected, string level)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.Local);
        var path = Path.Combine(app.State, file).TrimEnd('/');
#pragma warning disable CA1416 // Skipped on Windows above.
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | mode);
#pragma warning restore CA1416

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(expected, code);
        Assert.Matches($"(?m)^{level} +permissions ", output);
    }

    [Fact]
    public async Task An_app_that_has_not_run_for_days_is_noticed()
    {
        using var app = await InstalledApp.StartedAsync();
        app.Time.Advance(TimeSpan.FromDays(3));

        var (_, output, _) = await app.RunAsync("doctor");

        Assert.Matches("(?m)^warn +report +.*3 days ago. It seems not to run", output);
        Assert.Matches("(?m)^warn +schedule +A report was due on ", output);
    }

    [Fact]
    public async Task A_clock_that_went_back_or_differs_from_the_servers_is_noticed()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(
            "http://" + server.Native.Target, new(server.Time.GetUtcNow().AddHours(-5)));
        await app.RunAsync("send");
        var (_, differs, _) = await app.RunAsync("doctor");
        app.Time.AdjustTime(app.Time.GetUtcNow().AddDays(-1));
        var (_, back, _) = await app.RunAsync("doctor");

        Assert.Matches("(?m)^warn +clock +.*the server's were 5 hours apart", differs);
        Assert.Matches("(?m)^warn +clock +This machine's clock says 2026-11-19 07:00:00 UTC, and the app did something at", back);
    }

    [Fact]
    public async Task How_the_last_attempt_ended_is_told()
    {
        using var app = await InstalledApp.StartedAsync("http://127.0.0.1:1");
        await app.RunAsync("send");

        var (_, output, _) = await app.RunAsync("doctor");

        Assert.Matches("(?m)^warn +last-attempt +2026-11-20 12:00:00 UTC: Nothing listens at", output);
    }

    [Fact]
    public async Task An_environment_that_switches_off_is_told_to_be_this_commands_own()
    {
        using var app = await InstalledApp.StartedAsync();
        app.Variables["DO_NOT_TRACK"] = "1";

        var (code, output, _) = await app.RunAsync("doctor");

        Assert.Equal(0, code);
        Assert.Matches("(?m)^warn +environment +DO_NOT_TRACK is '1', which switches off.* the app's own environment can differ", output);
        Assert.Matches("(?m)^skip +network ", output);
    }

    private static IEnumerable<string> Names(string output) => Line().Matches(output).Select(line => line.Groups[1].Value);

    private static async Task<bool> ServeTlsOnceAsync(TcpListener listener)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=somebody.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var connection = await listener.AcceptTcpClientAsync();
        await using var secure = new SslStream(connection.GetStream());
        try
        {
            await secure.AuthenticateAsServerAsync(certificate);
            return await secure.ReadAsync(new byte[1]) == 0;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return true;
        }
    }

    [GeneratedRegex("(?m)^(?:ok|skip|warn|fail) +([a-z-]+) ")]
    private static partial Regex Line();
}
