using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Registered contracts in a damaged store: whole, or missed aloud.</summary>
public sealed class SalvagedContractTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-salvage-").FullName;

    private LiteDbStoreOptions Options => new() { Directory = _data };

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_salvage_keeps_every_revision_and_the_figures_that_they_explain()
    {
        await WriteAsync(revisions: 2);

        var words = StoreSalvage.Run(Options, Now);

        Assert.Contains(words, line => line.Contains("2 contracts of registered apps", StringComparison.Ordinal));
        await using var server = await TestServer.StartAsync(_data);
        var app = await server.Apps.GetAppAsync(new() { App = "invoicer" }, server.Authorized);
        Assert.Equal((2u, Revision(2).ToSet()), (app.App.Revision, app.DescriptorSet));
        var instance = Assert.Single((await server.Admin.ListInstancesAsync(new(), server.Authorized)).Instances);
        Assert.Equal([0x08, 0x03], instance.Usage.Value.ToByteArray());
        // The first revision still binds the next one.
        var broken = Revision(2);
        broken.Change("template", policy => policy.Labels.RemoveAt(0));
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Apps.RegisterAppAsync(new() { DescriptorSet = broken.ToSet() }, server.Authorized));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
    }

    [Fact]
    public async Task One_flipped_bit_in_a_contract_is_refused_with_words_and_never_drops_it_silently()
    {
        await WriteAsync(revisions: 1);
        var path = Path.Combine(_data, StoreFiles.Data);
        var whole = await File.ReadAllBytesAsync(path);
        var random = new Random(81);
        var places = PlacesOf(whole, "acme.invoicer"u8);
        Assert.NotEmpty(places);
        foreach (var place in places)
        {
            var damaged = whole.ToArray();
            damaged[place + random.Next(13)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, damaged);

            Assert.NotEmpty(StoreVerification.Run(Options));
            var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await using var server = await TestServer.StartAsync(_data);
            });
            Assert.True(refusal is StoreOpenException or StoreDamagedException, refusal.ToString());
            Assert.NotEmpty(refusal.Message);
        }

        await File.WriteAllBytesAsync(path, whole);
        // A salvage would find it in the logs.
        foreach (var name in StoreFiles.All)
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_data, name));
            PlacesOf(bytes, "acme.invoicer"u8).ForEach(place => bytes[place] ^= 1);
            await File.WriteAllBytesAsync(Path.Combine(_data, name), bytes);
        }

        var words = StoreSalvage.Run(Options, Now);

        Assert.Contains(words, line => line.StartsWith("Gone: the contract of the app invoicer", StringComparison.Ordinal));
        Assert.Contains(words, line => line.StartsWith("Not provable: ", StringComparison.Ordinal));
        Assert.DoesNotContain(words, line => line.StartsWith("Nothing that was left", StringComparison.Ordinal));
        await using var restarted = await TestServer.StartAsync(_data);
        restarted.Time.Advance(TimeSpan.FromDays(1));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => SubmitAsync(restarted));
        Assert.Equal(StatusCode.InvalidArgument, unknown.StatusCode);
        await restarted.Apps.RegisterAppAsync(new() { DescriptorSet = Revision(1).ToSet() }, restarted.Authorized);
        await SubmitAsync(restarted);
        var instance = Assert.Single((await restarted.Admin.ListInstancesAsync(new(), restarted.Authorized)).Instances);
        Assert.Equal([0x08, 0x03], instance.Usage.Value.ToByteArray());
    }

    private async Task WriteAsync(int revisions)
    {
        await using var server = await TestServer.StartAsync(_data);
        for (var number = 1; number <= revisions; number++)
        {
            await server.Apps.RegisterAppAsync(new() { DescriptorSet = Revision(number).ToSet() }, server.Authorized);
        }

        await SubmitAsync(server);
    }

    private static MadeUpContract Revision(int number)
    {
        var contract = new MadeUpContract();
        if (number > 1)
        {
            contract.Add("reminders", 12, FieldType.Uint32);
        }

        return contract;
    }

    private static async Task SubmitAsync(TestServer server)
    {
        var request = SampleReports.Request("https://a.example");
        request.Report.App = "invoicer";
        request.Report.Usage = new Any
        {
            TypeUrl = "type.googleapis.com/" + MadeUpContract.TypeName,
            Value = Google.Protobuf.ByteString.CopyFrom(0x08, 0x03),
        };
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(request);
    }

    private static List<int> PlacesOf(byte[] bytes, ReadOnlySpan<byte> word)
    {
        var places = new List<int>();
        for (var at = 0; bytes.AsSpan(at).IndexOf(word) is var next and >= 0; at += next + 1)
        {
            places.Add(at + next);
        }

        return places;
    }
}
