using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseRefreshTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly LicenseFixture _fixture = new();
    private readonly List<LicenseState> _changes = [];

    private FakeLicenseServer Server => _fixture.Server;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_blocked_server_never_licenses_anything_in_a_whole_year()
    {
        Server.Blocked = true;
        await using var client = await StartAsync(_fixture.Open(_fixture.Options(inMemory: true)));
        for (var hour = 0; hour < 366 * 24; hour++)
        {
            _fixture.Advance(Hour);
            Assert.False(client.Current.Licensed);
        }

        Assert.Equal(LicenseState.NeverChecked, client.Current.State);
        Assert.Empty(_changes);
        Assert.InRange(Server.Calls, 365 * 24, 366 * 24 + 1);
    }

    [Fact]
    public async Task A_started_client_asks_at_once_and_then_keeps_itself_licensed_over_a_year()
    {
        await using var client = await StartAsync(_fixture.Open(_fixture.Options(inMemory: true)));
        Assert.Equal([LicenseState.Valid], _changes);
        for (var day = 0; day < 365; day++)
        {
            _fixture.Advance(TimeSpan.FromDays(1));
            Assert.True(client.Current.Licensed);
        }

        Assert.Equal([LicenseState.Valid], _changes);
        Assert.InRange(Server.Checks, 180, 366);
    }

    [Fact]
    public async Task Without_any_call_the_status_changes_when_it_should_and_is_told_once()
    {
        Server.LicenseExpiresAt = Server.Now + TimeSpan.FromDays(2) + TimeSpan.FromSeconds(7);
        Server.Grace = TimeSpan.FromDays(1);
        await using var client = await StartAsync(_fixture.Open());
        Server.Blocked = true;

        await StepAsync(TimeSpan.FromDays(2), LicenseState.Valid);
        await StepAsync(TimeSpan.FromSeconds(6), LicenseState.Valid);
        await StepAsync(TimeSpan.FromSeconds(1), LicenseState.Valid, LicenseState.ValidInGrace);
        await StepAsync(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1), LicenseState.Valid, LicenseState.ValidInGrace);
        await StepAsync(
            TimeSpan.FromSeconds(1), LicenseState.Valid, LicenseState.ValidInGrace, LicenseState.Expired);
        await StepAsync(TimeSpan.FromDays(9), LicenseState.Valid, LicenseState.ValidInGrace, LicenseState.Expired);

        Task StepAsync(TimeSpan span, params LicenseState[] expected)
        {
            _fixture.Advance(span);
            Assert.Equal(expected, _changes);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_clock_that_goes_back_is_noticed_within_a_minute()
    {
        await using var client = await StartAsync(await _fixture.OpenLicensedAsync());
        Server.Blocked = true;
        _fixture.MoveClock(-Hour);
        _fixture.Advance(Minute);

        Assert.Equal([LicenseState.ClockSetBack], _changes);
        Server.Blocked = false;
        _fixture.Advance(Hour);
        Assert.Equal([LicenseState.ClockSetBack, LicenseState.Valid], _changes);
    }

    [Fact]
    public async Task The_server_is_asked_again_after_its_wish_with_the_same_delay_each_time()
    {
        var delays = new List<int>();
        for (var run = 0; run < 2; run++)
        {
            File.Delete(_fixture.StateFile);
            await using var client = await StartAsync(await _fixture.OpenLicensedAsync());
            var checks = Server.Checks;
            _fixture.Advance(TimeSpan.FromDays(1) - Minute);
            Assert.Equal(checks, Server.Checks);
            var minutes = 0;
            for (; Server.Checks == checks; minutes++)
            {
                _fixture.Advance(Minute);
            }

            delays.Add(minutes);
        }

        Assert.InRange(delays[0], 0, 146);
        Assert.Equal(delays[0], delays[1]);
    }

    [Fact]
    public async Task After_a_failure_the_server_is_left_in_peace_for_an_hour()
    {
        Server.Blocked = true;
        await using var client = await StartAsync(_fixture.Open());
        Assert.Equal(1, Server.Calls);

        _fixture.Advance(Hour - Minute);
        Assert.Equal(1, Server.Calls);
        _fixture.Advance(Minute);
        Assert.Equal(2, Server.Calls);
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(7200, 120)]
    [InlineData(315_000_000_000, 24 * 60)]
    [InlineData(-5, 60)]
    public async Task A_server_that_asks_for_more_peace_gets_it_up_to_a_day(long seconds, int minutes)
    {
        Server.Trouble = new Google.Rpc.Status
        {
            Code = (int)Google.Rpc.Code.Unavailable,
            Message = "Busy.",
            Details = { Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = new Duration { Seconds = seconds } }) },
        }.ToRpcException();
        await using var client = await StartAsync(_fixture.Open());
        Assert.Contains("Busy", client.Current.Message, StringComparison.Ordinal);

        _fixture.Advance(TimeSpan.FromMinutes(minutes) - Minute);
        Assert.Equal(1, Server.Calls);
        _fixture.Advance(Minute);
        Assert.Equal(2, Server.Calls);
    }

    [Fact]
    public async Task A_clock_that_was_far_ahead_for_a_moment_does_not_put_off_the_check_after_a_refusal()
    {
        Server.Refusal = Wire.LicenseVerdict.Suspended;
        await using var client = await StartAsync(_fixture.Open());
        _fixture.MoveClock(TimeSpan.FromDays(1000));
        _fixture.Advance(Minute);
        _fixture.MoveClock(TimeSpan.FromDays(-1000));
        var checks = Server.Checks;
        _fixture.Advance(TimeSpan.FromHours(1));
        Assert.Equal(checks + 1, Server.Checks);
        _fixture.Advance(TimeSpan.FromHours(23));
        Assert.Equal(checks + 1, Server.Checks);
        Server.Refusal = null;
        _fixture.Advance(TimeSpan.FromHours(4));

        Assert.Equal([LicenseState.Refused, LicenseState.Valid], _changes);
    }

    [Fact]
    public async Task After_a_refusal_the_server_is_asked_again_at_the_configured_interval()
    {
        Server.Refusal = Wire.LicenseVerdict.Suspended;
        await using var client = await StartAsync(_fixture.Open());
        Server.Refusal = null;

        _fixture.Advance(TimeSpan.FromHours(23));
        Assert.Equal([LicenseState.Refused], _changes);
        _fixture.Advance(TimeSpan.FromHours(4));
        _fixture.Advance(Minute);
        Assert.Equal([LicenseState.Refused, LicenseState.Valid], _changes);
    }

    [Fact]
    public async Task The_passing_of_time_is_written_down_every_few_minutes()
    {
        await using var client = await StartAsync(await _fixture.OpenLicensedAsync());
        var written = await File.ReadAllTextAsync(_fixture.StateFile);

        _fixture.Advance(Minute);
        Assert.Equal(written, await File.ReadAllTextAsync(_fixture.StateFile));
        for (var minute = 0; minute < 5; minute++)
        {
            _fixture.Advance(Minute);
        }

        Assert.NotEqual(written, await File.ReadAllTextAsync(_fixture.StateFile));
    }

    [Fact]
    public async Task What_a_handler_throws_ends_neither_the_checks_nor_the_other_handlers()
    {
        Server.LicenseExpiresAt = LicenseFixture.Begin.AddDays(1);
        await using var client = _fixture.Open();
        client.Changed += (_, _) => throw new InvalidOperationException("handler");
        await StartAsync(client);

        _fixture.Advance(TimeSpan.FromDays(1));

        Assert.Equal([LicenseState.Valid, LicenseState.ValidInGrace], _changes);
    }

    [Fact]
    public async Task Disposing_ends_a_check_that_is_under_way()
    {
        Server.Silent = true;
        var client = await StartAsync(_fixture.Open());
        Assert.Equal(1, Server.Calls);

        await client.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
    }

    private Task<LicenseClient> StartAsync(LicenseClient client)
    {
        client.Changed += (_, status) => _changes.Add(status.State);
        client.Start();
        client.Start();
        return Task.FromResult(client);
    }
}
