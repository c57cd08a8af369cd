using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseReleaseTests : IDisposable
{
    private readonly LicenseFixture _fixture = new();

    private FakeLicenseServer Server => _fixture.Server;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task After_a_release_nothing_is_licensed_here_also_after_a_restart()
    {
        await using (var client = await _fixture.OpenLicensedAsync())
        {
            List<LicenseState> changes = [];
            client.Changed += (_, status) => changes.Add(status.State);

            Assert.IsType<LicenseReleaseResult.Released>(await client.ReleaseAsync());

            Assert.False(Server.HasPlace);
            Assert.Equal([LicenseState.Released], changes);
            Assert.False(client.Current.Licensed);
            Assert.Contains("gave up its seat", client.Current.Message, StringComparison.Ordinal);
        }

        await using var restarted = _fixture.Open();
        Assert.Equal(LicenseState.Released, restarted.Current.State);
    }

    [Fact]
    public async Task A_started_client_takes_no_place_again_until_somebody_checks()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        client.Start();
        await client.ReleaseAsync();
        for (var day = 0; day < 40; day++)
        {
            _fixture.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(1, Server.Checks);
        Assert.False(Server.HasPlace);
        Assert.True((await client.CheckAsync()).Licensed);
        Assert.True(Server.HasPlace);
    }

    [Fact]
    public async Task A_release_that_is_not_answered_is_given_up_after_the_timeout()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.ReleaseMayEnd = new TaskCompletionSource().Task;

        var result = Assert.IsType<LicenseReleaseResult.Unanswered>(await Patience.For(
            client.ReleaseAsync(), () => _fixture.Advance(TimeSpan.FromSeconds(1)), "the release is given up"));

        Assert.Contains("within 15 seconds", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_becomes_due_during_a_release_does_not_take_the_place_back()
    {
        var options = _fixture.Options();
        options.Timeout = TimeSpan.FromHours(1);
        await using var client = _fixture.Open(options);
        await client.CheckAsync();
        client.Start();
        var mayEnd = new TaskCompletionSource();
        Server.ReleaseMayEnd = mayEnd.Task;
        var release = client.ReleaseAsync();
        _fixture.MoveClock(TimeSpan.FromDays(3));
        // The timer finds that the proof wants to be renewed, and waits for the release to end.
        _fixture.Advance(TimeSpan.FromMinutes(1));
        mayEnd.SetResult();

        Assert.IsType<LicenseReleaseResult.Released>(await Patience.For(release, "the seat is released"));
        // This one waits behind the timer's check.
        Assert.IsType<LicenseReleaseResult.NoSeat>(await Patience.For(client.ReleaseAsync(), "it is released again"));
        Assert.Equal(1, Server.Checks);
        Assert.Equal(LicenseState.Released, client.Current.State);
    }

    [Fact]
    public async Task Without_a_place_there_is_none_to_give_up()
    {
        await using var client = _fixture.Open();

        var result = Assert.IsType<LicenseReleaseResult.NoSeat>(await client.ReleaseAsync());

        Assert.Contains("none to give up", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_nobody_answered_changes_nothing_here()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Blocked = true;

        var unanswered = Assert.IsType<LicenseReleaseResult.Unanswered>(await client.ReleaseAsync());

        Assert.Equal("The server cannot be reached: No route to host.", unanswered.Message);
        Assert.True(client.Current.Licensed);
    }

    [Fact]
    public async Task A_caller_can_cancel_and_a_disposed_client_says_so()
    {
        var client = _fixture.Open();
        Server.Silent = true;
        using var cancellation = new CancellationTokenSource();
        var release = client.ReleaseAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.For(release, "it is canceled"));
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ReleaseAsync());
    }
}
