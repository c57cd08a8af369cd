using Google.Rpc;
using Grpc.Core;
using Telemetry.Server.Tests.Transcoding;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>Whoever tries tokens is slowed, and nobody else is.</summary>
public sealed class TokenGuessTests
{
    [Fact]
    public async Task After_some_unknown_tokens_no_token_of_this_caller_is_looked_at_for_a_while()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:WrongTokensPerMinute=3");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("TOKEN_UNKNOWN", await ReasonAsync(server, "tlm_guess" + i));
        }

        var tooMany = await Tokens.RefusedAsync(server.Access.WhoAmIAsync(new(), server.Authorized));
        var (status, body) = await JsonCalls.CallAsync(server, "GET", "/v1/me");
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((StatusCode.ResourceExhausted, "TOO_MANY_WRONG_TOKENS"), (tooMany.StatusCode, Tokens.ReasonOf(tooMany)));
        Assert.Equal(TimeSpan.FromMinutes(1), tooMany.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Equal((429, "TOO_MANY_WRONG_TOKENS"), (status, JsonCalls.ReasonOf(body)));
        Assert.Null(await ReasonAsync(server, server.AdminToken));
    }

    [Fact]
    public async Task Another_caller_and_reports_go_on()
    {
        await using var server = await TestServer.StartAsync(settings: ["Limits:WrongTokensPerMinute=1", "Server:TrustedProxies:0=127.0.0.1"]);
        for (var i = 0; i < 2; i++)
        {
            await AskAsync(server, "tlm_guess", "192.0.2.1");
        }

        var guesser = await AskAsync(server, server.AdminToken, "192.0.2.1");
        var other = await AskAsync(server, server.AdminToken, "198.51.100.7");
        var receipt = await new Wire.ReportingService.ReportingServiceClient(server.Native)
            .SubmitReportAsync(SampleReports.Request(), new Metadata { { "x-forwarded-for", "192.0.2.1" } });

        Assert.Equal((429, 200), (guesser, other));
        Assert.NotNull(receipt.Receipt);
    }

    [Fact]
    public async Task A_token_that_was_good_once_is_no_guess()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:WrongTokensPerMinute=1");
        var token = await server.MakeAsync(Wire.Scope.Read);
        await server.Access.RevokeTokenAsync(new() { TokenId = token.Id }, server.Authorized);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("TOKEN_REVOKED", await ReasonAsync(server, token.Secret));
        }

        Assert.Null(await ReasonAsync(server, server.AdminToken));
    }

    private static async Task<int> AskAsync(TestServer server, string secret, string address)
    {
        using var request = JsonCalls.Request(server, "GET", "/v1/me");
        request.Headers.Authorization = new("Bearer", secret);
        request.Headers.Add("X-Forwarded-For", address);
        using var response = await server.HttpClient.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<string?> ReasonAsync(TestServer server, string secret)
    {
        try
        {
            await server.Access.WhoAmIAsync(new(), Tokens.Bearer(secret));
            return null;
        }
        catch (RpcException e)
        {
            return Tokens.ReasonOf(e);
        }
    }
}
