using Microsoft.Extensions.DependencyInjection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Pages;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Tests.Access;

public sealed class TokensPageTests : SignedIn
{
    private readonly List<Token> _tokens =
    [
        new() { TokenId = "0000000000000002", Name = "Grafana", Scopes = { Scope.Read }, Apps = { "roomvox" }, State = TokenState.Active, CreatedAt = At(1) },
        new() { TokenId = "0000000000000001", Name = "mine", Scopes = { Scope.Owner }, State = TokenState.Active, CreatedAt = At(2), LastUsedOn = new() { Year = 2026, Month = 11, Day = 26 } },
    ];

    [Fact]
    public async Task Tokens_are_listed_with_what_they_may_and_the_answer_in_words()
    {
        var page = await ShowAsync(Scope.Owner);

        page.WaitForAssertion(() => Assert.Equal(["Grafana", "mine"], page.FindAll("tbody th").Select(Text)));
        Assert.Contains("2 tokens count, none ends within 14 days; 1 was never used.", Text(page.Find(".answer")), StringComparison.Ordinal);
        Assert.Contains("roomvox", Text(page.Find("tbody tr")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_token_is_shown_once_and_is_in_no_list()
    {
        CreateTokenRequest? asked = null;
        Server.Answer<CreateTokenRequest>("CreateToken", request =>
        {
            asked = request;
            _tokens.Insert(0, new() { TokenId = "0000000000000003", Name = request.Name, Scopes = { request.Scopes }, State = TokenState.Active, CreatedAt = At(0) });
            return new CreateTokenResponse { Token = _tokens[0], Secret = "tlm_secret" };
        });
        var page = await ShowAsync(Scope.Owner);

        page.FindAll("button").First(button => Text(button) == "Make token").Click();
        page.Find("#token-name").Change("CI");
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Equal("tlm_secret", Text(page.Find("#token-secret"))));
        Assert.Equal("CI", asked!.Name);
        Assert.Equal([Scope.Live, Scope.Read], asked.Scopes);
        Assert.Equal(Clock.GetUtcNow().AddDays(90), asked.ExpiresAt.ToDateTimeOffset());
        page.FindAll("button").First(button => Text(button) == "Done").Click();
        Assert.DoesNotContain("tlm_secret", page.Markup, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("CI", page.FindAll("tbody th").Select(Text)));
    }

    [Fact]
    public async Task Rotating_the_own_token_signs_in_with_the_new_secret()
    {
        Server.Answer<RotateTokenRequest>("RotateToken", request => new RotateTokenResponse { Token = _tokens[1], Secret = "tlm_next" });
        Services.GetRequiredService<Microsoft.AspNetCore.Components.NavigationManager>().NavigateTo("/access?token=0000000000000001");
        var page = await ShowAsync(Scope.Owner);

        page.WaitForAssertion(() => Assert.Contains(page.FindAll("button"), button => Text(button) == "Rotate"));
        Assert.DoesNotContain(page.FindAll("option"), option => Text(option) == "ends at once");
        page.FindAll("button").First(button => Text(button) == "Rotate").Click();

        page.WaitForAssertion(() => Assert.Equal("tlm_next", Text(page.Find("#token-secret"))));
        Assert.Equal("tlm_next", Session.Token);
        Assert.Equal(("WhoAmI", "tlm_next"), Server.Asked.Last(call => call.Call == "WhoAmI"));
    }

    [Fact]
    public async Task Whoever_is_no_owner_is_told_which_scope_it_needs_and_can_make_nothing()
    {
        Server.Refuse("ListTokens", 7, "SCOPE_MISSING", "This call needs a token with scope owner, and this one has read.");
        var page = await ShowAsync(Scope.Read, listed: false);

        page.WaitForAssertion(() => Assert.Contains("Needs scope owner", Text(page.Find(".void")), StringComparison.Ordinal));
        Assert.Contains("You are signed in with read.", Text(page.Find(".void")), StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => Text(button) == "Make token");
    }

    private async Task<IRenderedComponent<Tokens>> ShowAsync(Scope scope, bool listed = true)
    {
        await MayAsync(scope);
        if (listed)
        {
            Server.Answer<ListTokensRequest>("ListTokens", _ => new ListTokensResponse { Tokens = { _tokens }, TotalSize = (ulong)_tokens.Count });
        }

        return Render<Tokens>();
    }

    private static Timestamp At(int daysAgo) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero).AddDays(-daysAgo));
}
