using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Data;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.Dashboard.Tests.Data;

public sealed class ReportFieldsTests
{
    [Fact]
    public void Every_field_of_a_report_and_of_its_usage_is_told_by_its_path()
    {
        var report = Report(new RoomVox.Usage { Rooms = 12, AverageCapacity = 7.5, ExchangeSyncEnabled = false, RoomTypes = { ["meeting"] = 9, ["custom"] = 3 } });

        var fields = ReportFields.Of(report, Contract(RoomVox.Usage.Descriptor)).ToDictionary(field => field.Path, field => field.Value);

        Assert.Equal("1.8.1", fields["app_version"]);
        Assert.Equal("AT", fields["environment.country"]);
        Assert.Equal("DATABASE_POSTGRESQL", fields["environment.database"]);
        Assert.Equal("42", fields["users.total"]);
        Assert.Equal("12", fields["usage.rooms"]);
        Assert.Equal("7.5", fields["usage.average_capacity"]);
        Assert.Equal("false", fields["usage.exchange_sync_enabled"]);
        Assert.Equal("9", fields["usage.room_types[meeting]"]);
        Assert.Equal("3", fields["usage.room_types[custom]"]);
        Assert.DoesNotContain("usage.room_groups", fields.Keys);
    }

    [Fact]
    public void Without_its_contract_nothing_is_told() => Assert.Empty(ReportFields.Of(Report(new RoomVox.Usage { Rooms = 12 }), null));

    [Fact]
    public void A_contract_that_lacks_the_usage_is_none() =>
        Assert.Null(ReportContract.Of(new() { App = new() { UsageType = "acme.v1.Usage" }, ReportDescriptorSet = SetOf(Contracts.V1.Report.Descriptor) }));

    [Fact]
    public void What_the_contract_does_not_know_is_passed_over()
    {
        var newer = RoomVox.Usage.Parser.ParseFrom([.. new RoomVox.Usage { Rooms = 12 }.ToByteArray(), .. (byte[])[0xFA, 0x3F, 2, 1, 1], .. new RoomVox.Usage { RoomGroups = 4 }.ToByteArray()]);

        var fields = ReportFields.Of(Report(newer), Contract(RoomVox.Usage.Descriptor)).Where(field => field.Path.StartsWith("usage.", StringComparison.Ordinal));

        Assert.Equal([new ReportField("usage.rooms", "12"), new ReportField("usage.room_groups", "4")], fields.OrderBy(field => field.Path.Length));
    }

    [Fact]
    public void A_field_with_several_values_is_one_field()
    {
        // google.protobuf.Type has repeated texts; an app's contract may.
        var several = new Google.Protobuf.WellKnownTypes.Type { Name = "a", Oneofs = { "first", "second" } };

        var fields = ReportFields.Of(new Report { Usage = Any.Pack(several) }, Contract(Google.Protobuf.WellKnownTypes.Type.Descriptor));

        Assert.Equal("first, second", Assert.Single(fields, field => field.Path == "usage.oneofs").Value);
        Assert.Empty(ReportFields.Differences(fields, fields));
    }

    [Fact]
    public void Reports_differ_in_what_changed_came_and_went()
    {
        var before = Report(new RoomVox.Usage { Rooms = 12, RoomTypes = { ["meeting"] = 9 } });
        var after = Report(new RoomVox.Usage { Rooms = 13, RoomGroups = 2 });
        after.ReportId = "another";

        var changes = ReportFields.Differences(ReportFields.Of(before, Contract(RoomVox.Usage.Descriptor)), ReportFields.Of(after, Contract(RoomVox.Usage.Descriptor)));

        Assert.Equal(
            [("usage.room_groups", null, "2"), ("usage.room_types[meeting]", "9", null), ("usage.rooms", "12", "13")],
            changes.OrderBy(change => change.Path, StringComparer.Ordinal));
    }

    private static Report Report(RoomVox.Usage usage) => new()
    {
        ReportId = "one",
        App = "roomvox",
        AppVersion = "1.8.1",
        Environment = new Contracts.V1.Environment { Country = "AT", Database = Database.Postgresql },
        Users = new Users { Total = 42 },
        Usage = Any.Pack(usage),
    };

    private static ReportContract Contract(MessageDescriptor usage) => ReportContract.Of(new()
    {
        App = new() { UsageType = usage.FullName },
        ReportDescriptorSet = SetOf(Contracts.V1.Report.Descriptor),
        DescriptorSet = SetOf(usage),
    })!;

    private static ByteString SetOf(MessageDescriptor message)
    {
        var set = new FileDescriptorSet();
        Add(message.File);
        return set.ToByteString();

        void Add(FileDescriptor file)
        {
            file.Dependencies.ToList().ForEach(Add);
            set.File.Add(file.ToProto());
        }
    }
}
