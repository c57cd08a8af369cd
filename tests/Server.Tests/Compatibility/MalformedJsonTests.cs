using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>What the HTTP door refuses, and in which words.</summary>
public sealed class MalformedJsonTests(MalformedJsonTests.Server fixture) : IClassFixture<MalformedJsonTests.Server>
{
    private const string Hash = "5034de221ca81fab879e5179c6a7378cb7cc19acd6884e739a3ba6ae57ddebf7";
    private const string Path = "/api/telemetry/roomvox";

    /// <summary>Body, or a field to set in a good body, and the word that the sentence must have.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        { "", "empty" },
        { " ", "JSON object" },
        { "null", "JSON object" },
        { "[]", "JSON object" },
        { "1", "JSON object" },
        { "\"text\"", "JSON object" },
        { "{", "JSON object" },
        { "{}", "instanceHash" },
        { "{} {}", "JSON object" },
        { "{}x", "JSON object" },
        { "{\"a\":1,}", "JSON object" },
        { "{'a':1}", "JSON object" },
        { "{\"a\":NaN}", "JSON object" },
        { "{\"a\":01}", "JSON object" },
        { "/* */{}", "JSON object" },
        { "\uFEFF", "empty" },
        { "\uFEFF{}", "instanceHash" },
        { "\uFEFF\uFEFF{}", "JSON object" },
        { "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{}}}}}}}}}", "8 levels" },
        { "{\"a\":[[[[[[[[1]]]]]]]]}", "8 levels" },
        { "{\"x\":1,\"x\":2}", "twice" },
        { "{\"version\":\"1\",\"version\":\"2\"}", "twice" },
        { "{\"version\":\"1.4.0\",\"\\u0076ersion\":\"1.4.0\"}", "twice" },
        { "{\"x\":1,\"\\u0078\":2}", "twice" },
        { "{\"x\":[{\"y\":{\"z\":1,\"\\u007a\":1}}]}", "twice" },
        { "{\"version\":\"1.4.0\",\"appVersion\":\"1.6.0\"}", "version contradicts" },
        { "{\"appVersion\":\"1.4.0\",\"version\":\"1.6.0\"}", "version contradicts" },
        { "{\"x\":\"\\udc00\"}", "escape" },
        { "{\"version\":\"\\ud800\"}", "escape" },
        { "{\"\\ud800\":1}", "escape" },
        { Good("instanceHash", "null"), "instanceHash" },
        { Good("instanceHash", "5"), "instanceHash" },
        { Good("instanceHash", "\"\""), "instanceHash" },
        { Good("instanceHash", $"\"{Hash.ToUpperInvariant()}\""), "instanceHash" },
        { Good("instanceHash", $"\"{Hash[..63]}\""), "instanceHash" },
        { Good("instanceHash", $"\"{Hash}0\""), "instanceHash" },
        { Good("instanceHash", $"\"{Hash[..63]}g\""), "instanceHash" },
        { Good("instanceHash", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""), "empty" },
        { Good("version", "null"), "version" },
        { Good("version", "\"\""), "version" },
        { Good("version", "1.4"), "version" },
        { Good("version", "\"one\""), "version" },
        { Good("version", "\"v1.4.0\""), "version" },
        { Good("version", $"\"1.{new string('0', 70)}\""), "version" },
        { Good("version", "\"1.4.0\\u0000\""), "version" },
        { Good("telemetrySchema", "-1"), "telemetrySchema" },
        { Good("telemetrySchema", "1001"), "telemetrySchema" },
        { Good("totalRooms", "-1"), "totalRooms" },
        { Good("totalRooms", "100000001"), "totalRooms" },
        { Good("totalRooms", "99999999999999999999"), "totalRooms" },
        { Good("totalRooms", "1.0"), "totalRooms" },
        { Good("totalRooms", "1e3"), "totalRooms" },
        { Good("totalRooms", "\"5\""), "totalRooms" },
        { Good("totalRooms", "true"), "totalRooms" },
        { Good("totalRooms", "[]"), "totalRooms" },
        { Good("totalUsers", "-5"), "totalUsers" },
        { Good("disabledUsers", "{}"), "disabledUsers" },
        { Good("activeUsers30d", "false"), "activeUsers30d" },
        { Good("avgCapacity", "-0.5"), "avgCapacity" },
        { Good("avgCapacity", "1e300"), "avgCapacity" },
        { Good("avgCapacity", "1e400"), "avgCapacity" },
        { Good("avgCapacity", "\"9\""), "avgCapacity" },
        { Good("roomTypeCounts", "5"), "roomTypeCounts" },
        { Good("roomTypeCounts", "{\"studio\":\"1\"}"), "roomTypeCounts" },
        { Good("roomTypeCounts", "{\"studio\":-1}"), "roomTypeCounts" },
        { Good("roomTypeCounts", "{\"studio\":1,\"studio\":2}"), "twice" },
        { Good("roomTypeCounts", "{\"studio\":1,\"\\u0073tudio\":2}"), "twice" },
        { Good("roomTypeCounts", "[1,[2]]"), "roomTypeCounts" },
        { Good("facilitiesCounts", "[1.5]"), "facilitiesCounts" },
        { Good("facilitiesCounts", "{\"a\":null}"), "facilitiesCounts" },
        { Good("facilitiesCounts", "\"[]\""), "facilitiesCounts" },
        { Good("isDocker", "0"), "isDocker" },
        { Good("exchangeSyncEnabled", "\"true\""), "exchangeSyncEnabled" },
        { Good("defaultTimezone", "7"), "defaultTimezone" },
        { Good("nextcloudVersion", "\"latest\""), "nextcloudVersion" },
        { Good("phpVersion", "8.2"), "phpVersion" },
        { Good("licenseKey", $"\"{new string('K', 257)}\""), "licenseKey" },
        { Good("licenseKey", "5"), "licenseKey" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_body_is_refused_with_a_short_sentence_that_names_the_field(string body, string word)
    {
        var (status, answer) = await PostAsync(new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        AssertSentence(answer, word);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        using var content = Json([.. "{\"version\":\""u8, 0xC3, 0x28, .. "\"}"u8]);

        var (status, answer) = await PostAsync(content);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        AssertSentence(answer, "UTF-8");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_64_KB_are_refused_whether_announced_or_not(bool announced)
    {
        var body = new byte[70_000];
        Array.Fill(body, (byte)' ');
        using HttpContent content = announced
            ? new ByteArrayContent(body)
            : new StreamContent(new UnseekableStream(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var (status, answer) = await PostAsync(content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        AssertSentence(answer, "64 KB");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("text/html", null)]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("text/plain; application/json", null)]
    [InlineData("application/json, text/plain", null)]
    [InlineData("multipart/form-data", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json; charset=\"utf-16\"", null)]
    [InlineData("application/json", "gzip")]
    public async Task Another_media_type_or_an_encoding_is_refused(string mediaType, string? encoding)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        var (status, answer) = await PostAsync(content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        AssertSentence(answer, "application/json");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Another_method_is_refused_and_told_which_one_is_right(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Path);

        using var response = await fixture.Running.HttpClient.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_neighbor_on_the_same_connection_is_not_harmed_by_bad_requests()
    {
        await PostAsync(new StringContent("{", Encoding.UTF8, "application/json"));
        await PostAsync(Json(new byte[70_000]));
        var hash = SampleReports.HashOf("https://neighbor.example");

        var (status, _) = await PostAsync(new StringContent(
            $$"""{"instanceHash":"{{hash}}","version":"1.4.0"}""", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=\"utf-8\"")]
    [InlineData("Application/JSON; Charset=\"UTF-8\"")]
    public async Task A_charset_may_stand_in_quotes_a_mark_may_precede_and_names_may_be_escaped(string type)
    {
        var hash = SampleReports.HashOf("https://other-words.example/" + type);
        var text = $$"""{"\u0069\u006e\u0073\u0074\u0061\u006e\u0063\u0065\u0048\u0061\u0073\u0068":"{{hash}}","version":"1.4.0","appVersion":"1.4.0"}""";
        using var content = Json([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var (status, answer) = await PostAsync(content);

        Assert.True(status == HttpStatusCode.OK, answer);
    }

    [Theory]
    [InlineData("{\"licenseKey\":\"a\",\"licenseKey\":\"b\"}", "twice")]
    [InlineData("{\"licenseKey\":\"a\",\"licen\\u0073eKey\":\"b\"}", "twice")]
    [InlineData("{\"x\":1,\"x\":2}", "twice")]
    [InlineData("{\"x\":{\"y\":1,\"\\u0079\":2}}", "twice")]
    [InlineData("{\"x\":\"\\ud800\"}", "escape")]
    [InlineData("[]", "JSON object")]
    [InlineData("", "empty")]
    [InlineData("{\"currentRooms\":\"1\"}", "currentRooms")]
    [InlineData("{\"currentRooms\":4294967297}", "currentRooms")]
    public async Task A_license_call_is_read_by_the_same_rules(string body, string word)
    {
        foreach (var path in DoorCalls.Paths.Where(path => path != DoorCalls.Telemetry))
        {
            using var response = await fixture.Running.HttpClient.PostAsync(path, Json(Encoding.UTF8.GetBytes(body)));

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            AssertSentence(await response.Content.ReadAsStringAsync(), word);
        }
    }

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static string Good(string field, string value)
    {
        var fields = new Dictionary<string, string> { ["instanceHash"] = $"\"{Hash}\"", ["version"] = "\"1.4.0\"" };
        fields[field] = value;
        return "{" + string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }

    private static void AssertSentence(string answer, string word)
    {
        Assert.True(Encoding.UTF8.GetByteCount(answer) < 200, answer);
        using var json = JsonDocument.Parse(answer);
        Assert.Contains(word, json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Answer)> PostAsync(HttpContent content)
    {
        using var response = await fixture.Running.HttpClient.PostAsync(Path, content);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public sealed class Server : IAsyncLifetime
    {
        internal TestServer Running { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Running = await TestServer.StartAsync();

        public async ValueTask DisposeAsync() => await Running.DisposeAsync();
    }

    /// <summary>Makes the client send chunks: it cannot know the length.</summary>
    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
