using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Valid reports for tests, which change what they are about.</summary>
internal static class SampleReports
{
    /// <summary>The app that reports here.</summary>
    public const string App = "roomvox";

    public static string HashOf(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));

    public static Wire.Report Of(string url = "https://cloud.example.org") => new()
    {
        ReportId = Guid.NewGuid().ToString("D"),
        InstanceHash = HashOf(url),
        App = App,
        AppVersion = "1.4.0",
        Environment = new Wire.Environment
        {
            NextcloudVersion = "32.0.6.1",
            PhpVersion = "8.2.36",
            Country = "DE",
            Database = Wire.Database.Postgresql,
            Language = "de",
            Timezone = "Europe/Berlin",
            OsFamily = Wire.OsFamily.Linux,
            WebServer = Wire.WebServer.Nginx,
            Container = false,
        },
        Users = new Wire.Users { Total = 25, Active30D = 10, Disabled = 2 },
        Subscription = new Wire.Subscription { ValidSubscription = false, ExtendedSupport = false },
        Usage = Any.Pack(Usage()),
    };

    public static RoomVox.Usage Usage() => new()
    {
        Rooms = 5,
        RoomGroups = 2,
        RoomTypes = { ["meeting-room"] = 3, ["studio"] = 2 },
        Facilities = { ["projector"] = 3 },
        AverageCapacity = 36.25,
        AutoAcceptRooms = 3,
    };

    /// <summary>Changes a report's usage, which is packed.</summary>
    public static void ChangeUsage(this Wire.Report report, Action<RoomVox.Usage> change)
    {
        var usage = report.Usage.Unpack<RoomVox.Usage>();
        change(usage);
        report.Usage = Any.Pack(usage);
    }

    public static Wire.SubmitReportRequest Request(string url = "https://cloud.example.org") => new() { Report = Of(url) };
}
