using System.Buffers.Binary;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;

namespace Telemetry.Server.Demo;

/// <summary>A license that the simulated vendor sells, and what becomes of it.</summary>
/// <param name="Customer">The vendor's name for the customer.</param>
/// <param name="Weight">How much of the licensed sites are this customer's.</param>
/// <param name="Apps">Slugs.</param>
/// <param name="Seats">Installations allowed.</param>
/// <param name="Issued">Day of the simulation.</param>
/// <param name="Days">How long it is good; 0 for ever.</param>
internal sealed record DemoLicense(string Customer, double Weight, string[] Apps, int Seats, int Issued, int Days)
{
    private static readonly string[] Suite = ["roomvox", "formvox", "metavox", "intravox", "introvox"];

    /// <summary>Some end soon after 400 days, some ended, of some the seats are full.</summary>
    public static readonly DemoLicense[] All =
    [
        new("C-1001", 14, Suite, 25, 3, 730), new("C-1002", 5, ["roomvox"], 5, 20, 365) { Renewed = (380, 365) },
        new("C-1003", 9, ["roomvox", "formvox"], 3, 34, 730), new("C-1004", 4, ["roomvox"], 1, 48, 366),
        new("C-1005", 6, Suite, 10, 55, 355), new("C-1006", 8, ["formvox", "intravox"], 10, 70, 340),
        new("C-1007", 4, ["metavox"], 5, 90, 325) { StateFrom = (372, LicenseState.Suspended) }, new("C-1008", 11, Suite, 50, 102, 0),
        new("C-1009", 6, ["roomvox", "intravox"], 2, 130, 365) { Overage = OveragePolicy.Allow },
        new("C-1010", 4, ["roomvox"], 3, 150, 180), new("C-1011", 7, ["shelfmark"], 10, 165, 365),
        new("C-1012", 5, Suite, 5, 200, 217), new("C-1013", 3, ["formvox"], 2, 221, 365) { StateFrom = (340, LicenseState.Revoked) },
        new("C-1014", 6, ["roomvox", "metavox"], 4, 260, 365), new("C-1015", 4, ["introvox"], 10, 300, 365),
        new("C-1016", 5, Suite, 20, 352, 365), new("C-1017", 3, ["roomvox"], 2, 393, 30),
    ];

    public OveragePolicy Overage { get; private init; } = OveragePolicy.Refuse;

    /// <summary>From which day on it is prolonged, and for how long.</summary>
    public (int Day, int Days)? Renewed { get; private init; }

    /// <summary>From which day on it counts no more.</summary>
    public (int Day, LicenseState State)? StateFrom { get; private init; }

    /// <summary>By this the vendor's call is known, so that repeating it issues no second license.</summary>
    public string RequestId => $"simulated-fleet-{Customer}";

    /// <summary>Whether something is done with it on a day.</summary>
    public bool ChangesOn(int day) => day == Issued || day == Renewed?.Day || day == StateFrom?.Day;

    /// <summary>What an installation claims about a subscription, right or wrong; null when nothing.</summary>
    public static DemoClaim? ClaimOf(DemoSite site, string app, int birth, Draw draw)
    {
        var since = birth + 4 + (int)draw.For(Trait.Claim).Waiting(12);
        if (site.Draw.For(Trait.License).Happens(0.04))
        {
            var license = site.Draw.For(Trait.License).For(1).Pick<DemoLicense>([.. All.Select(license => (license.Weight, license))]);
            return license.Apps.Contains(app) || draw.For(Trait.License).Happens(0.25)
                ? new DemoClaim(Math.Max(since, license.Issued + 2), license) { IsActivated = !draw.For(Trait.License).For(2).Happens(0.05) }
                : null;
        }

        return draw.For(Trait.Claim).For(1).Happens(0.014)
            ? new DemoClaim(since, null)
            {
                WrongKey = draw.For(Trait.Claim).For(2).Pick<string>((4, "RVOX-TRIAL-2025"), (3, StrangeKey(draw)), (3, "")),
            }
            : null;
    }

    /// <summary>Well formed, and nobody's.</summary>
    private static string StrangeKey(Draw draw)
    {
        var seed = new byte[LicenseKey.SeedSize];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, draw.For(Trait.License).Bits);
        return LicenseKey.Create("RVOX", seed);
    }
}

/// <summary>What an installation claims.</summary>
/// <param name="From">From which day on.</param>
/// <param name="License">The license whose key it has; null when it has none.</param>
internal sealed record DemoClaim(int From, DemoLicense? License)
{
    /// <summary>What it sends where no license is.</summary>
    public string WrongKey { get; init; } = "";

    /// <summary>Whether it checks its license with the server, which takes a seat.</summary>
    public bool IsActivated { get; init; }

    public string KeyWith(Func<DemoLicense, string> keys) => License is null ? WrongKey : keys(License);
}
