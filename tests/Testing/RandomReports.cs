using Telemetry.Server.Model;

namespace Telemetry.Testing;

/// <summary>Reports with every field somewhere between missing and extreme.</summary>
internal sealed class RandomReports(Random random)
{
    private static readonly string[] Versions = ["1.1.0", "1.4.0", "1.6.0", "2.0.0-rc1"];
    private static readonly string[] Texts = ["", "de", "pt-BR", "Europe/Berlin", "32.0.6.1", "8.2"];

    public Report Next(int instance) => new()
    {
        ReportId = NewId(),
        ContentTag = (ulong)random.NextInt64(),
        Instance = new InstanceId(new UInt128((ulong)instance * 0x9E3779B97F4A7C15, (ulong)instance * 0xC2B2AE3D27D4EB4F)),
        App = App.RoomVox,
        AppVersion = Pick(Versions),
        SchemaVersion = (uint)random.Next(0, 3),
        Claim = new Claim((ClaimVerdict)random.Next(1, 5), (LicenseVerdict)random.Next(0, 14)),
        Environment = new InstallationEnvironment
        {
            NextcloudVersion = Pick(Texts),
            PhpVersion = Pick(Texts),
            DotnetVersion = Pick(Texts),
            Country = random.Next(2) == 0 ? default : CountryCode.FromLetters("DE"),
            CountrySource = (CountrySource)random.Next(3),
            Database = (Database)random.Next(8),
            Language = Pick(Texts),
            Timezone = Pick(Texts),
            OsFamily = (OsFamily)random.Next(7),
            WebServer = (WebServer)random.Next(8),
            Container = Flag(),
        },
        Users = new UserCounts(Count(), Count(), Count(), Count()),
        Subscription = new SubscriptionFlags(Flag(), Flag()),
        RoomVox = random.Next(5) == 0 ? null : new RoomVoxUsage
        {
            Rooms = Count(),
            RoomGroups = Count(),
            RoomTypes = Labels(LabelRegister.RoomTypes),
            Facilities = Labels(LabelRegister.Facilities),
            AverageCapacityHundredths = Count(),
            AutoAcceptRooms = Count(),
            RoomsWithSmtp = Count(),
            RoomsWithAvailabilityRules = Count(),
            ExchangeSyncEnabled = Flag(),
            RoomsWithExchange = Count(),
        },
    };

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];

    private uint? Count() => random.Next(4) switch { 0 => null, 1 => 0, 2 => 100_000_000, _ => (uint)random.Next() };

    private bool? Flag() => random.Next(3) switch { 0 => null, 1 => false, _ => true };

    private LabelCounts Labels(LabelRegister register)
    {
        var items = Enumerable.Range(0, register.Count).Where(_ => random.Next(3) == 0)
            .Select(label => new LabelCount((byte)label, (uint)random.Next(0, 100_000_000))).ToArray();
        return items.Length == 0 ? LabelCounts.Empty : new LabelCounts(items);
    }
}
