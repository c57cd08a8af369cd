using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Access;
using Telemetry.Server.Tests.Transcoding;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

public sealed class AccessServiceTests
{
    [Fact]
    public async Task A_token_is_listed_with_everything_but_its_secret_and_knows_what_it_may()
    {
        await using var server = await TestServer.StartAsync();
        var end = server.Time.GetUtcNow().AddDays(90);
        var made = await server.Access.CreateTokenAsync(new()
        {
            Name = "Grafana - read only",
            Scopes = { Wire.Scope.Read, Wire.Scope.Live },
            Apps = { "roomvox", "formvox" },
            ExpiresAt = Timestamp.FromDateTimeOffset(end),
        }, server.Authorized);

        var me = await server.Access.WhoAmIAsync(new(), Tokens.Bearer(made.Secret));
        await Patience.Until(() => server.Store.Tokens.Any(token => token.Name == made.Token.Name && token.LastUsedOn is not null), "the use is noted");
        var listed = (await server.Access.ListTokensAsync(new(), server.Authorized)).Tokens.Single(token => token.TokenId == made.Token.TokenId);

        Assert.Equal(("Grafana - read only", made.Token.TokenId, end), (me.Name, me.TokenId, me.ExpiresAt.ToDateTimeOffset()));
        Assert.Equal([Wire.Scope.Live, Wire.Scope.Read], me.Scopes);
        Assert.Equal(["formvox", "roomvox"], me.Apps);
        Assert.Equal((2026, 11, 20), (listed.LastUsedOn.Year, listed.LastUsedOn.Month, listed.LastUsedOn.Day));
        Assert.Equal(Wire.TokenState.Active, listed.State);
        Assert.StartsWith(TokenSecret.Prefix, made.Secret, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Secret, listed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "read", "", "name")]
    [InlineData(" x", "read", "", "name")]
    [InlineData("x\n", "read", "", "name")]
    [InlineData("x", "", "", "scopes")]
    [InlineData("x", "none", "", "scopes")]
    [InlineData("x", "owner", "roomvox", "apps")]
    [InlineData("x", "read", "nosuch", "apps")]
    public async Task A_token_that_breaks_a_rule_is_refused_by_its_field(string name, string scope, string app, string field)
    {
        await using var server = await TestServer.StartAsync();
        var request = new Wire.CreateTokenRequest { Name = name };
        request.Scopes.AddRange(scope switch { "" => [], "none" => [(Wire.Scope)77], "owner" => [Wire.Scope.Owner], _ => new[] { Wire.Scope.Read } });
        request.Apps.AddRange(app.Length > 0 ? [app] : []);

        var refusal = await Tokens.RefusedAsync(server.Access.CreateTokenAsync(request, server.Authorized));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(field + " ", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.999999999Z")]
    [InlineData("9999-12-31T00:00:00Z")]
    [InlineData("3000-01-01T00:00:00Z")]
    [InlineData("2026-11-20T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task An_end_that_no_calendar_of_a_person_has_is_refused(string end)
    {
        await using var server = await TestServer.StartAsync();
        var at = Timestamp.Parser.ParseJson($"\"{end}\"");
        var made = await server.Access.CreateTokenAsync(new() { Name = "a", Scopes = { Wire.Scope.Read } }, server.Authorized);

        foreach (var refusal in new[]
        {
            await Tokens.RefusedAsync(server.Access.CreateTokenAsync(new() { Name = "b", Scopes = { Wire.Scope.Read }, ExpiresAt = at }, server.Authorized)),
            await Tokens.RefusedAsync(server.Access.RotateTokenAsync(new() { TokenId = made.Token.TokenId, ExpiresAt = at }, server.Authorized)),
        })
        {
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.StartsWith("expires_at must lie in the future and before the year 3000", refusal.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_is_taken_until_its_token_is_revoked()
    {
        await using var server = await TestServer.StartAsync();
        var first = await server.MakeAsync(Wire.Scope.Read, name: "ci");

        var taken = await Tokens.RefusedAsync(() => server.MakeAsync(Wire.Scope.Live, name: "ci"));
        await server.Access.RevokeTokenAsync(new() { TokenId = first.Id }, server.Authorized);
        var second = await server.MakeAsync(Wire.Scope.Live, name: "ci");

        Assert.Equal(StatusCode.AlreadyExists, taken.StatusCode);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task A_rotated_token_has_two_secrets_until_the_overlap_ends_and_lives_as_long_as_it_was_made_for()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(Wire.Scope.Read, end: server.Time.GetUtcNow().AddDays(30));
        server.Time.Advance(TimeSpan.FromDays(29));

        var rotated = await server.Access.RotateTokenAsync(new() { TokenId = token.Id }, server.Authorized);
        var both = new[] { await WhoAsync(server, token.Secret), await WhoAsync(server, rotated.Secret) };
        server.Time.Advance(TimeSpan.FromDays(1));
        var (before, after) = (await WhoAsync(server, token.Secret), await WhoAsync(server, rotated.Secret));

        Assert.Equal([null, null], both);
        Assert.Equal(("TOKEN_REPLACED", null), (before, after));
        Assert.Equal(server.Time.GetUtcNow().AddDays(29), rotated.Token.ExpiresAt.ToDateTimeOffset());
        Assert.Equal(server.Time.GetUtcNow(), rotated.Token.EarlierSecretUntil.ToDateTimeOffset());
    }

    [Fact]
    public async Task An_expired_token_comes_back_by_rotation_and_its_old_secret_does_not()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(Wire.Scope.Read, end: server.Time.GetUtcNow().AddDays(1));
        server.Time.Advance(TimeSpan.FromDays(2));

        var rotated = await server.Access.RotateTokenAsync(new() { TokenId = token.Id }, server.Authorized);

        Assert.Equal("TOKEN_REPLACED", await WhoAsync(server, token.Secret));
        Assert.Null(await WhoAsync(server, rotated.Secret));
    }

    [Fact]
    public async Task The_last_owner_cannot_be_revoked_and_a_revoked_token_cannot_be_rotated()
    {
        await using var server = await TestServer.StartAsync();
        var mine = (await server.Access.WhoAmIAsync(new(), server.Authorized)).TokenId;
        var expiring = await server.MakeAsync(Wire.Scope.Owner, end: server.Time.GetUtcNow().AddDays(1));
        server.Time.Advance(TimeSpan.FromDays(2));

        var last = await Tokens.RefusedAsync(server.Access.RevokeTokenAsync(new() { TokenId = mine }, server.Authorized));
        var other = await server.MakeAsync(Wire.Scope.Owner);
        await server.Access.RevokeTokenAsync(new() { TokenId = mine }, Tokens.Bearer(other.Secret));
        await server.Access.RevokeTokenAsync(new() { TokenId = mine }, Tokens.Bearer(other.Secret));
        var revoked = await Tokens.RefusedAsync(server.Access.RotateTokenAsync(new() { TokenId = mine }, Tokens.Bearer(other.Secret)));

        Assert.Equal(StatusCode.FailedPrecondition, last.StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, revoked.StatusCode);
        Assert.Equal("TOKEN_REVOKED", await WhoAsync(server, server.AdminToken));
        Assert.Equal("TOKEN_EXPIRED", await WhoAsync(server, expiring.Secret));
    }

    [Fact]
    public async Task Tokens_are_listed_in_pages_the_newest_first_and_forgotten_long_after_their_end()
    {
        await using var server = await TestServer.StartAsync();
        var gone = await server.MakeAsync(Wire.Scope.Read, name: "gone");
        await server.Access.RevokeTokenAsync(new() { TokenId = gone.Id }, server.Authorized);
        server.Time.Advance(TimeSpan.FromDays(91));
        foreach (var name in new[] { "a", "b", "c" })
        {
            await server.MakeAsync(Wire.Scope.Read, name: name);
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await server.Access.ListTokensAsync(new() { PageSize = 2 }, server.Authorized);
        var second = await server.Access.ListTokensAsync(new() { PageSize = 2, PageToken = first.NextPageToken }, server.Authorized);

        Assert.Equal(["c", "b"], first.Tokens.Select(token => token.Name));
        Assert.Equal(["a", "owner"], second.Tokens.Select(token => token.Name));
        Assert.Equal((4ul, ""), (first.TotalSize, second.NextPageToken));
    }

    [Fact]
    public async Task Tokens_outlive_the_server()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-access-").FullName;
        try
        {
            (string Id, string Secret) kept, revoked;
            string rotated;
            await using (var server = await TestServer.StartAsync(data))
            {
                kept = await server.MakeAsync(Wire.Scope.Read, apps: ["roomvox"]);
                revoked = await server.MakeAsync(Wire.Scope.Read);
                await server.Access.RevokeTokenAsync(new() { TokenId = revoked.Id }, server.Authorized);
                rotated = (await server.Access.RotateTokenAsync(new() { TokenId = kept.Id }, server.Authorized)).Secret;
            }

            await using var again = await TestServer.StartAsync(data);

            Assert.Null(await WhoAsync(again, kept.Secret));
            Assert.Null(await WhoAsync(again, rotated));
            Assert.Equal("TOKEN_REVOKED", await WhoAsync(again, revoked.Secret));
            Assert.Equal(["roomvox"], (await again.Access.WhoAmIAsync(new(), Tokens.Bearer(rotated))).Apps);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_change_that_cannot_be_stored_is_refused_and_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(Wire.Scope.Read);
        server.HeldStore.Broken = "The disk is full.";

        var refusal = await Tokens.RefusedAsync(server.Access.RevokeTokenAsync(new() { TokenId = token.Id }, server.Authorized));
        server.HeldStore.Broken = null;

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Null(await WhoAsync(server, token.Secret));
    }

    [Fact]
    public async Task All_of_it_is_there_as_JSON()
    {
        await using var server = await TestServer.StartAsync();

        var made = await JsonCalls.GoodAsync(server, "POST", "/v1/tokens", """{"name":"shell","scopes":["SCOPE_LIVE"],"apps":["roomvox"]}""");
        var id = (string)made["token"]!["tokenId"]!;
        var me = await JsonCalls.GoodAsync(server, "GET", "/v1/me");
        var rotated = await JsonCalls.GoodAsync(server, "POST", $"/v1/tokens/{id}:rotate", """{"overlap":"3600s"}""");
        var revoked = await JsonCalls.GoodAsync(server, "POST", $"/v1/tokens/{id}:revoke", "{}");
        var listed = await JsonCalls.GoodAsync(server, "GET", "/v1/tokens");

        Assert.Equal("SCOPE_OWNER", (string?)me["scopes"]![0]);
        Assert.NotEqual((string)made["secret"]!, (string)rotated["secret"]!);
        Assert.Equal("TOKEN_STATE_REVOKED", (string?)revoked["token"]!["state"]);
        Assert.Equal(2, listed["tokens"]!.AsArray().Count);
    }

    /// <summary>Why a secret is refused; null when it is good.</summary>
    private static async Task<string?> WhoAsync(TestServer server, string secret)
    {
        try
        {
            await server.Access.WhoAmIAsync(new(), Tokens.Bearer(secret));
            return null;
        }
        catch (RpcException e)
        {
            Assert.Equal(StatusCode.Unauthenticated, e.StatusCode);
            return Tokens.ReasonOf(e);
        }
    }
}
