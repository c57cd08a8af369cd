using System.Collections.Concurrent;
using System.Security.Cryptography;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests.Send;

public sealed class SameBytesTests
{
    private static readonly Gen<Users> GenUsers = Gen.Select(Gen.UInt[0, 1_000_000], Gen.UInt[0, 1_000_000], Gen.Bool,
        (total, active, known) => known ? new Users { Total = total, Active30D = active } : new Users { Disabled = active });

    private static readonly Gen<(string Label, uint Count)[]> GenCounts = Gen.Select(
        OneOf("meeting-room", "studio", "Dr. Smith's", "", "projector", "Ünïcode ☂", "piano"), Gen.UInt[0, 400]).Array[0, 6];

    private static readonly Gen<UsageSnapshot<Usage>> GenUsage = Gen.Select(
        GenUsers, GenCounts, GenCounts, Gen.Double[0, 1000], OneOf("", "RVOX-TEST-KEY-1", "RVOX-TEST-KEY-2"), Gen.Bool,
        (users, types, facilities, capacity, key, enterprise) => new UsageSnapshot<Usage>
        {
            Users = users,
            Usage = new Usage
            {
                Rooms = (uint)types.Length,
                RoomTypes = { Map(types) },
                Facilities = { Map(facilities) },
                AverageCapacity = capacity,
                ExchangeSyncEnabled = enterprise,
            },
            Subscription = new Subscription { ExtendedSupport = enterprise, Key = key },
        });

    [Fact]
    public async Task For_1000_states_the_bytes_shown_are_the_bytes_on_the_wire_and_the_digest_in_the_receipt()
    {
        var received = new ConcurrentQueue<byte[]>();
        await using var wire = await FakeServer.StartAsync(HttpProtocols.Http2, context => ReceiveAsync(context, received));
        using var installation = new TestInstallation(wire.Address);
        UsageSnapshot<Usage> usage = new();
        installation.Collector = _ => ValueTask.FromResult(usage);
        await using var client = installation.Client();
        var digests = new HashSet<string>();

        await GenUsage.SampleAsync(async generated =>
        {
            usage = generated;
            var preview = await client.PreviewAsync();
            var sent = (SendResult.Sent)await client.SendNowAsync();

            Assert.True(received.TryDequeue(out var bytes));
            Assert.Equal(preview.Bytes.ToArray(), bytes);
            var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
            Assert.Equal(digest, preview.Digest);
            Assert.Equal(digest, sent.Receipt.Digest);
            Assert.Equal(digest, client.GetHistory()[0].Receipt!.Digest);
            digests.Add(digest);
        }, iter: 1000, threads: 1);

        // Each report has an id of its own, so no two are alike.
        Assert.Equal(1000, digests.Count);
    }

    private static Dictionary<string, uint> Map((string Label, uint Count)[] counts) =>
        counts.DistinctBy(one => one.Label).ToDictionary(one => one.Label, one => one.Count);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>Keeps the message of a unary call as it came, behind gRPC's five bytes of framing, and gives a receipt.</summary>
    private static async Task ReceiveAsync(HttpContext context, ConcurrentQueue<byte[]> received)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var input = new CodedInputStream(body.ToArray()[5..]);
        input.ReadTag();
        var report = input.ReadBytes();
        Assert.Equal(SubmitReportRequest.OwnershipSecretFieldNumber, WireFormat.GetTagFieldNumber(input.ReadTag()));
        Assert.Equal(32, input.ReadBytes().Length);
        Assert.True(input.IsAtEnd);
        received.Enqueue(report.ToByteArray());
        await FakeServer.AnswerAsync(context, new SubmitReportResponse
        {
            Receipt = new Receipt
            {
                ReportId = Report.Parser.ParseFrom(report).ReportId,
                AcceptedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero).ToTimestamp(),
                ReportSha256 = ByteString.CopyFrom(SHA256.HashData(report.Span)),
            },
        });
    }
}
