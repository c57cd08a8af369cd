using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Telemetry.Server.Tests.Transcoding;

/// <summary>Calls as a shell makes them: a path and JSON.</summary>
internal static class JsonCalls
{
    public static HttpRequestMessage Request(TestServer server, string method, string path, string? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken) },
        };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    public static Task<(int Status, JsonNode Body)> CallAsync(TestServer server, string method, string path, string? body = null) =>
        SendAsync(server, Request(server, method, path, body));

    public static async Task<(int Status, JsonNode Body)> SendAsync(TestServer server, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await server.HttpClient.SendAsync(request);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }
    }

    public static async Task<JsonNode> GoodAsync(TestServer server, string method, string path, string? body = null)
    {
        var (status, answer) = await CallAsync(server, method, path, body);
        Assert.True(status == 200, answer.ToJsonString());
        return answer;
    }

    /// <summary>The reason of a refusal, which has the contract's shape.</summary>
    public static string ReasonOf(JsonNode refusal)
    {
        Assert.InRange((int)refusal["code"]!, 1, 16);
        Assert.NotEmpty((string)refusal["message"]!);
        var info = Assert.Single(refusal["details"]!.AsArray(), detail => (string?)detail!["@type"] == "type.googleapis.com/google.rpc.ErrorInfo")!;
        Assert.Equal("telemetry", (string?)info["domain"]);
        return (string)info["reason"]!;
    }

    public static void AssertSame(JsonNode expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected {expected.ToJsonString()}\nbut was {actual.ToJsonString()}");
}
