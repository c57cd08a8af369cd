namespace Telemetry.Server.Demo;

/// <summary>Chance without memory: a question has the same answer whenever it is asked, and none shifts another.</summary>
/// <remarks>So any day of the simulation can be worked out by itself, and a later start goes on with the same one.</remarks>
internal readonly struct Draw(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>From 0 to below 1, evenly.</summary>
    public double Unit => (Mixed(seed) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Any number.</summary>
    public ulong Bits => Mixed(seed);

    public Draw For(Trait trait) => For((int)trait);

    public Draw For(int what) => new(Mixed(seed + (Golden * ((ulong)what + 1))));

    public bool Happens(double probability) => Unit < probability;

    /// <summary>How long to wait for what comes once in so many days on average.</summary>
    public double Waiting(double mean) => -mean * Math.Log(1 - Unit);

    /// <summary>Half of all are below the median; two thirds lie within the spread's power of e around it.</summary>
    public double Around(double median, double spread) => median * Math.Exp(
        spread * Math.Sqrt(-2 * Math.Log(1 - Unit)) * Math.Cos(2 * Math.PI * For(1).Unit));

    /// <summary>One of several, each as likely as its weight says.</summary>
    public T Pick<T>(params ReadOnlySpan<(double Weight, T Value)> values)
    {
        var total = 0.0;
        foreach (var (weight, _) in values)
        {
            total += weight;
        }

        var rest = Unit * total;
        var chosen = values[^1].Value;
        foreach (var (weight, value) in values)
        {
            if ((rest -= weight) < 0)
            {
                return value;
            }
        }

        return chosen;
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

/// <summary>What is left to chance. An order without meaning: a new one goes to the end, so that the others stay as they are.</summary>
internal enum Trait
{
    Site, Births, Place, TellsCountry, TellsTimezone, TellsLanguage, TellsUsers, TellsPlatform, Database, WebServer, Container, Users, Growth, Care,
    RuntimeLag, PlatformLag, PatchLag, FreezesPatches, Life, LifeKind, Weekends, Gap, GapBegin, GapLength, Apps, Later, Copy, CopyApp, Absent,
    Hour, HourKind, Jitter, Update, RollBack, Figures, Claim, License, ReportId, Subscription, Season,
}
