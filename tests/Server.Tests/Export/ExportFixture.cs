using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Demo;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Export;

/// <summary>A server with reports of all apps, a registered one among them, and files of it.</summary>
internal sealed class ExportFixture : IAsyncDisposable
{
    public const int Reports = 600;

    private ExportFixture(TestServer server) => Server = server;

    public TestServer Server { get; }

    public Wire.InsightsService.InsightsServiceClient Insights => new(Server.Native);

    public static async Task<ExportFixture> StartAsync()
    {
        var fixture = new ExportFixture(await TestServer.StartAsync(null, null, "Ingestion:MinimumInterval=00:00:00"));
        await fixture.Server.Apps.RegisterAppAsync(new Wire.RegisterAppRequest { DescriptorSet = DemoContract.Bytes }, fixture.Server.Authorized);
        var firstDay = new DateOnly(2025, 10, 23);
        var reports = new DemoFleet(firstDay).ReportsOn(firstDay.AddDays(60)).Take(Reports)
            .Select(due => due.Installation.ReportOn(due.Day, license => license.Customer)).ToList();
        foreach (var batch in reports.Chunk(100))
        {
            fixture.Server.Time.Advance(TimeSpan.FromMinutes(7) + TimeSpan.FromMilliseconds(123));
            var answer = await new Wire.ReportingService.ReportingServiceClient(fixture.Server.Native)
                .SubmitReportsAsync(new Wire.SubmitReportsRequest { Reports = { batch } });
            Assert.All(answer.Results, result => Assert.NotNull(result.Receipt));
        }

        return fixture;
    }

    public async Task<byte[]> ExportAsync(Wire.ExportRequest request)
    {
        using var call = Insights.Export(request, Server.Authorized);
        using var file = new MemoryStream();
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
        {
            Assert.InRange(piece.Data.Length, 1, 64 * 1024);
            file.Write(piece.Data.Span);
        }

        return file.ToArray();
    }

    public async Task<ExportedFile> CsvAsync(Wire.ExportRequest request) => ExportedFile.OfCsv(await ExportAsync(request));

    public async Task<Wire.StoredReport> ReportAsync(string number) => (await Server.Admin.GetReportAsync(
        new Wire.GetReportRequest { Number = ulong.Parse(number, CultureInfo.InvariantCulture) }, Server.Authorized)).Report;

    /// <summary>What a message says at a path, as a file writes it; empty for nothing.</summary>
    public string ValueAt(IMessage message, string path)
    {
        var (name, rest) = path.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? (path[..dot], path[(dot + 1)..]) : (path, "");
        if (message.Descriptor.FindFieldByName(name) is not { } field)
        {
            return "";
        }

        var value = field.Accessor.GetValue(message);
        return (value, rest) switch
        {
            (null, _) => "",
            (Any usage, _) => ValueAt(Unpacked(usage), rest),
            (IMessage inner, { Length: > 0 }) => ValueAt(inner, rest),
            (_, { Length: > 0 }) => "",
            (Timestamp moment, _) => moment.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            _ when field.HasPresence && !field.Accessor.HasValue(message) => "",
            (System.Collections.ICollection { Count: 0 }, _) => "",
            (System.Collections.IDictionary counts, _) => Normal(JsonSerializer.Serialize(counts)),
            (System.Collections.IList list, _) => JsonSerializer.Serialize(list),
            (bool flag, _) => flag ? "true" : "false",
            (System.Enum number, _) => Convert.ToInt32(number, CultureInfo.InvariantCulture) is var known && known == 0
                ? "" : field.EnumType.FindValueByNumber(known).Name,
            (0u or 0ul, _) when !field.HasPresence => "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    /// <summary>JSON whose names have one order.</summary>
    public static string Normal(string json) => json is ['{', ..]
        ? JsonSerializer.Serialize(new SortedDictionary<string, long>(JsonSerializer.Deserialize<Dictionary<string, long>>(json)!, StringComparer.Ordinal))
        : json;

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private IMessage Unpacked(Any usage)
    {
        var schema = Server.Part<AppRegistry>().FindUsage(usage.TypeUrl)!;
        // Of the registered app there is a class here, and none in the server's registry.
        return schema.Descriptor!.Parser is { } parser ? parser.ParseFrom(usage.Value)
            : Telemetry.Server.Demo.Shelfmark.Usage.Parser.ParseFrom(usage.Value);
    }
}
