using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;

namespace Bench.Load;

/// <summary>gRPC frames with one report, or many, each with its own id and installation.</summary>
internal sealed class ReportSource : IRequestSource
{
    private const int FramePrefix = 5;
    private const int HashLength = 64;

    private readonly byte[] _frame;
    private readonly int[] _ids;
    private readonly int[] _hashes;
    private readonly Random _random;
    private readonly int _installations;
    private long _next;

    /// <param name="seed">Sources with different seeds make different installations.</param>
    /// <param name="reports">Reports per request; more than one makes SubmitReports.</param>
    /// <param name="installations">Draw from so many known installations at random; 0 makes a new one each time.</param>
    /// <param name="first">First installation, when they are made in order.</param>
    public ReportSource(int seed, int reports = 1, int installations = 0, long? first = null)
    {
        _random = new Random(seed);
        _installations = installations;
        _next = first ?? (long)seed << 40;
        Path = reports == 1
            ? "/telemetry.v1.ReportingService/SubmitReport"
            : "/telemetry.v1.ReportingService/SubmitReports";
        IMessage message = new SubmitReportRequest { Report = Sample() };
        if (reports > 1)
        {
            var many = new SubmitReportsRequest();
            many.Reports.AddRange(Enumerable.Range(0, reports).Select(_ => Sample()));
            message = many;
        }

        _frame = new byte[FramePrefix + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(_frame.AsSpan(1), _frame.Length - FramePrefix);
        message.WriteTo(_frame.AsSpan(FramePrefix));
        _ids = Places(_frame, Id);
        _hashes = Places(_frame, Hash);
    }

    public string Path { get; }

    public static string Id { get; } = "018f6c1e-7c1a-7d2b-9a53-2f6f0f4f9d11";

    public static string Hash { get; } = new('7', HashLength);

    public static int SampleBytes => Sample().CalculateSize();

    public ReadOnlySpan<byte> Next()
    {
        for (var i = 0; i < _ids.Length; i++)
        {
            var installation = _installations > 0 ? _random.Next(_installations) : _next++;
            WriteId(_frame.AsSpan(_ids[i]), (ulong)_random.NextInt64());
            WriteHash(_frame.AsSpan(_hashes[i], HashLength), installation);
        }

        return _frame;
    }

    /// <summary>The digits of the number, the rest as in the sample: a hash is any 64 digits.</summary>
    public static void WriteHash(Span<byte> place, long installation) => WriteHex(place, (ulong)installation);

    private static void WriteId(Span<byte> place, ulong number)
    {
        Span<byte> digits = stackalloc byte[16];
        WriteHex(digits, number);
        digits[..8].CopyTo(place);
        digits[8..].CopyTo(place[24..]);
    }

    private static void WriteHex(Span<byte> place, ulong number)
    {
        for (var i = 0; i < 16; i++)
        {
            place[i] = "0123456789abcdef"u8[(int)(number >> (60 - (4 * i)) & 0xF)];
        }
    }

    private static int[] Places(byte[] frame, string text)
    {
        var pattern = Encoding.ASCII.GetBytes(text);
        var places = new List<int>();
        for (var at = 0; frame.AsSpan(at).IndexOf(pattern) is var found and >= 0; at = places[^1] + 1)
        {
            places.Add(at + found);
        }

        return [.. places];
    }

    private static Report Sample()
    {
        var usage = new RoomVox.Usage
        {
            Rooms = 5,
            RoomGroups = 2,
            AverageCapacity = 36.25,
            AutoAcceptRooms = 3,
            RoomsWithSmtp = 1,
            RoomsWithAvailabilityRules = 2,
            ExchangeSyncEnabled = true,
            RoomsWithExchange = 1,
        };
        string[] types = ["meeting-room", "studio", "lecture-hall"];
        string[] facilities = ["projector", "whiteboard", "videoconf", "audio", "display", "wheelchair"];
        for (var i = 0; i < 14; i++)
        {
            usage.RoomTypes[i < types.Length ? types[i] : $"own-type-{i:00}"] = (uint)i + 1;
        }

        for (var i = 0; i < 19; i++)
        {
            usage.Facilities[i < facilities.Length ? facilities[i] : $"own-facility-{i:00}"] = (uint)i + 1;
        }

        return new Report
        {
            ReportId = Id,
            InstanceHash = Hash,
            App = "roomvox",
            AppVersion = "1.4.0",
            Environment = new Telemetry.Contracts.V1.Environment
            {
                NextcloudVersion = "32.0.6.1",
                PhpVersion = "8.2.36",
                Country = "DE",
                Database = Database.Postgresql,
                Language = "de",
                Timezone = "Europe/Berlin",
                OsFamily = OsFamily.Linux,
                WebServer = WebServer.Nginx,
                Container = false,
            },
            Users = new Users { Total = 25, Active30D = 10, Disabled = 2 },
            Subscription = new Subscription { ValidSubscription = false, ExtendedSupport = false },
            Usage = Any.Pack(usage),
        };
    }
}
