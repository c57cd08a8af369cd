using System.Net.Http.Headers;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Telemetry.Server.Tests.Transcoding;

/// <summary>The contract's calls as JSON over HTTP: the same answers, the same guards, the same refusals.</summary>
public sealed class TranscodedCallsTests
{
    private const string Malformed = "REQUEST_MALFORMED";
    private const string Invalid = "REQUEST_INVALID";
    private const string Unknown = "METHOD_UNKNOWN";

    /// <summary>Method, path and body; then the HTTP status, the reason, and the field that is named.</summary>
    private static readonly (string Method, string Path, string? Body, int Status, string Reason, string Field)[] Refusals =
    [
        ("GET", "/v1", null, 404, Unknown, ""),
        ("GET", "/v1/other", null, 404, Unknown, ""),
        ("POST", "/v1/licenses/ABC:other", "{}", 404, Unknown, ""),
        ("DELETE", "/v1/apps", null, 404, Unknown, ""),
        ("PUT", "/v1/licenses/ABC", "{}", 405, Unknown, ""),
        ("GET", "/v1/reports", null, 405, Unknown, ""),
        ("GET", "/v1/reports/0", null, 400, Invalid, "number"),
        ("GET", "/v1/reports/secret", null, 400, Invalid, "number"),
        ("GET", "/v1/reports/-1", null, 400, Invalid, "number"),
        ("GET", "/v1/reports/18446744073709551616", null, 400, Invalid, "number"),
        ("GET", "/v1/reports/7", null, 404, "NOT_FOUND", ""),
        ("GET", "/v1/apps/other", null, 404, "NOT_FOUND", ""),
        ("GET", "/v1/instances?page_size=secret", null, 400, Invalid, "page_size"),
        ("GET", "/v1/instances?page_size=1&page_size=2", null, 400, Invalid, "page_size"),
        ("GET", "/v1/instances?filter.verdicts=secret", null, 400, Invalid, "filter.verdicts"),
        ("GET", "/v1/instances?secret=2", null, 400, Invalid, "query"),
        ("GET", "/v1/instances?page_size.secret=2", null, 400, Invalid, "query"),
        ("GET", "/v1/instances?filter.fields=secret", null, 400, Invalid, "filter.fields"),
        ("GET", "/v1/instances?filter.first_seen.start_time=secret", null, 400, Invalid, "filter.first_seen.start_time"),
        ("POST", "/v1/instances:search", "{\"filter\":{\"fields\":[{\"secret\":1}]}}", 400, Invalid, "filter.fields"),
        ("GET", "/v1/events?after=1&beginning=1", null, 400, Invalid, "beginning"),
        ("GET", "/v1/server?secret=true", null, 400, Invalid, "query"),
        ("GET", "/v1/apps/roomvox?app=secret", null, 400, Invalid, "query"),
        ("POST", "/v1/licenses?edition=secret", "{}", 400, Invalid, "query"),
        ("POST", "/v1/licenses", "{}", 400, Invalid, "customer_reference"),
        ("POST", "/v1/licenses", "", 400, Malformed, ""),
        ("POST", "/v1/licenses", "[]", 400, Malformed, ""),
        ("POST", "/v1/licenses", "{\"apps\":", 400, Malformed, ""),
        ("POST", "/v1/licenses", "{\"edition\":\"a\",\"edition\":\"b\"}", 400, Malformed, ""),
        ("POST", "/v1/licenses", "{\"apps\":\"secret\"}", 400, Invalid, "apps"),
        ("POST", "/v1/licenses", "{\"apps\":[1]}", 400, Invalid, "apps"),
        ("POST", "/v1/licenses", "{\"instancesAllowed\":4294967297}", 400, Invalid, "instances_allowed"),
        ("POST", "/v1/licenses", "{\"instances_allowed\":1.5}", 400, Invalid, "instances_allowed"),
        ("POST", "/v1/licenses", "{\"secret\":\"a\"}", 400, Invalid, "body"),
        ("POST", "/v1/licenses", "{\"expiresAt\":\"secret\"}", 400, Invalid, "expires_at"),
        ("POST", "/v1/licenses", "{\"grace\":3600}", 400, Invalid, "grace"),
        ("POST", "/v1/licenses", "{\"overagePolicy\":\"secret\"}", 400, Invalid, "overage_policy"),
        ("POST", "/v1/licenses", "{\"limits\":{\"secret\":-1}}", 400, Invalid, "limits"),
        ("POST", "/v1/licenses", "{\"limits\":[]}", 400, Invalid, "limits"),
        ("POST", "/v1/apps", "{\"descriptorSet\":\"#secret#\"}", 400, Invalid, "descriptor_set"),
        ("POST", "/v1/apps", "{\"descriptorSet\":\"AAAA\"}", 400, "CONTRACT_INVALID", ""),
        ("POST", "/v1/apps", "{\"validateOnly\":\"true\"}", 400, Invalid, "validate_only"),
        ("PATCH", "/v1/licenses/ABC", "{}", 400, Invalid, "update_mask"),
        ("PATCH", "/v1/licenses/ABC", "{\"updateMask\":7}", 400, Invalid, "update_mask"),
        ("POST", "/v1/licenses/ABC:revoke", "{}", 400, Invalid, "license_id"),
        ("POST", "/v1/licenses/0123456789abcdef:revoke", "{}", 404, "NOT_FOUND", ""),
        ("POST", "/v1/licenses:check", "{}", 400, Invalid, "nonce"),
        ("POST", "/v1/instances:find", "{\"instanceId\":\"a\",\"instanceHash\":\"b\"}", 400, Malformed, ""),
        ("GET", "/v1/events?heartbeat_interval=1h", null, 400, Invalid, "heartbeat_interval"),
        ("GET", "/v1/events?heartbeat_interval=3600s", null, 400, Invalid, "heartbeat_interval"),
        ("POST", "/v1/events:stream", "{\"filter\":{\"secret\":[]}}", 400, Invalid, "filter"),
        ("POST", "/v1/events:stream", "{\"filter\":{\"kinds\":[\"secret\"]}}", 400, Invalid, "filter.kinds"),
    ];

    [Fact]
    public async Task Refusals_are_those_of_the_contract_name_the_field_and_never_repeat_the_input()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var (method, path, body, status, reason, field) in Refusals)
        {
            var (actual, refusal) = await JsonCalls.CallAsync(server, method, path, body);

            var words = $"{method} {path} {body}: {actual} {refusal.ToJsonString()}";
            Assert.True(status == actual, words);
            Assert.True(reason == JsonCalls.ReasonOf(refusal), words);
            Assert.DoesNotContain("secret", refusal.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", refusal.ToJsonString(), StringComparison.Ordinal);
            Assert.True(field.Length == 0 || refusal.ToJsonString().Contains($"\"field\":\"{field}\"", StringComparison.Ordinal), words);
        }
    }

    /// <summary>Every call of the contract that has a path is there, and guarded as over gRPC.</summary>
    [Fact]
    public async Task Every_rule_of_the_contract_leads_to_its_call_and_admins_calls_need_a_token()
    {
        await using var server = await TestServer.StartAsync();
        var rules = HttpRules.All.ToList();
        Assert.InRange(rules.Count, 28, 60);
        foreach (var (call, verb, path, hasBody) in rules)
        {
            using var request = JsonCalls.Request(server, verb, HttpRules.Filled(path), hasBody ? "{}" : null);
            request.Headers.Authorization = null;
            using var response = await server.HttpClient.SendAsync(request);

            var words = $"{verb} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
            var isOpen = call.Service.Name is "ReportingService" or "LicenseService" or "OwnDataService";
            Assert.True((int)response.StatusCode is 401 == !isOpen, words);
            Assert.True((int)response.StatusCode is 200 or 400 or 401 || words.Contains("NOT_FOUND", StringComparison.Ordinal), words);
        }
    }

    [Fact]
    public async Task No_value_of_any_type_in_any_field_makes_the_server_fail()
    {
        string[] values =
        [
            "null", "true", "1", "-1", "1.5", "1e300", "18446744073709551616", "\"x\"", "\"\"", "\"1\"", "[]", "{}", "[null]", "[1]", "[[]]", "[{}]",
            "{\"a\":null}", "{\"a\":1}", "{\"a\":{}}", "{\"\":\"\"}", "\"9999-99-99T00:00:00Z\"", "\"-1s\"", "\"a..b\"", "\"\\u0000\"",
        ];
        await using var server = await TestServer.StartAsync();
        foreach (var (call, verb, path, _) in HttpRules.All.Where(rule => rule.HasBody && !rule.Call.IsServerStreaming))
        {
            foreach (var field in call.InputType.Fields.InDeclarationOrder())
            {
                foreach (var value in values)
                {
                    var (status, answer) = await JsonCalls.CallAsync(server, verb, HttpRules.Filled(path), $$"""{"{{field.JsonName}}":{{value}}}""");

                    Assert.True(status is 200 or 400 or 404, $"{verb} {path} {field.Name} {value}: {status} {answer.ToJsonString()}");
                    Assert.True(status == 200 || JsonCalls.ReasonOf(answer) != "INTERNAL_ERROR");
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer wrong")]
    public async Task Without_a_known_token_an_admins_call_is_401_and_says_which_scheme(string authorization)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/instances");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await server.HttpClient.SendAsync(request);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("TOKEN_", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_license_is_issued_changed_checked_and_revoked_by_shell()
    {
        await using var server = await TestServer.StartAsync();

        var issued = await JsonCalls.GoodAsync(server, "POST", "/v1/licenses", """
            {"customerReference": "C-1", "apps": ["roomvox"], "limits": {"rooms": "50"}, "expiresAt": "2027-12-31T00:00:00Z", "grace": "86400s"}
            """);
        var id = (string)issued["license"]!["licenseId"]!;
        var changed = await JsonCalls.GoodAsync(
            server, "PATCH", $"/v1/licenses/{id}", """{"updateMask": "edition,instancesAllowed", "edition": "gold", "instancesAllowed": 3}""");
        var check = $$"""{"licenseKey": "{{issued["licenseKey"]}}", "instanceHash": "{{SampleReports.HashOf("https://a.example")}}", "app": "roomvox", "withoutToken": true}""";
        var good = await JsonCalls.GoodAsync(server, "POST", "/v1/licenses:check", check);
        var found = await JsonCalls.GoodAsync(server, "POST", "/v1/licenses:find", $$"""{"licenseKey": "{{issued["licenseKey"]}}"}""");
        var revoked = await JsonCalls.GoodAsync(server, "POST", $"/v1/licenses/{id}:revoke", "{}");
        var bad = await JsonCalls.GoodAsync(server, "POST", "/v1/licenses:check", check);

        Assert.Equal("gold", (string?)changed["license"]!["edition"]);
        Assert.Equal("50", (string?)good["limits"]!["rooms"]);
        Assert.Equal(id, (string?)found["license"]!["licenseId"]);
        Assert.Equal("LICENSE_STATE_REVOKED", (string?)revoked["license"]!["state"]);
        Assert.NotEqual(good["decision"]!["verdict"]!.ToJsonString(), bad["decision"]!["verdict"]!.ToJsonString());
        var one = await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = id }, server.Authorized);
        JsonCalls.AssertSame(
            System.Text.Json.Nodes.JsonNode.Parse(JsonFormatter.Default.Format(one))!, await JsonCalls.GoodAsync(server, "GET", $"/v1/licenses/{id}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/grpc")]
    [InlineData("application/json; charset=utf-16")]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        await using var server = await TestServer.StartAsync();
        using var request = JsonCalls.Request(server, "POST", "/v1/licenses", "{}");
        request.Content!.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        using var response = await server.HttpClient.SendAsync(request);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains(Malformed, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_where_no_body_is_read_is_of_no_interest()
    {
        await using var server = await TestServer.StartAsync();
        using var request = JsonCalls.Request(server, "GET", "/v1/server");
        request.Content = new ByteArrayContent([1, 2, 3]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=klingon");

        var (status, answer) = await JsonCalls.SendAsync(server, request);

        Assert.True(status == 200, answer.ToJsonString());
    }

    [Fact]
    public async Task More_than_a_contract_can_need_is_not_read()
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, field, length) in new[]
        {
            ("/v1/apps", "descriptorSet", 1_600_000), ("/v1/licenses:check", "licenseKey", 70_000), ("/v1/instances:search", "pageToken", 70_000),
        })
        {
            var (status, refusal) = await JsonCalls.CallAsync(server, "POST", path, $$"""{"{{field}}":"{{new string('A', length)}}"}""");

            Assert.Equal(413, status);
            Assert.Equal("MESSAGE_TOO_LARGE", JsonCalls.ReasonOf(refusal));
        }
    }

    [Fact]
    public async Task A_page_of_another_origin_changes_nothing_and_an_allowed_one_may()
    {
        await using var server = await TestServer.StartAsync(settings: "Cors:Origins:0=https://admin.example");
        foreach (var (method, path) in new[] { ("POST", "/v1/licenses"), ("PATCH", "/v1/licenses/ABC") })
        {
            using var evil = JsonCalls.Request(server, method, path, "{}");
            evil.Headers.Add("Origin", "https://evil.example");
            var (status, refusal) = await JsonCalls.SendAsync(server, evil);
            Assert.Equal(403, status);
            Assert.Equal("ORIGIN_NOT_ALLOWED", JsonCalls.ReasonOf(refusal));

            using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
            preflight.Headers.Add("Origin", "https://admin.example");
            preflight.Headers.Add("Access-Control-Request-Method", method);
            preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
            using var answer = await server.HttpClient.SendAsync(preflight);
            Assert.True(answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.Contains(method, string.Join(",", answer.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_caller_with_too_many_requests_is_told_when_to_come_back()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:RequestsPerMinute=1");
        await JsonCalls.GoodAsync(server, "GET", "/v1/signingKeys");
        using var request = JsonCalls.Request(server, "GET", "/v1/signingKeys");

        using var response = await server.HttpClient.SendAsync(request);

        Assert.Equal(429, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        var refusal = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("TOO_MANY_REQUESTS", JsonCalls.ReasonOf(refusal));
        Assert.Contains("RetryInfo", refusal.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_our_own_is_a_500_with_its_incident_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        server.HeldStore.Defect = new NotSupportedException("Nobody foresaw this.");

        var (status, refusal) = await JsonCalls.CallAsync(server, "GET", "/v1/reports/1");

        Assert.Equal(500, status);
        Assert.Equal("INTERNAL_ERROR", JsonCalls.ReasonOf(refusal));
        Assert.DoesNotContain("Nobody", refusal.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Text.StartsWith("Grpc.", StringComparison.Ordinal));
    }
}

/// <summary>The paths that the contract gives its calls.</summary>
internal static class HttpRules
{
    public static IEnumerable<(MethodDescriptor Call, string Verb, string Path, bool HasBody)> All =>
        Access.ContractCalls.All
            .Where(call => call.GetOptions()?.HasExtension(AnnotationsExtensions.Http) == true)
            .SelectMany(call => Of(call.GetOptions().GetExtension(AnnotationsExtensions.Http)).Select(rule => (call, rule.Verb, rule.Path, rule.HasBody)));

    /// <summary>With a number for each variable.</summary>
    public static string Filled(string path) => System.Text.RegularExpressions.Regex.Replace(path, @"\{\w+\}", "1");

    private static IEnumerable<(string Verb, string Path, bool HasBody)> Of(HttpRule rule) =>
        rule.AdditionalBindings.SelectMany(Of).Prepend((
            rule.PatternCase.ToString().ToUpperInvariant(),
            rule.Get + rule.Post + rule.Patch,
            rule.Body.Length > 0));
}
