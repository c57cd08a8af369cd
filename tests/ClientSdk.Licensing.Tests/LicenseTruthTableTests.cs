using System.Globalization;
using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>Every proof on every clock with every server, against rules that are written down here once more.</summary>
public sealed class LicenseTruthTableTests
{
    public enum Proof
    {
        None,
        Fresh,
        PastRefresh,
        InGrace,
        PastEnd,
        PastLicense,
        Refused,
    }

    public enum Clock
    {
        Right,
        Ahead,
        BackALittle,
        BackTooFar,
    }

    public enum Answer
    {
        Yes,
        No,
        Nothing,
        Forged,
    }

    private static readonly TimeSpan LicenseRuns = TimeSpan.FromDays(3);

    public static TheoryData<Proof, Clock, Answer, bool> Rows()
    {
        var rows = new TheoryData<Proof, Clock, Answer, bool>();
        foreach (var proof in Enum.GetValues<Proof>())
        {
            foreach (var clock in Enum.GetValues<Clock>())
            {
                foreach (var answer in Enum.GetValues<Answer>())
                {
                    rows.Add(proof, clock, answer, false);
                    rows.Add(proof, clock, answer, true);
                }
            }
        }

        return rows;
    }

    [Fact]
    public void The_table_is_complete() => Assert.Equal(7 * 4 * 4 * 2, Rows().Count);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task The_status_follows_the_rules(Proof proof, Clock clock, Answer answer, bool revoked)
    {
        using var fixture = new LicenseFixture();
        await using var client = fixture.Open();
        await PrepareAsync(fixture, client, proof, revoked);
        fixture.MoveClock(clock switch
        {
            Clock.Ahead => TimeSpan.FromDays(30),
            Clock.BackALittle => TimeSpan.FromMinutes(-4),
            Clock.BackTooFar => TimeSpan.FromHours(-2),
            _ => TimeSpan.Zero,
        });
        var before = client.Current;
        var after = await CheckAsync(fixture, client, answer);

        Assert.Equal(Expected(proof, clock, answer, revoked), after.State);
        Assert.Equal(after.State is LicenseState.Valid or LicenseState.ValidInGrace, after.Licensed);
        Assert.Equal(after.Licensed, after.ValidUntil is not null && after.Edition == "enterprise" && after.Limits["rooms"] == 50);
        Assert.NotEmpty(after.Message);
        Assert.Equal(after.State, client.Current.State);
        if (answer is Answer.Nothing or Answer.Forged && proof != Proof.None)
        {
            Assert.Equal(before.State, after.State);
        }
    }

    /// <summary>The rules. The first that fits counts.</summary>
    private static LicenseState Expected(Proof proof, Clock clock, Answer answer, bool revoked) => (proof, clock, answer, revoked) switch
    {
        // Whatever was, and whatever the clock shows: the server's answer counts.
        (_, _, Answer.No, _) => LicenseState.Refused,
        (_, _, Answer.Yes, true) => LicenseState.Revoked,
        (Proof.InGrace, _, Answer.Yes, false) => LicenseState.ValidInGrace,
        (_, _, Answer.Yes, false) => LicenseState.Valid,

        // From nothing comes nothing.
        (Proof.None, _, Answer.Nothing, _) => LicenseState.NeverChecked,
        (Proof.None, _, Answer.Forged, _) => LicenseState.ProofRejected,

        // No answer: the last one counts, a no for ever, a yes until it ends.
        (Proof.Refused, _, _, _) => LicenseState.Refused,
        (_, _, _, true) => LicenseState.Revoked,
        (_, Clock.BackTooFar, _, _) => LicenseState.ClockSetBack,
        (Proof.PastEnd, _, _, _) => LicenseState.OfflineTooLong,
        (Proof.PastLicense, _, _, _) => LicenseState.Expired,
        (Proof.InGrace, Clock.Ahead, _, _) => LicenseState.Expired,
        (_, Clock.Ahead, _, _) => LicenseState.OfflineTooLong,
        (Proof.InGrace, _, _, _) => LicenseState.ValidInGrace,
        _ => LicenseState.Valid,
    };

    private static async Task PrepareAsync(LicenseFixture fixture, LicenseClient client, Proof proof, bool revoked)
    {
        var server = fixture.Server;
        if (proof is Proof.InGrace or Proof.PastLicense)
        {
            server.LicenseExpiresAt = server.Now + LicenseRuns;
        }

        if (proof != Proof.None)
        {
            await client.CheckAsync();
        }

        if (revoked)
        {
            // The list arrives while the check itself fails.
            server.Revoked.Add(ulong.Parse(FakeLicenseServer.LicenseId, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            server.ChecksFail = true;
            await client.CheckAsync();
            server.ChecksFail = false;
        }

        if (proof == Proof.Refused)
        {
            server.Refusal = Wire.LicenseVerdict.Suspended;
            await client.CheckAsync();
            server.Refusal = null;
        }

        fixture.Advance(proof switch
        {
            Proof.PastRefresh => TimeSpan.FromDays(2),
            Proof.InGrace => TimeSpan.FromDays(4),
            Proof.PastEnd => TimeSpan.FromDays(15),
            Proof.PastLicense => TimeSpan.FromDays(11),
            _ => TimeSpan.FromHours(3),
        });
        _ = client.Current;
        if (proof == Proof.PastLicense)
        {
            // For those rows in which the server says yes: it was renewed.
            server.LicenseExpiresAt = null;
        }
    }

    private static Task<LicenseStatus> CheckAsync(LicenseFixture fixture, LicenseClient client, Answer answer)
    {
        var server = fixture.Server;
        server.Blocked = answer == Answer.Nothing;
        server.Refusal = answer == Answer.No ? Wire.LicenseVerdict.Expired : null;
        server.Token = answer == Answer.Forged ? _ => new TokenSigner().Sign("telemetry-license+jwt", server.ProofClaims("")) : null;
        return client.CheckAsync();
    }
}
