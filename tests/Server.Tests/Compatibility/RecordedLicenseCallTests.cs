using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Telemetry.Server.Tests.Ingestion;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>Every recorded license call of the five apps, in every state that a license can be in.</summary>
public sealed class RecordedLicenseCallTests
{
    private const string Elsewhere = "https://elsewhere.example";

    private static readonly string[] Builds =
        [.. Recording.Licenses.Select(recording => recording.Build).Distinct().Order(StringComparer.Ordinal)];

    public static TheoryData<string, string, bool> Situations
    {
        get
        {
            var rows = new TheoryData<string, string, bool>();
            foreach (var build in Builds)
            {
                foreach (var (situation, good) in new[]
                {
                    ("valid", true), ("endless", true), ("grace", true), ("expired", false), ("revoked", false),
                    ("suspended", false), ("unknown", false), ("wrong app", false), ("elsewhere", false), ("later", false),
                })
                {
                    rows.Add(build, situation, good);
                }
            }

            return rows;
        }
    }

    [Fact]
    public void All_five_apps_are_recorded()
    {
        Assert.Equal(54, Recording.Licenses.Count);
        Assert.Equal(
            ["formvox-1.2.1", "intravox-2.3.1", "introvox-1.7.6", "metavox-2.0.5", "roomvox-1.1.0", "roomvox-1.4.0",
                "roomvox-1.4.0-dev2", "roomvox-1.6.0"], Builds);
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Recorded_calls_leave_the_app_in_the_right_state(string build, string situation, bool good)
    {
        await using var server = await TestServer.StartAsync();
        var calls = Recording.Licenses.Where(recording => recording.Build == build).ToList();
        await PrepareAsync(server, KeyOf(calls[0]), build, situation);

        // As the daily job calls them: the validation of a scenario, then its usage and limit.
        foreach (var call in calls.OrderBy(call => call.Scenario).ThenByDescending(call => call.Path.EndsWith("validate", StringComparison.Ordinal)))
        {
            var state = new VoxLicenseState(build);
            var (status, body) = await RecordedRequestTests.PostAsync(server, call);
            state.Receive(call.Path, (int)status, body);

            var isLimit = call.Path.EndsWith("limit", StringComparison.Ordinal);
            // The limit call names no app, so a license for another one counts there.
            Assert.Equal(good || (isLimit && situation == "wrong app"), state.LastCallSucceeded);
            if (call.Path.EndsWith("validate", StringComparison.Ordinal))
            {
                Assert.Equal(good ? true : build.StartsWith("intr", StringComparison.Ordinal) ? null : false, state.Valid);
                Assert.Equal(situation switch { "valid" => "2027-01-31", "grace" => "2026-11-15", "expired" => "2026-01-31", _ => null },
                    situation is "valid" or "grace" or "expired" ? state.ValidUntil : null);
            }

            if (good && !isLimit)
            {
                Assert.Equal(50, state.Limits!.Value.GetProperty("maxRooms").GetInt32());
                Assert.Equal(75, state.Limits.Value.GetProperty("maxPagesPerLanguage").GetInt32());
                Assert.False(state.Limits.Value.TryGetProperty("maxRoomGroups", out _));
            }

            if (!state.LastCallSucceeded)
            {
                Assert.InRange(state.Reason!.Length, 10, 120);
            }
        }
    }

    [Fact]
    public async Task The_previous_hash_that_newer_apps_send_for_ever_moves_the_place_once()
    {
        await using var server = await TestServer.StartAsync();
        const string Key = "RVOX-TEST-1234-5678-9ABC";
        var (license, _) = await server.IssueAsync(order => order.ExistingKey = Key);
        // Before its update the app named the host alone.
        await server.CheckAsync(Key, "cloud.example.org");

        foreach (var call in Recording.Licenses.Where(call => call.Build == "roomvox-1.4.0" && call.Scenario == "no-cli-url"))
        {
            Assert.Equal(HttpStatusCode.OK, (await RecordedRequestTests.PostAsync(server, call)).Status);
        }

        var usage = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        Assert.Single(usage.Instances);
        Assert.Equal(Wire.LicenseVerdict.BoundElsewhere, (await server.CheckAsync(Key, "cloud.example.org")).Decision.Verdict);
    }

    [Fact]
    public async Task Usage_keeps_what_is_limited_and_no_name()
    {
        await using var server = await TestServer.StartAsync();
        var (license, _) = await server.IssueAsync(order => order.ExistingKey = "RVOX-TEST-1234-5678-9ABC");
        await RecordedRequestTests.PostAsync(
            server, Recording.Licenses.Single(call => call.Name == "roomvox-1.4.0-enterprise" && call.Path.EndsWith("usage", StringComparison.Ordinal)));

        var usage = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);

        Assert.Equal(new Dictionary<string, ulong> { ["rooms"] = 5 }, usage.Instances.Single().Usage);
    }

    [Theory]
    [InlineData(75, true, 4, "")]
    [InlineData(4, true, 4, "")]
    [InlineData(3, false, 4, "en")]
    public async Task Pages_are_held_against_the_limit_per_language(ulong limit, bool allowed, int current, string exceeded)
    {
        await using var server = await TestServer.StartAsync();
        await server.IssueAsync(order =>
        {
            order.ExistingKey = "IVOX-TEST-1234-5678-9ABC";
            order.Limits["pages_per_language"] = limit;
        });

        var (_, body) = await RecordedRequestTests.PostAsync(server, Recording.Licenses.Single(call =>
            call.Name == "intravox-2.3.1-enterprise" && call.Path.EndsWith("limit", StringComparison.Ordinal)));

        var answer = JsonDocument.Parse(body).RootElement;
        Assert.Equal(allowed, answer.GetProperty("allowed").GetBoolean());
        Assert.Equal(current, answer.GetProperty("current").GetInt32());
        Assert.Equal((int)limit, answer.GetProperty("max").GetInt32());
        Assert.Equal(exceeded, string.Join(',', answer.GetProperty("exceededLanguages").EnumerateArray().Select(l => l.GetString())));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("{\"licenseKey\":5}", "licenseKey")]
    [InlineData("{\"licenseKey\":\"a\",\"licenseKey\":\"b\"}", "names a field twice")]
    [InlineData("{}", "appType")]
    [InlineData("{\"appType\":\"otherapp\"}", "appType")]
    [InlineData("{\"appType\":\"roomvox\"}", "licenseKey")]
    [InlineData("{\"appType\":\"roomvox\",\"licenseKey\":\"K\",\"instanceUrlHash\":\"x\"}", "instanceUrlHash")]
    [InlineData("{\"appType\":\"roomvox\",\"currentRooms\":-1}", "currentRooms")]
    [InlineData("{\"appType\":\"roomvox\",\"currentRooms\":1.5}", "currentRooms")]
    [InlineData("{\"appType\":\"roomvox\",\"pageCountsPerLanguage\":{\"en\":\"x\"}}", "pageCountsPerLanguage")]
    [InlineData("{\"appType\":\"roomvox\",\"pageCountsPerLanguage\":5}", "pageCountsPerLanguage")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{}}}}}}}}}", "8 levels")]
    public async Task A_malformed_call_is_refused_with_a_sentence_that_names_the_field(string body, string word)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in new[] { "validate", "usage" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await server.HttpClient.PostAsync("/api/licenses/" + path, content);
            var text = await response.Content.ReadAsStringAsync();

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.True(text.Length < 200);
            Assert.Contains(word, JsonDocument.Parse(text).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Twenty_thousand_mutated_calls_never_cause_a_server_error()
    {
        await using var server = await TestServer.StartAsync(settings: "Licensing:WrongKeysPerHour=0");
        var seeds = Recording.Licenses.Select(call => Encoding.UTF8.GetBytes(call.Raw)).ToArray();
        string[] paths = ["validate", "usage", "check-page-limit"];
        var statuses = new HashSet<int>();
        var mutations = new Mutations(new Random(20_261_124), seeds);
        for (var i = 0; i < 20_000; i++)
        {
            using var content = new ByteArrayContent(mutations.Next());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await server.HttpClient.PostAsync("/api/licenses/" + paths[i % 3], content);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Subset(new HashSet<int> { 200, 400, 413 }, statuses);
        Assert.Contains(200, statuses);
        Assert.Contains(400, statuses);
    }

    private static async Task PrepareAsync(TestServer server, string key, string build, string situation)
    {
        if (situation == "unknown")
        {
            return;
        }

        var now = server.Time.GetUtcNow();
        var app = build[..build.IndexOf('-', StringComparison.Ordinal)];
        var (license, _) = await server.IssueAsync(order =>
        {
            order.ExistingKey = key;
            order.Apps.Clear();
            order.Apps.Add(situation == "wrong app" ? (app == "roomvox" ? "metavox" : "roomvox") : app);
            order.Limits["pages_per_language"] = 75;
            order.InstancesAllowed = situation == "elsewhere" ? 1u : 100u;
            order.NotBefore = LicenseSamples.At(situation == "later" ? now.AddDays(1) : now.AddDays(-400));
            order.Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(10));
            order.ExpiresAt = situation switch
            {
                "valid" => LicenseSamples.At(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero)),
                "grace" => LicenseSamples.At(new DateTimeOffset(2026, 11, 15, 0, 0, 0, TimeSpan.Zero)),
                "expired" => LicenseSamples.At(new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero)),
                _ => null,
            };
        });
        switch (situation)
        {
            case "revoked":
                await server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
                break;
            case "suspended":
                await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
                break;
            case "elsewhere":
                await server.CheckAsync(key, Elsewhere, question => question.App = app);
                break;
        }
    }

    private static string KeyOf(Recording call) => JsonDocument.Parse(call.Raw).RootElement.GetProperty("licenseKey").GetString()!;
}
