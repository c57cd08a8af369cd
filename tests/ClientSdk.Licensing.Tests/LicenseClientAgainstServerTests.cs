using Telemetry.Client;
using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>The client against the real server: what the one signs, the other believes.</summary>
public sealed class LicenseClientAgainstServerTests
{
    private const string Url = "https://cloud.example.org";

    [Fact]
    public async Task A_license_is_checked_held_offline_and_ends_with_its_proof()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        var channel = ChannelOf(server);
        await using var client = LicenseClient.Open(channel, await OptionsAsync(server, key), time: server.Time);
        Assert.Equal(LicenseState.NeverChecked, client.Current.State);

        var status = await client.CheckAsync();
        Assert.True(status.Licensed, status.Message);
        Assert.Equal("enterprise", status.Edition);
        Assert.Equal(50ul, status.Limits["rooms"]);
        channel.Dispose();
        server.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        Assert.True(client.Current.Licensed);
        server.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LicenseState.OfflineTooLong, client.Current.State);
    }

    [Fact]
    public async Task Rotation_revocation_and_resumption_reach_the_client()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        using var channel = ChannelOf(server);
        await using var client = LicenseClient.Open(channel, await OptionsAsync(server, key), time: server.Time);
        Assert.True((await client.CheckAsync()).Licensed);

        await server.LicenseAdmin.RotateSigningKeyAsync(new(), server.Authorized);
        Assert.True((await client.CheckAsync()).Licensed);
        await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        var refused = await client.CheckAsync();
        Assert.Equal((LicenseState.Refused, Wire.LicenseVerdict.Suspended), (refused.State, refused.Verdict));
        Assert.Contains("suspended", refused.Message, StringComparison.Ordinal);
        await server.LicenseAdmin.ResumeLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);

        Assert.True((await client.CheckAsync()).Licensed);
    }

    [Fact]
    public async Task A_server_that_is_not_the_vendors_is_not_believed()
    {
        await using var vendors = await TestServer.StartAsync();
        await using var strangers = await TestServer.StartAsync();
        var (_, key) = await strangers.IssueAsync();
        using var channel = ChannelOf(strangers);
        await using var client = LicenseClient.Open(channel, await OptionsAsync(vendors, key), time: strangers.Time);

        var status = await client.CheckAsync();

        Assert.False(status.Licensed);
        Assert.Equal(LicenseState.ProofRejected, status.State);
    }

    [Fact]
    public async Task Usage_is_judged_by_the_licenses_limits_and_a_bad_name_is_told()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        using var channel = ChannelOf(server);
        await using var client = LicenseClient.Open(channel, await OptionsAsync(server, key), time: server.Time);

        var noted = await client.ReportUsageAsync(new Dictionary<string, ulong> { ["rooms"] = 51, ["desks"] = 3 });
        var invalid = await client.ReportUsageAsync(new Dictionary<string, ulong> { ["Rooms!"] = 1 });
        await server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        var refused = await client.ReportUsageAsync(new Dictionary<string, ulong> { ["rooms"] = 1 });

        var counted = Assert.IsType<LicenseUsageResult.Noted>(noted);
        Assert.Equal(50ul, counted.Limits["rooms"]);
        Assert.Equal(["rooms"], counted.Exceeded);
        Assert.Contains("usage must have at most 50 entries", Assert.IsType<LicenseUsageResult.Invalid>(invalid).Message, StringComparison.Ordinal);
        Assert.Equal(Wire.LicenseVerdict.Revoked, Assert.IsType<LicenseUsageResult.Refused>(refused).Verdict);
    }

    [Fact]
    public async Task A_released_place_is_free_for_another_installation()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        using var channel = ChannelOf(server);
        var options = await OptionsAsync(server, key);
        await using var leaving = LicenseClient.Open(channel, options, time: server.Time);
        await using var coming = LicenseClient.Open(
            channel, await OptionsAsync(server, key, "https://new.example.org"), time: server.Time);
        await leaving.CheckAsync();
        Assert.Equal(Wire.LicenseVerdict.BoundElsewhere, (await coming.CheckAsync()).Verdict);

        Assert.IsType<LicenseReleaseResult.Released>(await leaving.ReleaseAsync());
        Assert.True((await coming.CheckAsync()).Licensed);
        Assert.IsType<LicenseReleaseResult.NoSeat>(await leaving.ReleaseAsync());
    }

    private static TelemetryChannel ChannelOf(TestServer server) =>
        TelemetryChannel.For(new Uri("http://" + server.Native.Target));

    private static async Task<LicenseClientOptions> OptionsAsync(TestServer server, string key, string url = Url) => new()
    {
        Key = key,
        InstanceHash = InstanceHash.FromUrl(url),
        App = "roomvox",
        RootKeys = [(await server.Licenses.GetSigningKeysAsync(new())).Root.PublicKeyPem],
    };
}
