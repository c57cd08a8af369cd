using System.Text.Json;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>What a stored report must say, worked out from the sent JSON in another way than the server does.</summary>
internal static class ExpectedReport
{
    public static void AssertMatches(JsonElement sent, Report stored)
    {
        Assert.Equal(Text(sent, "version") ?? Text(sent, "appVersion"), stored.AppVersion);
        Assert.Equal(Number(sent, "telemetrySchema") ?? 0, stored.SchemaVersion);
        Assert.Equal(Text(sent, "nextcloudVersion"), stored.Environment.NextcloudVersion);
        Assert.Equal(Text(sent, "phpVersion"), stored.Environment.PhpVersion);
        Assert.Equal(Text(sent, "defaultLanguage") ?? "", stored.Environment.Language);
        Assert.Equal(Text(sent, "defaultTimezone") ?? "", stored.Environment.Timezone);
        Assert.Equal(Flag(sent, "isDocker"), stored.Environment.Container);
        Assert.Equal(Text(sent, "databaseType") is null ? Database.Unknown : Database.PostgreSql, stored.Environment.Database);
        Assert.Equal(Text(sent, "osFamily") is null ? OsFamily.Unknown : OsFamily.Linux, stored.Environment.OsFamily);
        Assert.Equal(
            Text(sent, "webServer") switch
            {
                "Apache" => WebServer.Apache,
                "nginx" => WebServer.Nginx,
                _ => WebServer.Unknown,
            },
            stored.Environment.WebServer);
        AssertCountry(sent, stored.Environment);
        Assert.Equal(
            new UserCounts(
                Number(sent, "totalUsers"), Number(sent, "activeUsers30d"), Number(sent, "disabledUsers"),
                Number(sent, "namedUsers")),
            stored.Users);
        Assert.Equal(
            new SubscriptionFlags(Flag(sent, "hasValidSubscription"), Flag(sent, "hasExtendedSupport")),
            stored.Subscription);
        AssertUsage(sent, stored.RoomVox!);
    }

    private static void AssertCountry(JsonElement sent, InstallationEnvironment stored)
    {
        var (country, source) = (Text(sent, "countryCode"), Text(sent, "defaultTimezone")) switch
        {
            ({ } code, _) => (code, CountrySource.Reported),
            (null, "Europe/Berlin") => ("DE", CountrySource.Timezone),
            _ => ("", CountrySource.None),
        };
        Assert.Equal(country, stored.Country.ToString());
        Assert.Equal(source, stored.CountrySource);
    }

    private static void AssertUsage(JsonElement sent, RoomVoxUsage stored)
    {
        Assert.Equal(Number(sent, "totalRooms"), stored.Rooms);
        Assert.Equal(Number(sent, "totalRoomGroups"), stored.RoomGroups);
        Assert.Equal(Number(sent, "autoAcceptCount"), stored.AutoAcceptRooms);
        Assert.Equal(Number(sent, "roomsWithSmtp"), stored.RoomsWithSmtp);
        Assert.Equal(Number(sent, "availabilityRulesEnabled"), stored.RoomsWithAvailabilityRules);
        Assert.Equal(Number(sent, "roomsWithExchange"), stored.RoomsWithExchange);
        Assert.Equal(Flag(sent, "exchangeSyncEnabled"), stored.ExchangeSyncEnabled);
        Assert.Equal(
            sent.TryGetProperty("avgCapacity", out var capacity) ? (uint)Math.Round(capacity.GetDouble() * 100) : null,
            stored.AverageCapacityHundredths);
        Assert.Equal(Counts(sent, "roomTypeCounts", LabelRegister.RoomTypes), Named(stored.RoomTypes, LabelRegister.RoomTypes));
        Assert.Equal(Counts(sent, "facilitiesCounts", LabelRegister.Facilities), Named(stored.Facilities, LabelRegister.Facilities));
    }

    private static SortedDictionary<string, long> Counts(JsonElement sent, string name, LabelRegister register)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (!sent.TryGetProperty(name, out var map))
        {
            return counts;
        }

        var shipped = Enumerable.Range(1, register.Count - 1).Select(index => register.NameOf((byte)index)).ToHashSet();
        var entries = map.ValueKind == JsonValueKind.Array
            ? map.EnumerateArray().Select((value, index) => ($"{index}", value.GetInt64()))
            : map.EnumerateObject().Select(entry => (entry.Name, entry.Value.GetInt64()));
        foreach (var (label, count) in entries)
        {
            var key = shipped.Contains(label) ? label : "custom";
            counts[key] = counts.GetValueOrDefault(key) + count;
        }

        return counts;
    }

    private static SortedDictionary<string, long> Named(LabelCounts counts, LabelRegister register) =>
        new(counts.Items.ToArray().ToDictionary(item => register.NameOf(item.Label), item => (long)item.Count),
            StringComparer.Ordinal);

    private static string? Text(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static uint? Number(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetUInt32() : null;

    private static bool? Flag(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;
}
