using Grpc.Core;
using Telemetry.Server.Hosting;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>Tokens of an identity provider.</summary>
public sealed class IssuerTests
{
    private static readonly string[] Readers = ["0:Name=Readers", "0:Claim=groups", "0:Value=readers", "0:Scopes:0=read", "0:Scopes:1=live", "0:Apps:0=roomvox"];
    private static readonly string[] Owners = ["1:Name=Owners", "1:Claim=groups", "1:Value=admins", "1:Scopes:0=owner"];

    [Fact]
    public async Task A_claim_that_is_configured_becomes_scopes_and_apps_and_the_person_stays_outside()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(settings: issuer.Settings([.. Readers, .. Owners]));
        var now = server.Time.GetUtcNow();

        var reader = await server.Access.WhoAmIAsync(new(), Tokens.Bearer(issuer.Token(now)));
        var owner = await server.Access.WhoAmIAsync(new(), Tokens.Bearer(issuer.Token(now, group: "admins")));
        var own = await server.Access.WhoAmIAsync(new(), server.Authorized);
        var denied = await Tokens.RefusedAsync(server.Access.ListTokensAsync(new(), Tokens.Bearer(issuer.Token(now))));

        Assert.Equal(("Readers", "Owners", "owner"), (reader.Name, owner.Name, own.Name));
        Assert.Equal([Wire.Scope.Live, Wire.Scope.Read], reader.Scopes);
        Assert.Equal(["roomvox"], reader.Apps);
        Assert.Equal("SCOPE_MISSING", Tokens.ReasonOf(denied));
        Assert.DoesNotContain("erika", reader.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Text.Contains("erika", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("audience", "for another audience")]
    [InlineData("issuer", "of another issuer")]
    [InlineData("expired", "not valid at this time")]
    [InlineData("early", "not valid at this time")]
    [InlineData("none", "")]
    [InlineData("public key", "")]
    [InlineData("signature", "signature is missing or wrong")]
    [InlineData("claims", "none of its claims")]
    [InlineData("garbage", "no token of such a provider")]
    public async Task A_token_that_is_not_for_here_is_refused_with_the_reason_and_nothing_of_it(string kind, string words)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(settings: issuer.Settings(Readers));
        var now = server.Time.GetUtcNow();
        var good = issuer.Token(now);
        var token = kind switch
        {
            "audience" => issuer.Token(now, audience: "another"),
            "issuer" => issuer.Token(now, issuer: "http://127.0.0.1:1"),
            "expired" => issuer.Token(now.AddHours(-2)),
            "early" => issuer.Token(now.AddHours(2)),
            "none" => issuer.Unsigned(now),
            "public key" => issuer.SignedWithPublicKey(now),
            "signature" => good[..^4] + (good.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"),
            "claims" => issuer.Token(now, group: "visitors"),
            _ => "a.b.c",
        };

        Assert.Equal("Readers", (await server.Access.WhoAmIAsync(new(), Tokens.Bearer(good))).Name);
        var refusal = await Tokens.RefusedAsync(server.Access.WhoAmIAsync(new(), Tokens.Bearer(token)));

        Assert.Equal((StatusCode.Unauthenticated, "TOKEN_REFUSED"), (refusal.StatusCode, Tokens.ReasonOf(refusal)));
        Assert.Contains(words, refusal.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("erika", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Text.Contains("erika", StringComparison.Ordinal) || line.Text.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_of_the_provider_may_last_until_the_end_of_time()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(settings: issuer.Settings(Readers));
        var now = server.Time.GetUtcNow();

        var me = await server.Access.WhoAmIAsync(new(), Tokens.Bearer(issuer.Token(now, life: DateTimeOffset.MaxValue - now - TimeSpan.FromSeconds(2))));

        Assert.Equal("Readers", me.Name);
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_found_without_a_restart()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(settings: issuer.Settings(Readers));
        var old = issuer.Token(server.Time.GetUtcNow());
        await server.Access.WhoAmIAsync(new(), Tokens.Bearer(old));

        issuer.Rotate();
        var token = issuer.Token(server.Time.GetUtcNow());

        using var limit = new CancellationTokenSource(Patience.Limit);
        while (!await IsGoodAsync(server, token))
        {
            Assert.False(limit.IsCancellationRequested, "The new key was not found.");
        }

        Assert.Equal("Readers", (await server.Access.WhoAmIAsync(new(), Tokens.Bearer(token))).Name);
    }

    [Fact]
    public async Task A_stream_ends_when_the_token_of_the_provider_does()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(settings: issuer.Settings(Readers));
        using var call = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new(), Tokens.Bearer(issuer.Token(server.Time.GetUtcNow())));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        var end = await Patience.For(
            Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (await call.ResponseStream.MoveNext(CancellationToken.None))
                {
                }
            }),
            () => server.Time.Advance(TimeSpan.FromMinutes(1)), "the stream ends");

        Assert.Equal((StatusCode.Unauthenticated, "TOKEN_EXPIRED"), (end.StatusCode, Tokens.ReasonOf(end)));
    }

    [Fact]
    public async Task A_provider_that_is_away_is_no_failure_of_the_server()
    {
        var issuer = await TestIssuer.StartAsync();
        var settings = issuer.Settings(Readers);
        var now = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        var token = issuer.Token(now);
        await issuer.DisposeAsync();
        await using var server = await TestServer.StartAsync(settings: settings);

        var refusal = await Tokens.RefusedAsync(server.Access.WhoAmIAsync(new(), Tokens.Bearer(token)));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Contains("provider", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("owner", (await server.Access.WhoAmIAsync(new(), server.Authorized)).Name);
    }

    [Theory]
    [InlineData("Access:Audience is required", "Access:Issuer=https://id.example.org", "Access:Grants:0:Name=A", "Access:Grants:0:Claim=g", "Access:Grants:0:Value=v", "Access:Grants:0:Scopes:0=read")]
    [InlineData("must be an https URL", "Access:Issuer=http://id.example.org", "Access:Audience=a")]
    [InlineData("Access:Grants must have", "Access:Issuer=https://id.example.org", "Access:Audience=a")]
    [InlineData("Access:Grants:0:Scopes must hold", "Access:Issuer=https://id.example.org", "Access:Audience=a", "Access:Grants:0:Name=A", "Access:Grants:0:Claim=g", "Access:Grants:0:Value=v", "Access:Grants:0:Scopes:0=all")]
    [InlineData("Access:Grants:0:Apps must be empty", "Access:Issuer=https://id.example.org", "Access:Audience=a", "Access:Grants:0:Name=A", "Access:Grants:0:Claim=g", "Access:Grants:0:Value=v", "Access:Grants:0:Scopes:0=owner", "Access:Grants:0:Apps:0=roomvox")]
    [InlineData("Access:Issuer is required", "Access:Audience=a")]
    [InlineData("Unknown configuration key 'Access:Grants:0:Scope'", "Access:Issuer=https://id.example.org", "Access:Audience=a", "Access:Grants:0:Scope=read")]
    public async Task Settings_that_would_let_in_nobody_or_anybody_stop_the_start(string words, params string[] settings)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => TestServer.StartAsync(settings: settings));

        Assert.True(refusal is UsageException or Microsoft.Extensions.Options.OptionsValidationException, refusal.ToString());
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> IsGoodAsync(TestServer server, string token)
    {
        try
        {
            await server.Access.WhoAmIAsync(new(), Tokens.Bearer(token));
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated)
        {
            return false;
        }
    }
}
