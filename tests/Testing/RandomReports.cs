using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Schema;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Reports with every field somewhere between missing and extreme.</summary>
internal sealed class RandomReports(Random random)
{
    private static readonly AppRegistry Apps = new();
    private static readonly string[] Versions = ["1.1.0", "1.4.0", "1.6.0", "2.0.0-rc1"];
    private static readonly string[] Languages = ["", "de", "pt-BR", "sr-Latn"];
    private static readonly string[] Zones = ["", "Europe/Berlin", "UTC", "Asia/Tokyo"];

    public Report Next(int instance)
    {
        var submitted = SubmittedReport.FromWire(Message(instance).ToByteArray(), Apps);
        return submitted.Violations.Count > 0
            ? throw new InvalidOperationException(submitted.Violations[0].ToString())
            : new Report
            {
                ReportId = submitted.ReportId,
                ContentTag = (ulong)random.NextInt64(),
                Instance = new InstanceId(new UInt128((ulong)instance * 0x9E3779B97F4A7C15, (ulong)instance * 0xC2B2AE3D27D4EB4F)),
                Schema = submitted.Schema,
                Values = submitted.Values!,
                Body = submitted.Body,
                Claim = new Claim((ClaimVerdict)random.Next(1, 5), (LicenseVerdict)random.Next(0, 14)),
                CountrySource = submitted.CountrySource,
            };
    }

    private Wire.Report Message(int instance)
    {
        var report = new Wire.Report
        {
            ReportId = NewId().ToString("D"),
            InstanceHash = SampleReports.HashOf(instance.ToString(CultureInfo.InvariantCulture)),
            App = SampleReports.App,
            AppVersion = Pick(Versions),
            SchemaVersion = (uint)random.Next(0, 3),
            Environment = new Wire.Environment
            {
                NextcloudVersion = random.Next(2) == 0 ? "" : "32.0.6.1",
                PhpVersion = random.Next(2) == 0 ? "" : "8.2",
                DotnetVersion = random.Next(2) == 0 ? "" : "10.0.1",
                Country = random.Next(2) == 0 ? "" : "DE",
                Database = (Wire.Database)random.Next(8),
                Language = Pick(Languages),
                Timezone = Pick(Zones),
                OsFamily = (Wire.OsFamily)random.Next(7),
                WebServer = (Wire.WebServer)random.Next(8),
            },
            Users = new Wire.Users(),
            Subscription = new Wire.Subscription(),
        };
        var usage = new RoomVox.Usage();
        Flag(value => report.Environment.Container = value);
        Flag(value => report.Subscription.ValidSubscription = value);
        Flag(value => report.Subscription.ExtendedSupport = value);
        Flag(value => usage.ExchangeSyncEnabled = value);
        Count(value => report.Users.Total = value);
        Count(value => report.Users.Active30D = value);
        Count(value => report.Users.Disabled = value);
        Count(value => report.Users.Enabled = value);
        Count(value => usage.Rooms = value);
        Count(value => usage.RoomGroups = value);
        Count(value => usage.AverageCapacity = value / 100.0);
        Count(value => usage.AutoAcceptRooms = value);
        Count(value => usage.RoomsWithExchange = value);
        foreach (var label in new[] { "studio", "office", "one of our own" }.Where(_ => random.Next(2) == 0))
        {
            usage.RoomTypes[label] = (uint)random.Next(0, 1_000_000);
        }

        report.Usage = Any.Pack(usage);
        return report;
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];

    private void Count(Action<uint> set)
    {
        if (random.Next(4) is var dice and not 0)
        {
            set(dice switch { 1 => 0, 2 => 100_000_000, _ => (uint)random.Next(100_000_000) });
        }
    }

    private void Flag(Action<bool> set)
    {
        if (random.Next(3) is var dice and not 0)
        {
            set(dice == 1);
        }
    }
}
