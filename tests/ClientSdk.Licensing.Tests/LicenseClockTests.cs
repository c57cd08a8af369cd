using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseClockTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly LicenseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_clock_that_goes_back_further_than_tolerated_ends_the_license_until_a_check_succeeds()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        _fixture.Server.Blocked = true;

        _fixture.MoveClock(-Tolerance);
        Assert.Equal(LicenseState.Valid, client.Current.State);
        _fixture.MoveClock(-Second);
        Assert.Equal(LicenseState.ClockSetBack, client.Current.State);
        _fixture.MoveClock(TimeSpan.FromDays(1));
        Assert.Equal(LicenseState.ClockSetBack, (await client.CheckAsync()).State);
        _fixture.Server.Blocked = false;
        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
    }

    [Fact]
    public async Task A_clock_that_goes_back_is_noticed_over_a_restart_too()
    {
        await (await _fixture.OpenLicensedAsync()).DisposeAsync();
        _fixture.MoveClock(TimeSpan.FromHours(-1));
        await using (var client = _fixture.Open())
        {
            Assert.Equal(LicenseState.ClockSetBack, client.Current.State);
        }

        _fixture.MoveClock(TimeSpan.FromHours(2));
        await using var again = _fixture.Open();
        Assert.Equal(LicenseState.ClockSetBack, again.Current.State);
    }

    [Fact]
    public async Task What_is_tolerated_prolongs_nothing()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        _fixture.Advance(TimeSpan.FromDays(14));
        Assert.Equal(LicenseState.OfflineTooLong, client.Current.State);

        _fixture.MoveClock(-TimeSpan.FromMinutes(1));
        Assert.Equal(LicenseState.OfflineTooLong, client.Current.State);
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(20)]
    public async Task A_wrong_clock_is_reckoned_with_so_that_the_proof_ends_when_it_should(int days)
    {
        _fixture.MoveClock(TimeSpan.FromDays(days));
        await using var client = await _fixture.OpenLicensedAsync();

        _fixture.Advance(TimeSpan.FromDays(14) - Second);
        Assert.Equal(LicenseState.Valid, client.Current.State);
        _fixture.Advance(Second);
        Assert.Equal(LicenseState.OfflineTooLong, client.Current.State);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 2, 1, 0)]
    [InlineData(0, 2, 3, 1)]
    [InlineData(400, 402, 100, 0)]
    [InlineData(401, 402, 100, -301)]
    public void Only_what_is_certain_is_corrected(int sent, int received, int answered, int correction)
    {
        var result = ClockCorrection.Between(
            LicenseFixture.Begin + (sent * Second), LicenseFixture.Begin + (received * Second),
            LicenseFixture.Begin + (answered * Second), Tolerance);

        Assert.Equal(correction * Second, result);
    }
}
