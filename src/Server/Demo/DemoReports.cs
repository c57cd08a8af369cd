using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using FormVox = Telemetry.Contracts.Apps.FormVox.V1;
using IntraVox = Telemetry.Contracts.Apps.IntraVox.V1;
using IntroVox = Telemetry.Contracts.Apps.IntroVox.V1;
using MetaVox = Telemetry.Contracts.Apps.MetaVox.V1;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>Makes up plausible reports.</summary>
internal sealed class DemoReports(Random random)
{
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

    /// <summary>Of the app that does not come with the server, as its vendor registers it.</summary>
    public static readonly ByteString OwnContract = new FileDescriptorSet
    {
        File =
        {
            FileDescriptor.DescriptorProtoFileDescriptor.ToProto(), Wire.FieldPolicyReflection.Descriptor.ToProto(),
            Shelfmark.ShelfmarkReflection.Descriptor.ToProto(),
        },
    }.ToByteString();

    /// <summary>The apps of the fleet, the more common ones more often, each with figures of an installation of some size.</summary>
    private static readonly (string App, string[] Versions, Func<Random, uint, IMessage> Usage)[] Apps =
    [
        ("roomvox", ["1.1.0", "1.4.0", "1.4.0", "1.5.0", "1.6.0", "1.6.0", "1.6.0"], RoomVoxOf),
        ("roomvox", ["1.6.0"], RoomVoxOf),
        ("formvox", ["1.2.1", "1.3.0"], (random, size) => new FormVox.Usage { Forms = size, Responses = size * (ulong)random.Next(200) }),
        ("metavox", ["2.0.5", "2.1.0"], (random, size) => new MetaVox.Usage
        {
            Fields = 1 + (size / 4),
            FieldTypes = { ["text"] = 1 + (size / 8), ["date"] = size / 8 },
            TeamFolders = size,
            Entries = size * (ulong)random.Next(500),
        }),
        ("intravox", ["2.3.1"], (_, size) => new IntraVox.Usage { Pages = size * 4, PagesByLanguage = { ["en"] = size * 3, ["de"] = size } }),
        ("introvox", ["1.7.6"], (random, size) => new IntroVox.Usage
        {
            StepsByLanguage = { ["en"] = 3 + (size % 9) },
            WizardEnabled = true,
            WizardsStarted = size * 3,
            WizardsCompleted = size * (uint)random.Next(1, 3),
        }),
        ("shelfmark", ["0.9.4", "1.0.0"], (random, size) => new Shelfmark.Usage
        {
            Titles = size * 400,
            Loans30D = { ["book"] = size * 90, ["film"] = size * 12, ["custom"] = size },
            AverageLoanDays = random.Next(70, 280) / 10.0,
            SelfService = random.Next(3) == 0,
        }),
    ];

    public Wire.Report Of(int installation)
    {
        var (country, language, timezone) = Pick(Places);
        var size = (uint)random.Next(1, 60);
        var users = (uint)(size * random.Next(3, 40));
        var enterprise = random.Next(10) == 0;
        var url = string.Create(CultureInfo.InvariantCulture, $"https://demo-{installation:0000}.example");
        // An installation keeps its app.
        var (app, versions, usage) = Apps[installation % Apps.Length];
        var figures = usage(random, size);
        return new Wire.Report
        {
            ReportId = Guid.NewGuid().ToString("D"),
            InstanceHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url))),
            App = app,
            AppVersion = Pick(versions),
            Environment = new Wire.Environment
            {
                // The app of its own vendor stands by itself.
                NextcloudVersion = figures is Shelfmark.Usage ? "" : Pick(Nextclouds),
                PhpVersion = figures is Shelfmark.Usage ? "" : Pick(Phps),
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
            Usage = Any.Pack(figures),
        };
    }

    private static RoomVox.Usage RoomVoxOf(Random random, uint rooms) => new()
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
    };

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
