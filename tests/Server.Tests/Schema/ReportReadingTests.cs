using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Ingestion;
using Telemetry.Schema;
using Telemetry.Server.Tests.Ingestion;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Reports are read by tables made of the contract; the generated classes are the measure.</summary>
public sealed class ReportReadingTests
{
    private const int Bodies = 100_000;

    private static readonly AppRegistry Apps = new();

    public static TheoryData<string> Slugs => [.. Apps.All.Select(schema => schema.App).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Slugs))]
    public void What_is_read_from_the_wire_is_what_the_generated_classes_read(string app)
    {
        var reports = new ContractValues(new Random(5));
        for (var i = 0; i < 500; i++)
        {
            var sent = reports.Report(Apps.Find(app)!);

            var read = SubmittedReport.FromWire(sent.ToByteArray(), Apps);

            Assert.Empty(read.Violations);
            Assert.Empty(read.Dropped);
            Assert.Equal(0, read.UnknownFields);
            Assert.Equal(AsStored(sent), read.Body.ToMessage(read.Schema));
        }
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void What_is_read_from_JSON_is_what_is_read_from_the_wire(string app)
    {
        var schema = Apps.Find(app)!;
        var reports = new ContractValues(new Random(6));
        foreach (var door in Door.Of(Apps).Where(door => door.Schema == schema))
        {
            for (var i = 0; i < 300; i++)
            {
                var sent = reports.Report(schema);
                var (json, told) = DoorJson.Of(sent, door);

                var read = SubmittedReport.FromJson(Encoding.UTF8.GetBytes(json), door, Apps);

                Assert.True(read.Violations.Count == 0, $"{string.Join(' ', read.Violations)} {json}");
                Assert.Equal(AsStored(told), read.Body.ToMessage(read.Schema));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void What_is_stored_is_read_back_and_written_again_as_it_was(string app)
    {
        var reports = new ContractValues(new Random(7));
        for (var i = 0; i < 300; i++)
        {
            var read = SubmittedReport.FromWire(reports.Report(Apps.Find(app)!).ToByteArray(), Apps);

            var values = WireReportReader.Read(read.Body, read.Schema);

            Assert.Equal(read.Values!.Numbers, values.Numbers);
            Assert.Equal(
                ReportBody.Write(read.Schema, read.Values!, counts: null).Bytes.ToArray(),
                ReportBody.Write(read.Schema, values, counts: null).Bytes.ToArray());
        }
    }

    [Fact]
    public void Damaged_bytes_are_refused_as_the_generated_classes_refuse_them()
    {
        var reports = new ContractValues(new Random(8));
        var mutations = new Mutations(new Random(9), [.. Apps.All.SelectMany(schema => Enumerable.Range(0, 5).Select(_ => reports.Report(schema).ToByteArray()))]);
        var (good, bad, stricter) = (0, 0, 0);
        for (var i = 0; i < Bodies; i++)
        {
            var body = mutations.Next();
            var isMessage = IsMessage(body);
            var isRead = IsRead(body);
            Assert.True(isMessage || !isRead, $"Accepted, unlike the generated class: {Convert.ToHexString(body)}");
            good += isRead ? 1 : 0;
            bad += isMessage ? 0 : 1;
            stricter += isMessage && !isRead ? 1 : 0;
        }

        // The generated classes cut a number that is wider than its field, and pass over a wire type that does not exist when
        // it is inside a map's entry.
        Assert.True(good > Bodies / 20 && bad > Bodies / 10 && stricter < good / 50, $"{good} good, {bad} bad, {stricter} stricter");
    }

    [Fact]
    public void Of_a_usage_that_comes_twice_the_last_one_holds_and_it_may_come_before_the_app()
    {
        var sent = SampleReports.Of();
        var first = new Wire.Report { Usage = Any.Pack(new Contracts.Apps.RoomVox.V1.Usage { Rooms = 99, AutoAcceptRooms = 7 }) };

        var read = SubmittedReport.FromWire([.. first.ToByteArray(), .. sent.ToByteArray()], Apps);

        Assert.Equal(AsStored(sent), read.Body.ToMessage(read.Schema));
    }

    [Theory]
    [InlineData("type.googleapis.com/telemetry.apps.formvox.v1.Usage")]
    [InlineData("telemetry.apps.roomvox.v1")]
    [InlineData("")]
    public void Usage_of_another_type_is_refused(string type)
    {
        var sent = SampleReports.Of();
        sent.Usage.TypeUrl = type;

        var violation = Assert.Single(SubmittedReport.FromWire(sent.ToByteArray(), Apps).Violations);

        Assert.Equal("usage", violation.Field);
    }

    [Fact]
    public void Only_texts_that_were_accepted_are_kept_in_memory()
    {
        var report = SampleReports.Of();
        report.Environment.PhpVersion = "8.2.36-of-a-machine-named-after-somebody";

        var read = SubmittedReport.FromWire(report.ToByteArray(), Apps);

        Assert.Equal("8.2.36", read.Body.ToMessage(read.Schema).Environment.PhpVersion);
        Assert.Null(TextPool.Shared.Find("8.2.36-of-a-machine-named-after-somebody"u8));
    }

    [Theory]
    [InlineData("europe/berlin", "timezone", "Europe/Berlin")]
    [InlineData("de_DE.UTF-8", "language", "de-DE")]
    [InlineData("ca@valencia", "language", "ca")]
    [InlineData("sr@latin", "language", "sr-Latn")]
    [InlineData("xk", "country", "XK")]
    public void What_is_meant_is_clear_and_kept_in_its_normal_form(string sent, string field, string kept)
    {
        var report = SampleReports.Of();
        var accessor = Wire.Environment.Descriptor.FindFieldByName(field).Accessor;
        accessor.SetValue(report.Environment, sent);

        var read = SubmittedReport.FromWire(report.ToByteArray(), Apps);

        Assert.Empty(read.Dropped);
        Assert.Equal(kept, accessor.GetValue(read.Body.ToMessage(read.Schema).Environment));
    }

    [Theory]
    [InlineData("timezone", "Mars/Olympus")]
    [InlineData("language", "the language we speak")]
    [InlineData("country", "Germany")]
    [InlineData("country", "ZZ")]
    public void A_value_of_an_open_list_that_nobody_knows_is_dropped_and_named_and_nothing_else_is_lost(string field, string value)
    {
        var report = SampleReports.Of();
        Wire.Environment.Descriptor.FindFieldByName(field).Accessor.SetValue(report.Environment, value);

        var read = SubmittedReport.FromWire(report.ToByteArray(), Apps);

        Assert.Empty(read.Violations);
        Assert.Equal(["environment." + field], read.Dropped);
        Assert.Equal(AsStored(SampleReports.Of()).Usage, read.Body.ToMessage(read.Schema).Usage);
    }

    /// <summary>Without what identifies, and in the contract's order.</summary>
    private static Wire.Report AsStored(Wire.Report sent)
    {
        var stored = sent.Clone();
        (stored.ReportId, stored.InstanceHash) = ("", "");
        if (stored.Subscription is { } subscription)
        {
            subscription.Key = "";
            stored.Subscription = subscription.CalculateSize() == 0 ? null : subscription;
        }

        if (stored.Environment is { Country: "" } environment && Telemetry.Schema.Kinds.Countries.OfTimezone(environment.Timezone) is { } country)
        {
            environment.Country = country;
        }

        stored.Environment = stored.Environment?.CalculateSize() > 0 ? stored.Environment : null;
        stored.Users = stored.Users?.CalculateSize() > 0 ? stored.Users : null;
        // A map's bytes come in any order; the message is the same.
        var usage = ContractValues.UsageOf(Apps.Find(stored.App)!);
        usage.MergeFrom(stored.Usage.Value);
        ContractValues.Fold(usage);
        stored.Usage.Value = Canonical(usage);
        return stored;
    }

    /// <summary>By the generated class, one entry of a map after the other in the contract's order of labels.</summary>
    private static ByteString Canonical(IMessage usage)
    {
        foreach (var field in usage.Descriptor.Fields.InDeclarationOrder().Where(field => field.IsMap))
        {
            var labels = field.GetOptions().GetExtension(Wire.FieldPolicyExtensions.FieldPolicy).Labels;
            var map = (IDictionary)field.Accessor.GetValue(usage);
            var entries = map.Keys.Cast<string>()
                .OrderBy(key => key == "custom").ThenBy(labels.IndexOf).ThenBy(key => key, StringComparer.Ordinal)
                .Select(key => (key, map[key])).ToList();
            map.Clear();
            entries.ForEach(entry => map.Add(entry.key, entry.Item2));
        }

        return usage.ToByteString();
    }

    private static bool IsMessage(byte[] body)
    {
        try
        {
            var report = Wire.Report.Parser.ParseFrom(body);
            if (Apps.Find(report.App) is { } schema && report.Usage is not null && schema.IsUsage(report.Usage.TypeUrl))
            {
                ContractValues.UsageOf(schema).MergeFrom(report.Usage.Value);
            }

            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static bool IsRead(byte[] body)
    {
        try
        {
            SubmittedReport.FromWire(body, Apps);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
