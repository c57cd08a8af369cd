using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Shell;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Tests.Access;

public sealed class RightsTests : SignedIn
{
    [Fact]
    public async Task What_a_token_may_not_do_is_told_in_the_sidebar_with_the_scope_it_needs()
    {
        await MayAsync(Scope.Read);

        var side = Render<Side>();

        Assert.Equal(["Live", "Licenses", "Access", "Audit log"], side.FindAll(".nav.locked").Select(entry => Text(entry).Split(" (")[0]));
        Assert.Contains("Needs scope live", Text(side.Find(".nav.locked")), StringComparison.Ordinal);
        Assert.Contains(side.FindAll("a.nav"), entry => Text(entry) == "Overview");
        Assert.True(Rights.IsReadOnly);
    }

    [Fact]
    public async Task An_owner_may_everything()
    {
        await MayAsync(Scope.Owner);

        Assert.Empty(Render<Side>().FindAll(".nav.locked"));
        Assert.False(Rights.IsReadOnly);
    }

    [Theory]
    [InlineData("TOKEN_EXPIRED", SignedOut.Expired)]
    [InlineData("TOKEN_REVOKED", SignedOut.Revoked)]
    [InlineData("TOKEN_REPLACED", SignedOut.Replaced)]
    [InlineData("TOKEN_UNKNOWN", SignedOut.Refused)]
    public async Task A_token_that_is_taken_no_longer_signs_out_with_the_reason(string reason, SignedOut why)
    {
        Server.Refuse("WhoAmI", 16, reason, "words");

        await Assert.ThrowsAsync<Grpc.Core.RpcException>(Rights.ReadAsync);

        Assert.Equal((null, why), (Session.Token, Session.Why));
    }

    [Fact]
    public async Task A_refusal_of_an_earlier_token_does_not_sign_out_the_one_that_took_its_place()
    {
        await MayAsync(Scope.Owner);
        var before = Session.Token;
        Session.SignIn("tlm_next", keep: false);

        Fleet.EndIfRefused(new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.Unauthenticated, "")), before);

        Assert.Equal("tlm_next", Session.Token);
        Assert.Null(Rights.Known);
    }

    [Fact]
    public void The_sign_in_says_why_in_words()
    {
        Session.SignOut(SignedOut.Revoked);

        Assert.Contains("was revoked", Text(Render<SignIn>().Find(".notice")), StringComparison.Ordinal);
    }
}
