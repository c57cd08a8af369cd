using System.Text;
using Telemetry.Server.Model;
using static Telemetry.Server.Ingestion.WireReader;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>Reads the bytes of a contract's Report into a submitted report.</summary>
/// <remarks>
/// Directly, because the generated classes cost more than everything else that is done with a report: a map of counts
/// alone allocates three kilobytes. What they would read and what is read here is the same, but for numbers that they would
/// cut, which a test holds against them. Only what is named here goes on, so what the contract does not know is dropped. Values of an enumeration that
/// this version does not know become "other": a newer client can tell something apart that this server cannot.
/// </remarks>
/// <exception cref="InvalidDataException">By every member: the bytes are no message.</exception>
internal static class ReportReader
{
    private static readonly byte LastApp = (byte)Enum.GetValues<App>().Max();
    private static readonly byte LastDatabase = (byte)Enum.GetValues<Database>().Max();
    private static readonly byte LastOsFamily = (byte)Enum.GetValues<OsFamily>().Max();
    private static readonly byte LastWebServer = (byte)Enum.GetValues<WebServer>().Max();

    /// <summary>Reads a message; called again, what it holds comes on top, as protobuf merges a field that is repeated.</summary>
    public static void Read(ReadOnlySpan<byte> message, SubmittedReport report)
    {
        // Missing is wrong here, other than in the reports of the existing apps, which know no id.
        report.ReportId ??= "";
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case (Wire.Report.ReportIdFieldNumber << 3) | Bytes: report.ReportId = Text(reader.Utf8Text()); break;
                case (Wire.Report.InstanceHashFieldNumber << 3) | Bytes: report.InstanceHash = Text(reader.Utf8Text()); break;
                case (Wire.Report.AppFieldNumber << 3) | Varint: report.App = (App)Known(ref reader, LastApp, (byte)App.Unknown); break;
                case (Wire.Report.AppVersionFieldNumber << 3) | Bytes: report.AppVersion = Frequent(reader.Utf8Text()); break;
                case (Wire.Report.SchemaVersionFieldNumber << 3) | Varint: report.SchemaVersion = reader.UInt32(); break;
                case (Wire.Report.EnvironmentFieldNumber << 3) | Bytes: ReadEnvironment(reader.Message(), report); break;
                case (Wire.Report.UsersFieldNumber << 3) | Bytes: ReadUsers(reader.Message(), report); break;
                case (Wire.Report.SubscriptionFieldNumber << 3) | Bytes: ReadSubscription(reader.Message(), report); break;
                case (Wire.Report.RoomvoxFieldNumber << 3) | Bytes: ReadRoomVox(reader.Message(), report); break;
                default: Drop(ref reader, tag, report); break;
            }
        }
    }

    private static void ReadEnvironment(ReadOnlySpan<byte> message, SubmittedReport report)
    {
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case (Wire.Environment.NextcloudVersionFieldNumber << 3) | Bytes: report.NextcloudVersion = Frequent(reader.Utf8Text()); break;
                case (Wire.Environment.PhpVersionFieldNumber << 3) | Bytes: report.PhpVersion = Frequent(reader.Utf8Text()); break;
                case (Wire.Environment.DotnetVersionFieldNumber << 3) | Bytes: report.DotnetVersion = Frequent(reader.Utf8Text()); break;
                case (Wire.Environment.CountryFieldNumber << 3) | Bytes: report.Country = Frequent(reader.Utf8Text()); break;
                case (Wire.Environment.DatabaseFieldNumber << 3) | Varint: report.Database = (Database)Known(ref reader, LastDatabase, (byte)Database.Other); break;
                case (Wire.Environment.LanguageFieldNumber << 3) | Bytes: report.Language = Frequent(reader.Utf8Text()); break;
                case (Wire.Environment.TimezoneFieldNumber << 3) | Bytes: report.Timezone = Frequent(reader.Utf8Text()); break;
                case (Wire.Environment.OsFamilyFieldNumber << 3) | Varint: report.OsFamily = (OsFamily)Known(ref reader, LastOsFamily, (byte)OsFamily.Other); break;
                case (Wire.Environment.WebServerFieldNumber << 3) | Varint: report.WebServer = (WebServer)Known(ref reader, LastWebServer, (byte)WebServer.Other); break;
                case (Wire.Environment.ContainerFieldNumber << 3) | Varint: report.Container = reader.Bool(); break;
                default: Drop(ref reader, tag, report); break;
            }
        }
    }

    private static void ReadUsers(ReadOnlySpan<byte> message, SubmittedReport report)
    {
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case (Wire.Users.TotalFieldNumber << 3) | Varint: report.TotalUsers = reader.UInt32(); break;
                case (Wire.Users.Active30DFieldNumber << 3) | Varint: report.ActiveUsers30Days = reader.UInt32(); break;
                case (Wire.Users.DisabledFieldNumber << 3) | Varint: report.DisabledUsers = reader.UInt32(); break;
                case (Wire.Users.EnabledFieldNumber << 3) | Varint: report.EnabledUsers = reader.UInt32(); break;
                default: Drop(ref reader, tag, report); break;
            }
        }
    }

    private static void ReadSubscription(ReadOnlySpan<byte> message, SubmittedReport report)
    {
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case (Wire.Subscription.ValidSubscriptionFieldNumber << 3) | Varint: report.ValidSubscription = reader.Bool(); break;
                case (Wire.Subscription.ExtendedSupportFieldNumber << 3) | Varint: report.ExtendedSupport = reader.Bool(); break;
                case (Wire.Subscription.KeyFieldNumber << 3) | Bytes: report.SubscriptionKey = Text(reader.Utf8Text()); break;
                default: Drop(ref reader, tag, report); break;
            }
        }
    }

    private static void ReadRoomVox(ReadOnlySpan<byte> message, SubmittedReport report)
    {
        report.HasRoomVoxUsage = true;
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case (Wire.RoomVoxUsage.RoomsFieldNumber << 3) | Varint: report.Rooms = reader.UInt32(); break;
                case (Wire.RoomVoxUsage.RoomGroupsFieldNumber << 3) | Varint: report.RoomGroups = reader.UInt32(); break;
                case (Wire.RoomVoxUsage.RoomTypesFieldNumber << 3) | Bytes: ReadCount(reader.Message(), report.RoomTypes); break;
                case (Wire.RoomVoxUsage.FacilitiesFieldNumber << 3) | Bytes: ReadCount(reader.Message(), report.Facilities); break;
                case (Wire.RoomVoxUsage.AverageCapacityFieldNumber << 3) | Fixed64: report.AverageCapacity = reader.Double(); break;
                case (Wire.RoomVoxUsage.AutoAcceptRoomsFieldNumber << 3) | Varint: report.AutoAcceptRooms = reader.UInt32(); break;
                case (Wire.RoomVoxUsage.RoomsWithSmtpFieldNumber << 3) | Varint: report.RoomsWithSmtp = reader.UInt32(); break;
                case (Wire.RoomVoxUsage.RoomsWithAvailabilityRulesFieldNumber << 3) | Varint: report.RoomsWithAvailabilityRules = reader.UInt32(); break;
                case (Wire.RoomVoxUsage.ExchangeSyncEnabledFieldNumber << 3) | Varint: report.ExchangeSyncEnabled = reader.Bool(); break;
                case (Wire.RoomVoxUsage.RoomsWithExchangeFieldNumber << 3) | Varint: report.RoomsWithExchange = reader.UInt32(); break;
                default: Drop(ref reader, tag, report); break;
            }
        }
    }

    /// <summary>One entry of a map: a message of a key (1) and a value (2), either of which may be missing.</summary>
    private static void ReadCount(ReadOnlySpan<byte> message, SubmittedCounts counts)
    {
        var reader = new WireReader(message);
        ReadOnlySpan<byte> label = default;
        var count = 0u;
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case (1 << 3) | Bytes: label = reader.Utf8Text(); break;
                case (2 << 3) | Varint: count = reader.UInt32(); break;
                default: reader.Skip(tag); break;
            }
        }

        counts.Set(label, count);
    }

    private static void Drop(ref WireReader reader, uint tag, SubmittedReport report)
    {
        reader.Skip(tag);
        report.UnknownFields++;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>A text that many installations send alike.</summary>
    private static string Frequent(ReadOnlySpan<byte> utf8) => TextPool.Shared.Find(utf8) ?? Text(utf8);

    private static byte Known(ref WireReader reader, byte last, byte other)
    {
        var value = reader.Int32();
        return value >= 0 && value <= last ? (byte)value : other;
    }
}
