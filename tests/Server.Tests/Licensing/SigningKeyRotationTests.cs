using System.Globalization;
using Grpc.Core;
using Grpc.Health.V1;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

public sealed class SigningKeyRotationTests : IDisposable
{
    private const string NotRotated = "A new signing key is due and cannot be made";
    private const string Rotated = "signs from now on";
    private static readonly TimeSpan Due = TimeSpan.FromDays(90);

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-rotation-").FullName;

    private string Keys => Path.Combine(_data, "signing");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Without_its_directory_the_server_goes_on_with_the_old_key_says_so_and_tries_again()
    {
        await using var server = await TestServer.StartAsync(_data);
        server.ExpectsErrors = true;
        Directory.Move(Keys, Keys + ".away");

        server.Time.Advance(Due);
        await server.Logs.WaitForAsync(NotRotated);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            "ready, but degraded\nA new signing key is due and cannot be made; see the server's log.\n",
            await server.HttpClient.GetStringAsync("/healthz"));
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(server.Native).CheckAsync(new HealthCheckRequest())).Status);
        Assert.False(Directory.Exists(Keys));

        Directory.Move(Keys + ".away", Keys);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.Logs.WaitForAsync(Rotated);
        Assert.Equal("ready\n", await server.HttpClient.GetStringAsync("/healthz"));
        Assert.Equal(2, Directory.GetFiles(Keys, "signing-*.pem").Length);
        Assert.Single(server.Logs.Lines, line => line.Text.Contains(NotRotated, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_directory_in_the_place_of_the_keys_gets_none()
    {
        await using var server = await TestServer.StartAsync(_data);
        server.ExpectsErrors = true;
        Directory.Move(Keys, Keys + ".away");
        Directory.CreateDirectory(Keys);

        server.Time.Advance(Due);

        await server.Logs.WaitForAsync("The root key is no longer in '");
        Assert.Empty(Directory.GetFileSystemEntries(Keys));
    }

    [Fact]
    public async Task A_start_goes_on_with_the_old_key_when_a_new_one_is_due_and_cannot_be_written()
    {
        DateTimeOffset later;
        await using (var first = await TestServer.StartAsync(_data))
        {
            later = first.Time.GetUtcNow() + Due;
        }

        // Where the new key would be written lies a directory.
        Directory.CreateDirectory(Path.Combine(
            Keys, string.Create(CultureInfo.InvariantCulture, $"signing-{later.ToUnixTimeSeconds()}.pem.new")));

        await using var server = await TestServer.StartAsync(_data, later);
        server.ExpectsErrors = true;

        await server.Logs.WaitForAsync(NotRotated);
        Assert.StartsWith("ready, but degraded", await server.HttpClient.GetStringAsync("/healthz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotation_that_was_asked_for_and_fails_is_refused_in_words()
    {
        await using var server = await TestServer.StartAsync(_data);
        Directory.Move(Keys, Keys + ".away");

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.LicenseAdmin.RotateSigningKeyAsync(new(), server.Authorized));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("Put the directory back, with all its keys.", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_key_is_made_for_a_new_server_and_never_beside_data_or_signing_keys()
    {
        Assert.Throws<SigningKeyException>(() => new SigningKeyFiles(Keys, dataExists: true).Read());
        Assert.False(Directory.Exists(Keys));

        Assert.Null(new SigningKeyFiles(Keys, dataExists: false).Read().Root);
        var files = new SigningKeyFiles(Keys, dataExists: false);
        using var key = SigningKey.Create(DateTimeOffset.UnixEpoch);
        files.WriteRoot(key);
        files.WriteSigning(key);
        File.Delete(Path.Combine(Keys, "root-0.pem"));

        Assert.Throws<SigningKeyException>(() => files.Read());
    }
}
