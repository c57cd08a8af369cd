using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>What a report means by the generated classes: the measure for the server's own reading.</summary>
internal static class GeneratedReading
{
    /// <exception cref="InvalidProtocolBufferException">The bytes are no message.</exception>
    public static (SubmittedReport Report, bool HasUnknownFields) Read(byte[] message)
    {
        var wire = Wire.Report.Parser.ParseFrom(message);
        var (environment, users, subscription, usage) = (wire.Environment, wire.Users, wire.Subscription, wire.Roomvox);
        var report = new SubmittedReport
        {
            ReportId = wire.ReportId,
            InstanceHash = wire.InstanceHash,
            App = Enum.IsDefined((App)(int)wire.App) && (int)wire.App is >= 0 and <= byte.MaxValue ? (App)(int)wire.App : App.Unknown,
            AppVersion = wire.AppVersion,
            SchemaVersion = wire.SchemaVersion,
            NextcloudVersion = environment?.NextcloudVersion,
            PhpVersion = environment?.PhpVersion,
            DotnetVersion = environment?.DotnetVersion,
            Country = environment?.Country,
            Database = Known((int)(environment?.Database ?? 0), Database.Other),
            Language = environment?.Language,
            Timezone = environment?.Timezone,
            OsFamily = Known((int)(environment?.OsFamily ?? 0), OsFamily.Other),
            WebServer = Known((int)(environment?.WebServer ?? 0), WebServer.Other),
            Container = environment is { HasContainer: true } ? environment.Container : null,
            TotalUsers = users is { HasTotal: true } ? users.Total : null,
            ActiveUsers30Days = users is { HasActive30D: true } ? users.Active30D : null,
            DisabledUsers = users is { HasDisabled: true } ? users.Disabled : null,
            EnabledUsers = users is { HasEnabled: true } ? users.Enabled : null,
            ValidSubscription = subscription is { HasValidSubscription: true } ? subscription.ValidSubscription : null,
            ExtendedSupport = subscription is { HasExtendedSupport: true } ? subscription.ExtendedSupport : null,
            SubscriptionKey = subscription?.Key,
            HasRoomVoxUsage = usage is not null,
            Rooms = usage is { HasRooms: true } ? usage.Rooms : null,
            RoomGroups = usage is { HasRoomGroups: true } ? usage.RoomGroups : null,
            AverageCapacity = usage is { HasAverageCapacity: true } ? usage.AverageCapacity : null,
            AutoAcceptRooms = usage is { HasAutoAcceptRooms: true } ? usage.AutoAcceptRooms : null,
            RoomsWithSmtp = usage is { HasRoomsWithSmtp: true } ? usage.RoomsWithSmtp : null,
            RoomsWithAvailabilityRules = usage is { HasRoomsWithAvailabilityRules: true } ? usage.RoomsWithAvailabilityRules : null,
            ExchangeSyncEnabled = usage is { HasExchangeSyncEnabled: true } ? usage.ExchangeSyncEnabled : null,
            RoomsWithExchange = usage is { HasRoomsWithExchange: true } ? usage.RoomsWithExchange : null,
        };
        Set(report.RoomTypes, usage?.RoomTypes);
        Set(report.Facilities, usage?.Facilities);
        var hasUnknownFields = Of(wire) is not null
            || (environment is not null && Of(environment) is not null)
            || (users is not null && Of(users) is not null)
            || (subscription is not null && Of(subscription) is not null)
            || (usage is not null && Of(usage) is not null);
        return (report, hasUnknownFields);
    }

    private static T Known<T>(int value, T other)
        where T : struct, Enum =>
        value is >= 0 and <= byte.MaxValue && Enum.IsDefined((T)(object)(byte)value) ? (T)(object)(byte)value : other;

    private static void Set(SubmittedCounts counts, MapField<string, uint>? map)
    {
        foreach (var (label, count) in map ?? [])
        {
            counts.Set(label, count);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Report message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Environment message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Users message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Subscription message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.RoomVoxUsage message);
}
