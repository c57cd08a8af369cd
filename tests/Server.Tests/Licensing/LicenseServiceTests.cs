using Google.Protobuf;
using Grpc.Core;
using Google.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>Licenses through the front door: seats, moves, leases, usage, refusals.</summary>
public sealed class LicenseServiceTests
{
    [Fact]
    public async Task The_first_check_takes_the_seat_and_a_second_installation_is_refused_until_it_is_released()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();

        var first = await server.CheckAsync(key, "https://a.example");
        var again = await server.CheckAsync(key, "https://a.example");
        var second = await server.CheckAsync(key, "https://b.example");

        Assert.Equal(Wire.LicenseVerdict.Valid, first.Decision.Verdict);
        Assert.True(first.Decision.Licensed);
        Assert.Equal("enterprise", first.Edition);
        Assert.Equal(50ul, first.Limits["rooms"]);
        Assert.Equal(Wire.LicenseVerdict.Valid, again.Decision.Verdict);
        Assert.Equal(Wire.LicenseVerdict.BoundElsewhere, second.Decision.Verdict);
        Assert.False(second.Decision.Licensed);
        Assert.Empty(second.Limits);
        Assert.Contains("Release", second.Decision.NextStep, StringComparison.Ordinal);
        Assert.NotNull(second.Decision.Until);
        Assert.Equal(1u, (await GetAsync(server, license)).Instances);

        var release = new Wire.ReleaseInstanceRequest { LicenseKey = key, InstanceHash = SampleReports.HashOf("https://a.example") };
        Assert.True((await server.Licenses.ReleaseInstanceAsync(release)).Released);
        Assert.False((await server.Licenses.ReleaseInstanceAsync(release)).Released);
        Assert.Equal(Wire.LicenseVerdict.Valid, (await server.CheckAsync(key, "https://b.example")).Decision.Verdict);
    }

    [Fact]
    public async Task First_checks_of_one_installation_at_the_same_time_take_one_seat_and_are_all_answered()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        server.HeldStore.Hold();

        var checks = Enumerable.Range(0, 8).Select(_ => server.CheckAsync(key)).ToList();
        server.HeldStore.Release();
        var answers = await Patience.For(Task.WhenAll(checks), "every check is answered");

        Assert.All(answers, answer => Assert.Equal(Wire.LicenseVerdict.Valid, answer.Decision.Verdict));
        Assert.Equal(1u, (await GetAsync(server, license)).Instances);
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request());
    }

    [Fact]
    public async Task Seats_survive_a_restart_and_lapse_without_checks()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        try
        {
            string key;
            await using (var server = await TestServer.StartAsync(data))
            {
                (_, key) = await server.IssueAsync();
                await server.CheckAsync(key, "https://a.example");
            }

            var later = new DateTimeOffset(2026, 12, 20, 12, 0, 0, TimeSpan.Zero);
            await using (var server = await TestServer.StartAsync(data, later))
            {
                // Day 30 is the lease's last; checking on it renews it, and stopping writes that down.
                Assert.Equal(Wire.LicenseVerdict.BoundElsewhere, (await server.CheckAsync(key, "https://b.example")).Decision.Verdict);
                Assert.True((await server.CheckAsync(key, "https://a.example")).Decision.Licensed);
            }

            await using (var server = await TestServer.StartAsync(data, later.AddDays(30)))
            {
                Assert.Equal(Wire.LicenseVerdict.BoundElsewhere, (await server.CheckAsync(key, "https://b.example")).Decision.Verdict);
                server.Time.Advance(TimeSpan.FromDays(1));
                Assert.True((await server.CheckAsync(key, "https://b.example")).Decision.Licensed);
                Assert.Equal(Wire.LicenseVerdict.BoundElsewhere, (await server.CheckAsync(key, "https://a.example")).Decision.Verdict);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_new_hash_with_the_previous_one_moves_the_place_and_counts_once()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        await server.CheckAsync(key, "cloud.example.org");

        // The apps send the previous hash on every call, for ever.
        for (var i = 0; i < 3; i++)
        {
            var moved = await server.CheckAsync(key, "https://cloud.example.org", question =>
                question.PreviousInstanceHash = SampleReports.HashOf("cloud.example.org"));
            Assert.True(moved.Decision.Licensed);
        }

        Assert.Equal(1u, (await GetAsync(server, license)).Instances);
        Assert.Equal(
            Wire.LicenseVerdict.BoundElsewhere, (await server.CheckAsync(key, "cloud.example.org")).Decision.Verdict);
    }

    [Fact]
    public async Task Several_places_are_counted_and_overage_is_let_in_where_the_license_says_so()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync(order => order.InstancesAllowed = 2);
        Assert.True((await server.CheckAsync(key, "https://1.example")).Decision.Licensed);
        Assert.True((await server.CheckAsync(key, "https://2.example")).Decision.Licensed);
        Assert.Equal(Wire.LicenseVerdict.SeatsExceeded, (await server.CheckAsync(key, "https://3.example")).Decision.Verdict);

        await server.LicenseAdmin.ChangeLicenseAsync(
            new()
            {
                LicenseId = license.LicenseId,
                OveragePolicy = Wire.OveragePolicy.Allow,
                UpdateMask = LicenseSamples.Mask("overage_policy"),
            },
            server.Authorized);

        Assert.True((await server.CheckAsync(key, "https://3.example")).Decision.Licensed);
        var usage = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        Assert.Equal(3, usage.Instances.Count);
        Assert.Equal(3u, usage.License.Instances);
    }

    [Fact]
    public async Task Many_installations_at_once_never_get_more_places_than_there_are()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync(order => order.InstancesAllowed = 5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => server.CheckAsync(key, $"https://{i}.example")));

        Assert.Equal(5, answers.Count(answer => answer.Decision.Licensed));
        Assert.Equal(5u, (await GetAsync(server, license)).Instances);
    }

    [Fact]
    public async Task Every_verdict_has_its_sentence_and_next_step()
    {
        await using var server = await TestServer.StartAsync();
        var now = server.Time.GetUtcNow();
        var (grace, graceKey) = await server.IssueAsync(order =>
        {
            order.ExpiresAt = LicenseSamples.At(now.AddDays(1));
            order.Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(10));
        });
        var (_, laterKey) = await server.IssueAsync(order => order.NotBefore = LicenseSamples.At(now.AddDays(100)));
        var (suspended, suspendedKey) = await server.IssueAsync();
        await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = suspended.LicenseId }, server.Authorized);
        var (revoked, revokedKey) = await server.IssueAsync();
        await server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = revoked.LicenseId }, server.Authorized);
        var typo = graceKey[..^1] + (graceKey[^1] == 'Q' ? 'P' : 'Q');

        await ExpectAsync(graceKey, Wire.LicenseVerdict.Valid, "valid until 2026-11-21", "");
        server.Time.Advance(TimeSpan.FromDays(2));
        await ExpectAsync(graceKey, Wire.LicenseVerdict.ValidInGrace, "expired on 2026-11-21 and still counts until 2026-12-01", "Renew it before 2026-12-01");
        server.Time.Advance(TimeSpan.FromDays(9));
        await ExpectAsync(graceKey, Wire.LicenseVerdict.Expired, "expired on 2026-11-21", "Renew");
        await ExpectAsync(laterKey, Wire.LicenseVerdict.NotYetValid, "begins on 2027-02-28", "Nothing to do: it counts from 2027-02-28");
        await ExpectAsync(suspendedKey, Wire.LicenseVerdict.Suspended, "suspended", "Ask the vendor");
        await ExpectAsync(revokedKey, Wire.LicenseVerdict.Revoked, "revoked", "Ask the vendor");
        await ExpectAsync(typo, Wire.LicenseVerdict.MalformedKey, "not a license key", "Copy the whole key");
        await ExpectAsync(
            Telemetry.Server.Licensing.LicenseKey.Create("RVOX"), Wire.LicenseVerdict.NotFound, "No license", "Compare the key");
        var wrongApp = await server.CheckAsync(graceKey, change: question => question.App = "metavox");
        Assert.Equal(Wire.LicenseVerdict.WrongApp, wrongApp.Decision.Verdict);

        await server.LicenseAdmin.ChangeLicenseAsync(
            new() { LicenseId = grace.LicenseId, UpdateMask = LicenseSamples.Mask("expires_at") }, server.Authorized);
        await ExpectAsync(graceKey, Wire.LicenseVerdict.Valid, "The license is valid.", "");
        var resumed = await server.LicenseAdmin.ResumeLicenseAsync(new() { LicenseId = suspended.LicenseId }, server.Authorized);
        Assert.Equal(Wire.LicenseState.Active, resumed.License.State);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.LicenseAdmin.ResumeLicenseAsync(new() { LicenseId = revoked.LicenseId }, server.Authorized));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);

        async Task ExpectAsync(string key, Wire.LicenseVerdict verdict, string message, string nextStep)
        {
            var decision = (await server.CheckAsync(key)).Decision;
            Assert.Equal(verdict, decision.Verdict);
            Assert.Contains(message, decision.Message, StringComparison.Ordinal);
            Assert.StartsWith(nextStep, decision.NextStep, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Usage_is_kept_for_what_the_license_limits_and_told_when_it_exceeds()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync();
        var report = new Wire.ReportLicenseUsageRequest
        {
            LicenseKey = key,
            InstanceHash = SampleReports.HashOf("https://a.example"),
            App = "roomvox",
            Usage = { ["rooms"] = 51, ["users"] = 1_234 },
        };

        var response = await server.Licenses.ReportLicenseUsageAsync(report);
        var usage = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);

        Assert.Equal(Wire.LicenseVerdict.Valid, response.Decision.Verdict);
        Assert.Equal(["rooms"], response.Exceeded);
        Assert.Equal(new Dictionary<string, ulong> { ["rooms"] = 51 }, usage.Instances.Single().Usage);
    }

    [Fact]
    public async Task Who_tries_many_wrong_keys_must_wait_and_who_has_a_place_never()
    {
        await using var server = await TestServer.StartAsync(settings: "Licensing:WrongKeysPerHour=5");
        var (_, key) = await server.IssueAsync();
        var (_, unused) = await server.IssueAsync();
        await server.CheckAsync(key);
        for (var i = 0; i < 5; i++)
        {
            Assert.False((await server.CheckAsync($"GUESS-{i}")).Decision.Licensed);
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => server.CheckAsync("GUESS-6"));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("TOO_MANY_WRONG_KEYS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Contains("welcome at 2026-11-20 13:00 UTC", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(1), refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        // A good key that is new to this caller would be a hit: it is not told apart either.
        await Assert.ThrowsAsync<RpcException>(() => server.CheckAsync(unused));
        Assert.True((await server.CheckAsync(key)).Decision.Licensed);

        server.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await server.CheckAsync(unused)).Decision.Licensed);
    }

    [Fact]
    public async Task When_the_store_cannot_commit_no_place_is_given_and_known_places_go_on()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        var (_, key) = await server.IssueAsync(order => order.InstancesAllowed = 2);
        await server.CheckAsync(key, "https://a.example");
        server.HeldStore.Broken = "No space left on device";

        var refusal = await Assert.ThrowsAsync<RpcException>(() => server.CheckAsync(key, "https://b.example"));
        var issue = await Assert.ThrowsAsync<RpcException>(() => server.IssueAsync());

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal(StatusCode.Unavailable, issue.StatusCode);
        Assert.True((await server.CheckAsync(key, "https://a.example")).Decision.Licensed);
        server.HeldStore.Broken = null;
        Assert.True((await server.CheckAsync(key, "https://b.example")).Decision.Licensed);
    }

    [Fact]
    public async Task What_is_out_of_form_is_refused_with_the_field_and_the_rule()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();

        await ExpectAsync("license_key", question => question.LicenseKey = "");
        await ExpectAsync("license_key", question => question.LicenseKey = new string('K', 257));
        await ExpectAsync("instance_hash", question => question.InstanceHash = "abc");
        await ExpectAsync("previous_instance_hash", question => question.PreviousInstanceHash = "abc");
        await ExpectAsync("app", question => question.App = "");
        await ExpectAsync("app", question => question.App = "no-such-app");
        await ExpectAsync("app", question => question.App = "RoomVox");
        await ExpectAsync("nonce", question => question.Nonce = ByteString.Empty);
        await ExpectAsync("nonce", question => question.Nonce = ByteString.CopyFrom(new byte[65]));
        Assert.Empty((await server.CheckAsync(key, change: question =>
        {
            question.Nonce = ByteString.Empty;
            question.WithoutToken = true;
        })).Token);

        async Task ExpectAsync(string field, Action<Wire.CheckLicenseRequest> change)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => server.CheckAsync(key, change: change));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.Equal(field, refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
        }
    }

    private static async Task<Wire.License> GetAsync(TestServer server, Wire.License license) =>
        (await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized)).License;
}
