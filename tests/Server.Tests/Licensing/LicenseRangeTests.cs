using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>The ends of every range: whatever a caller sends, the server answers or refuses, and never fails.</summary>
public sealed class LicenseRangeTests
{
    private const int Messages = 400;

    private static readonly StatusCode[] Refusals =
    [
        StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.AlreadyExists, StatusCode.FailedPrecondition,
    ];

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 255, 256, 257, 258, -255, 1_000, 1_001, 100_000, 100_001, int.MaxValue, int.MinValue, uint.MaxValue,
        long.MaxValue, long.MinValue, 946_684_799, 946_684_800, 32_503_679_999, 32_503_680_000, 253_402_300_799,
        253_402_300_800, -62_135_596_800, -62_135_596_801, 31_536_000, 31_536_001, 999_999_999, 1_000_000_000,
    ];

    private static readonly string[] Texts =
    [
        "", "0", "2147483647", "2147482647", "-1", "rooms", "C-1", "RVOX", SampleReports.HashOf("https://a.example"),
        "7b8f1c9e-30a4-4a53-9a3e-0d4fb2c1a001", "expires_at", "grace", "limits", "instances_allowed", new('a', 300),
        "RVOX-TEST-1234-5678-9ABC", "\u0000", "\uFF21\u2011",
    ];

    public static TheoryData<string> Methods { get; } =
    [
        .. Wire.LicenseService.Descriptor.Methods.Select(method => method.FullName),
        .. Wire.LicenseAdminService.Descriptor.Methods.Where(method => method.Name != "RotateSigningKey").Select(method => method.FullName),
    ];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task No_request_makes_the_server_fail(string name)
    {
        await using var server = await TestServer.StartAsync(settings: "Licensing:WrongKeysPerHour=0");
        var (license, key) = await server.IssueAsync(order => order.InstancesAllowed = 100_000);
        var method = Wire.LicenseService.Descriptor.Methods.Concat(Wire.LicenseAdminService.Descriptor.Methods)
            .Single(method => method.FullName == name);

        for (var seed = 0; seed < Messages; seed++)
        {
            var request = (IMessage)Activator.CreateInstance(method.InputType.ClrType)!;
            Fill(request, new Random(seed), license.LicenseId, key);
            try
            {
                await CallAsync(server, method, request);
            }
            catch (RpcException e)
            {
                Assert.True(Refusals.Contains(e.StatusCode), $"Seed {seed}: {e.Status} for {request}");
            }

            // What was changed or issued on the way must be shown and judged, too.
            await server.CheckAsync(key);
        }

        var list = await server.LicenseAdmin.ListLicensesAsync(new() { PageSize = 1_000 }, server.Authorized);
        Assert.NotEmpty(list.Licenses);
    }

    [Theory]
    [InlineData("1999-12-31T23:59:59.999Z", false)]
    [InlineData("2000-01-01T00:00:00Z", true)]
    [InlineData("2999-12-31T23:59:59.999Z", true)]
    [InlineData("3000-01-01T00:00:00Z", false)]
    [InlineData("9999-12-31T00:00:00Z", false)]
    [InlineData("9999-12-31T23:59:59.999Z", false)]
    public async Task A_license_expires_within_what_can_be_reckoned_with_or_never(string expires, bool good)
    {
        await using var server = await TestServer.StartAsync();
        var moment = LicenseSamples.At(DateTimeOffset.Parse(expires, System.Globalization.CultureInfo.InvariantCulture));
        var issue = () => server.IssueAsync(order =>
        {
            order.ExpiresAt = moment;
            order.Grace = new() { Seconds = 365 * 24 * 60 * 60 };
        });
        if (!good)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(issue);
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.Contains("never expires", refusal.Status.Detail, StringComparison.Ordinal);
            return;
        }

        var (license, key) = await issue();
        Assert.Equal(moment, license.ExpiresAt);
        Assert.Equal(moment.ToDateTimeOffset() > server.Time.GetUtcNow(), (await server.CheckAsync(key)).Decision.Licensed);
    }

    [Fact]
    public void A_stored_end_beyond_all_time_is_the_end_of_time()
    {
        var license = Stored(DateTimeOffset.MaxValue);
        var lease = new LicenseLease(license.Id, default, DateOnly.MaxValue, DateOnly.MaxValue, LicenseLease.NoUsage);
        var judge = new LicenseJudge(400);

        Assert.Equal(DateTimeOffset.MaxValue, license.EndsAt);
        foreach (var today in (DateOnly[])[DateOnly.MinValue, new(2026, 11, 20), DateOnly.MaxValue])
        {
            Assert.Equal(today == DateOnly.MaxValue, judge.IsLive(lease, today));
            Assert.InRange(judge.EndOf(lease, today).UtcDateTime, DateTime.MinValue, DateTime.MaxValue);
        }
    }

    [Fact]
    public async Task A_report_on_which_the_server_fails_takes_no_other_report_of_its_batch_along()
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectsErrors = true;
        var (_, key) = await server.IssueAsync();
        await server.CheckAsync(key);
        BreakTheBook(server, SampleReports.HashOf("https://broken.example"));
        var request = new Wire.SubmitReportsRequest();
        foreach (var url in (string[])["https://a.example", "https://broken.example", "https://c.example"])
        {
            var report = SampleReports.Of(url);
            (report.ReportId, report.Subscription) = (Guid.NewGuid().ToString(), new() { ExtendedSupport = true });
            request.Reports.Add(report);
        }

        var response = await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportsAsync(request);

        Assert.NotNull(response.Results[0].Receipt);
        Assert.Equal((int)StatusCode.Internal, response.Results[1].Status.Code);
        Assert.Contains("incident", response.Results[1].Status.Message, StringComparison.Ordinal);
        Assert.NotNull(response.Results[2].Receipt);
    }

    /// <summary>Stands for any bug that one installation's license can set off.</summary>
    private static void BreakTheBook(TestServer server, string instanceHash)
    {
        var book = server.Part<LicenseBook>();
        var byInstance = typeof(LicenseBook).GetField("_byInstance", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        var keys = (IDictionary)byInstance.GetValue(book)!;
        keys[server.Part<Telemetry.Server.Privacy.Pseudonyms>().OfLicensed(instanceHash)] =
            default(System.Collections.Immutable.ImmutableArray<SubscriptionKeyHash>);
    }

    private static License Stored(DateTimeOffset expires) => new()
    {
        Id = new LicenseId(7),
        Sequence = 1,
        KeyHash = default,
        KeyMask = "",
        CustomerReference = "C",
        Edition = "enterprise",
        Apps = ["roomvox"],
        Limits = LicenseLease.NoUsage,
        InstancesAllowed = 1,
        Overage = OveragePolicy.Refuse,
        ExpiresAt = expires,
        Grace = LicenseRules.MaxGrace,
        State = LicenseState.Active,
        IssuedAt = expires,
        ChangedAt = expires,
    };

    private static async Task CallAsync(TestServer server, MethodDescriptor method, IMessage request)
    {
        object client = method.Service == Wire.LicenseService.Descriptor ? server.Licenses : server.LicenseAdmin;
        var call = client.GetType().GetMethod(
            method.Name + "Async", [request.GetType(), typeof(Metadata), typeof(DateTime?), typeof(CancellationToken)])!;
        using var answer = (IDisposable)call.Invoke(client, [request, server.Authorized, null, CancellationToken.None])!;
        await (Task)answer.GetType().GetProperty("ResponseAsync")!.GetValue(answer)!;
    }

    /// <summary>Fills most fields, with the ends of ranges and what lies beyond.</summary>
    private static void Fill(IMessage message, Random random, string licenseId, string key)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(_ => random.Next(4) > 0))
        {
            if (field.IsMap)
            {
                var map = (IDictionary)field.Accessor.GetValue(message);
                for (var i = random.Next(3); i > 0; i--)
                {
                    map[Pick(Texts, random)] = unchecked((ulong)Pick(Numbers, random));
                }
            }
            else if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var i = random.Next(3); i > 0; i--)
                {
                    list.Add(ValueOf(field, random, licenseId, key));
                }
            }
            else
            {
                field.Accessor.SetValue(message, ValueOf(field, random, licenseId, key));
            }
        }
    }

    private static object ValueOf(FieldDescriptor field, Random random, string licenseId, string key)
    {
        var number = random.Next(3) > 0 ? Pick(Numbers, random) : random.Next(1, 3);
        switch (field.FieldType)
        {
            case FieldType.Message:
                var message = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                Fill(message, random, licenseId, key);
                return message;
            case FieldType.Enum:
                return Enum.ToObject(field.EnumType.ClrType, unchecked((int)number));
            case FieldType.String:
                return random.Next(3) == 0 ? Pick(Texts, random) : field.Name switch
                {
                    "license_id" => licenseId,
                    "license_key" => key,
                    "customer_reference" => "C-1",
                    "instance_hash" => SampleReports.HashOf("https://a.example"),
                    _ => Pick(Texts, random),
                };
            case FieldType.Bytes:
                return ByteString.CopyFrom(new byte[Pick([0, 15, 16, 32, 64, 65], random)]);
            case FieldType.Bool:
                return random.Next(2) == 0;
            case FieldType.UInt32:
                return unchecked((uint)number);
            case FieldType.Int32:
                return unchecked((int)number);
            case FieldType.Int64:
                return number;
            default:
                return unchecked((ulong)number);
        }
    }

    private static T Pick<T>(T[] values, Random random) => values[random.Next(values.Length)];
}
