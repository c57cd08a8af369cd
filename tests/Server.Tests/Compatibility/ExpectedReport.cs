using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>What a stored report must say, worked out from the sent JSON in another way than the server does.</summary>
internal static class ExpectedReport
{
    /// <summary>What each JSON name of the five apps means; a name that is nowhere here must leave no trace.</summary>
    private static readonly Dictionary<string, string> PathOf = new(StringComparer.Ordinal)
    {
        ["version"] = "app_version",
        ["appVersion"] = "app_version",
        ["metavoxVersion"] = "app_version",
        ["intravoxVersion"] = "app_version",
        ["introvoxVersion"] = "app_version",
        ["intravox_version"] = "app_version",
        ["telemetrySchema"] = "schema_version",
        ["nextcloudVersion"] = "environment.nextcloud_version",
        ["nextcloud_version"] = "environment.nextcloud_version",
        ["phpVersion"] = "environment.php_version",
        ["databaseType"] = "environment.database",
        ["defaultLanguage"] = "environment.language",
        ["defaultTimezone"] = "environment.timezone",
        ["osFamily"] = "environment.os_family",
        ["webServer"] = "environment.web_server",
        ["isDocker"] = "environment.container",
        ["totalUsers"] = "users.total",
        ["namedUsers"] = "users.enabled",
        ["activeUsers30d"] = "users.active_30d",
        ["disabledUsers"] = "users.disabled",
        ["hasValidSubscription"] = "subscription.valid_subscription",
        ["hasExtendedSupport"] = "subscription.extended_support",
        ["totalRooms"] = "usage.rooms",
        ["totalRoomGroups"] = "usage.room_groups",
        ["roomTypeCounts"] = "usage.room_types",
        ["facilitiesCounts"] = "usage.facilities",
        ["avgCapacity"] = "usage.average_capacity",
        ["autoAcceptCount"] = "usage.auto_accept_rooms",
        ["roomsWithSmtp"] = "usage.rooms_with_smtp",
        ["availabilityRulesEnabled"] = "usage.rooms_with_availability_rules",
        ["exchangeSyncEnabled"] = "usage.exchange_sync_enabled",
        ["roomsWithExchange"] = "usage.rooms_with_exchange",
        ["stats.totalForms"] = "usage.forms",
        ["stats.totalResponses"] = "usage.responses",
        ["stats.totalUsers"] = "users.total",
        ["stats.activeUsers30d"] = "users.active_30d",
        ["totalFields"] = "usage.fields",
        ["fieldTypeCounts"] = "usage.field_types",
        ["totalGroupfolders"] = "usage.team_folders",
        ["groupfoldersWithFields"] = "usage.team_folders_with_fields",
        ["groupfoldersWithMetadata"] = "usage.team_folders_with_metadata",
        ["totalMetadataEntries"] = "usage.entries",
        ["filesWithMetadata"] = "usage.files_with_metadata",
        ["totalPages"] = "usage.pages",
        ["pageCountsPerLanguage"] = "usage.pages_by_language",
        ["total_pages"] = "usage.pages",
        ["page_counts"] = "usage.pages_by_language",
        ["totalSteps"] = "usage.steps_by_language",
        ["languagesWithOverrides"] = "usage.languages_with_overrides",
        ["wizardEnabled"] = "usage.wizard_enabled",
        ["wizardStartedCount"] = "usage.wizards_started",
        ["wizardCompletedCount"] = "usage.wizards_completed",
        ["wizardSkippedCount"] = "usage.wizards_skipped",
        ["usersStartedWizard"] = "usage.users_started",
        ["usersCompletedWizard"] = "usage.users_completed",
        ["totalGroups"] = "usage.groups",
        ["groupVisibilityUsed"] = "usage.group_visibility_used",
    };

    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["pgsql"] = "Postgresql",
        ["Linux"] = "Linux",
        ["Apache"] = "Apache",
        ["nginx"] = "Nginx",
    };

    public static void AssertMatches(JsonElement sent, Wire.StoredReport stored)
    {
        var actual = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var usage = (IMessage)Activator.CreateInstance(UsageTypeOf(stored.Report.App))!;
        usage.MergeFrom(stored.Report.Usage.Value);
        Assert.Equal("type.googleapis.com/" + usage.Descriptor.FullName, stored.Report.Usage.TypeUrl);
        Collect(stored.Report, "", actual);
        Collect(usage, "usage.", actual);
        Assert.True(actual.Remove("report_id"));
        Assert.Equal(AppOf(sent), Assert.Contains("app", (IDictionary<string, string>)actual));
        actual.Remove("app");

        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Expect(sent, "", usage.Descriptor, expected);
        ExpectCountry(sent, stored, expected);
        Assert.Equal(expected, actual);
    }

    private static Type UsageTypeOf(string app) => typeof(Wire.Report).Assembly.GetTypes()
        .Single(type => type.Name == "Usage" && type.Namespace!.Contains($".Apps.{app}.", StringComparison.OrdinalIgnoreCase));

    /// <summary>By what only that app has.</summary>
    private static string AppOf(JsonElement sent) =>
        sent.TryGetProperty("stats", out _) ? "formvox"
        : sent.TryGetProperty("totalFields", out _) ? "metavox"
        : sent.TryGetProperty("totalSteps", out _) ? "introvox"
        : sent.TryGetProperty("totalPages", out _) || sent.TryGetProperty("total_pages", out _) ? "intravox"
        : "roomvox";

    /// <summary>What is set, as text, by path.</summary>
    private static void Collect(IMessage message, string prefix, SortedDictionary<string, string> values)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.Name != "usage"))
        {
            var value = field.Accessor.GetValue(message);
            if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                if (value is not null)
                {
                    Collect((IMessage)value, prefix + field.Name + ".", values);
                }
            }
            else if (field.IsMap || field.IsRepeated ? ((ICollection)value).Count > 0
                : field.HasPresence ? field.Accessor.HasValue(message) : !IsDefault(value))
            {
                values[prefix + field.Name] = value is IDictionary map
                    ? string.Join(' ', map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => $"{key}={map[key]}"))
                    : value is IList list ? string.Join(' ', list.Cast<string>()) : FormattableString.Invariant($"{value}");
            }
        }
    }

    private static bool IsDefault(object value) => value is "" or 0u or false || (value is Enum && (int)value == 0);

    private static void Expect(JsonElement sent, string prefix, MessageDescriptor usage, SortedDictionary<string, string> expected)
    {
        foreach (var member in sent.EnumerateObject())
        {
            if (member.NameEquals("stats"))
            {
                Expect(member.Value, "stats.", usage, expected);
            }
            else if (PathOf.TryGetValue(prefix + member.Name, out var path) && Text(member.Value, path, usage) is { Length: > 0 } text)
            {
                expected[path] = text;
            }
        }
    }

    private static string? Text(JsonElement value, string path, MessageDescriptor usage) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => Words.GetValueOrDefault(value.GetString()!, value.GetString()!),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean().ToString(),
        // Zero of a field without presence is not told apart from nothing.
        JsonValueKind.Number when path == "schema_version" && value.GetDouble() == 0 => null,
        JsonValueKind.Number => FormattableString.Invariant($"{value.GetDouble()}"),
        _ => Counts(value, usage.FindFieldByName(path["usage.".Length..])),
    };

    private static string Counts(JsonElement value, FieldDescriptor field)
    {
        if (!field.IsMap)
        {
            return string.Join(' ', value.EnumerateArray().Select(item => item.GetString()).Order(StringComparer.Ordinal));
        }

        var labels = field.GetOptions().GetExtension(Wire.FieldPolicyExtensions.FieldPolicy).Labels;
        var entries = value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, index) => (Label: $"{index}", Count: item.GetInt64()))
            : value.EnumerateObject().Select(entry => (Label: entry.Name, Count: entry.Value.GetInt64()));
        return string.Join(' ', entries
            .GroupBy(entry => labels.Count == 0 || labels.Contains(entry.Label) ? entry.Label : "custom", entry => entry.Count)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}={group.Sum()}"));
    }

    private static void ExpectCountry(JsonElement sent, Wire.StoredReport stored, SortedDictionary<string, string> expected)
    {
        var code = Country(sent, "countryCode") ?? Country(sent, "serverRegion");
        var zone = expected.GetValueOrDefault("environment.timezone");
        var (country, source) = (code, zone) switch
        {
            ({ Length: > 0 }, _) => (code.ToUpperInvariant(), Wire.CountrySource.Reported),
            (_, "Europe/Berlin") => ("DE", Wire.CountrySource.Timezone),
            _ => (null, Wire.CountrySource.Unspecified),
        };
        Assert.Equal(source, stored.CountrySource);
        if (country is not null)
        {
            expected["environment.country"] = country;
        }
    }

    private static string? Country(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
