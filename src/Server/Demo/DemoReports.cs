using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>Makes up plausible reports.</summary>
internal sealed class DemoReports(Random random)
{
    private static readonly string[] Versions = ["1.1.0", "1.4.0", "1.4.0", "1.5.0", "1.6.0", "1.6.0", "1.6.0"];
    private static readonly string[] Nextclouds = ["30.0.14.1", "31.0.9.1", "32.0.6.1", "32.0.6.1"];
    private static readonly string[] Phps = ["8.1.33", "8.2.29", "8.3.27", "8.3.27", "8.4.14"];

    private static readonly (string Country, string Language, string Timezone)[] Places =
    [
        ("DE", "de", "Europe/Berlin"), ("DE", "de", "Europe/Berlin"), ("NL", "nl", "Europe/Amsterdam"),
        ("FR", "fr", "Europe/Paris"), ("AT", "de", "Europe/Vienna"), ("CH", "de", "Europe/Zurich"),
        ("GB", "en", "Europe/London"), ("US", "en", "America/New_York"), ("BR", "pt-BR", "America/Sao_Paulo"),
        ("", "ja", "Asia/Tokyo"), ("", "en", "UTC"),
    ];

    private static readonly Wire.Database[] Databases =
        [Wire.Database.Mysql, Wire.Database.Mysql, Wire.Database.Postgresql, Wire.Database.Mariadb, Wire.Database.Sqlite];

    public Wire.Report Of(int installation)
    {
        var (country, language, timezone) = Pick(Places);
        var rooms = (uint)random.Next(1, 60);
        var users = (uint)(rooms * random.Next(3, 40));
        var enterprise = random.Next(10) == 0;
        var url = string.Create(CultureInfo.InvariantCulture, $"https://demo-{installation:0000}.example");
        return new Wire.Report
        {
            ReportId = Guid.NewGuid().ToString("D"),
            InstanceHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url))),
            App = Wire.App.Roomvox,
            AppVersion = Pick(Versions),
            Environment = new Wire.Environment
            {
                NextcloudVersion = Pick(Nextclouds),
                PhpVersion = Pick(Phps),
                Country = country,
                Database = Pick(Databases),
                Language = language,
                Timezone = timezone,
                OsFamily = Wire.OsFamily.Linux,
                WebServer = random.Next(3) == 0 ? Wire.WebServer.Nginx : Wire.WebServer.Apache,
                Container = random.Next(2) == 0,
            },
            Users = new Wire.Users { Total = users, Active30D = users * 2 / 3, Disabled = users / 20 },
            Subscription = new Wire.Subscription
            {
                ExtendedSupport = enterprise,
                Key = enterprise ? Convert.ToHexString(RandomNumberGenerator.GetBytes(8)) : "",
            },
            Roomvox = new Wire.RoomVoxUsage
            {
                Rooms = rooms,
                RoomGroups = rooms / 8,
                RoomTypes = { ["meeting-room"] = rooms - (rooms / 4), ["lecture-hall"] = rooms / 4 },
                Facilities = { ["projector"] = rooms / 2, ["whiteboard"] = rooms / 3, ["videoconf"] = rooms / 4 },
                AverageCapacity = random.Next(40, 400) / 10.0,
                AutoAcceptRooms = rooms / 2,
                RoomsWithSmtp = rooms / 10,
                RoomsWithAvailabilityRules = rooms / 5,
                ExchangeSyncEnabled = random.Next(5) == 0,
            },
        };
    }

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
