using System.Security.Cryptography;
using System.Text.Json;
using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Compatibility;

/// <summary>Reads the JSON of every RoomVox build, which <see cref="JsonBody"/> found to be JSON, and trusts none of it.</summary>
/// <remarks>
/// Wire facts: an empty map is written as [], a map whose keys are 0, 1, 2 ... as an array; every field of a build is
/// always there, some may be null; 1.6.0 renamed "version" to "appVersion". What is not known is passed over and
/// counted: a later build may send more.
/// </remarks>
internal ref struct RoomVoxReportReader
{
    private const int MaxViolations = 20;

    private readonly SubmittedReport _report;
    private readonly List<Violation> _violations;
    private Utf8JsonReader _json;

    private RoomVoxReportReader(ReadOnlySpan<byte> body)
    {
        _report = new SubmittedReport
        {
            Sha256 = SHA256.HashData(body),
            App = Model.App.RoomVox,
            AppVersionMayBeUnknown = true,
            HasRoomVoxUsage = true,
        };
        _violations = [];
        _json = new Utf8JsonReader(body);
    }

    /// <returns>The report, or null and at least one violation. Fields carry their JSON names.</returns>
    public static (SubmittedReport? Report, IReadOnlyList<Violation> Violations) Read(ReadOnlySpan<byte> body)
    {
        var reader = new RoomVoxReportReader(body);
        reader.ReadBody();
        return (reader._violations.Count == 0 ? reader._report : null, reader._violations);
    }

    private void ReadBody()
    {
        _json.Read();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName && _violations.Count < MaxViolations)
        {
            var field = RoomVoxFields.Find(ref _json);
            _json.Read();
            if (field == RoomVoxField.Unknown)
            {
                _report.UnknownFields++;
                _json.Skip();
            }
            else
            {
                ReadField(field);
            }
        }
    }

    private void ReadField(RoomVoxField field)
    {
        switch (field)
        {
            case RoomVoxField.InstanceHash: _report.InstanceHash = Text(field); break;
            case RoomVoxField.TelemetrySchema: _report.SchemaVersion = Count(field) ?? 0; break;
            case RoomVoxField.Version or RoomVoxField.AppVersion: ReadVersion(field); break;
            case RoomVoxField.TotalRooms: _report.Rooms = Count(field); break;
            case RoomVoxField.TotalRoomGroups: _report.RoomGroups = Count(field); break;
            case RoomVoxField.TotalBookings: Count(field); break;
            case RoomVoxField.RoomTypeCounts: Counts(field, _report.RoomTypes); break;
            case RoomVoxField.AvgCapacity: _report.AverageCapacity = Number(field); break;
            case RoomVoxField.FacilitiesCounts: Counts(field, _report.Facilities); break;
            case RoomVoxField.AutoAcceptCount: _report.AutoAcceptRooms = Count(field); break;
            case RoomVoxField.RoomsWithSmtp: _report.RoomsWithSmtp = Count(field); break;
            case RoomVoxField.AvailabilityRulesEnabled: _report.RoomsWithAvailabilityRules = Count(field); break;
            case RoomVoxField.ExchangeSyncEnabled: _report.ExchangeSyncEnabled = Flag(field); break;
            case RoomVoxField.RoomsWithExchange: _report.RoomsWithExchange = Count(field); break;
            case RoomVoxField.TotalUsers: _report.TotalUsers = Count(field); break;
            case RoomVoxField.NamedUsers: _report.EnabledUsers = Count(field); break;
            case RoomVoxField.ActiveUsers30d: _report.ActiveUsers30Days = Count(field); break;
            case RoomVoxField.DisabledUsers: _report.DisabledUsers = Count(field); break;
            case RoomVoxField.NextcloudVersion: _report.NextcloudVersion = Known(Text(field)); break;
            case RoomVoxField.PhpVersion: _report.PhpVersion = Known(Text(field)); break;
            case RoomVoxField.CountryCode: _report.Country = Text(field); break;
            case RoomVoxField.DatabaseType: _report.Database = RoomVoxWords.DatabaseOf(Text(field)); break;
            case RoomVoxField.DefaultLanguage: _report.Language = RoomVoxWords.LanguageOf(Text(field)); break;
            case RoomVoxField.DefaultTimezone: _report.Timezone = Text(field); break;
            case RoomVoxField.OsFamily: _report.OsFamily = RoomVoxWords.OsFamilyOf(Text(field)); break;
            case RoomVoxField.WebServer: _report.WebServer = RoomVoxWords.WebServerOf(Text(field)); break;
            case RoomVoxField.IsDocker: _report.Container = Flag(field); break;
            case RoomVoxField.HasValidSubscription: _report.ValidSubscription = Flag(field); break;
            case RoomVoxField.HasExtendedSupport: _report.ExtendedSupport = Flag(field); break;
            case RoomVoxField.LicenseKey: _report.SubscriptionKey = Text(field); break;
            default: throw new InvalidOperationException($"Field {field} is not read.");
        }
    }

    /// <summary>Two names for one thing: both may be there, and then say the same.</summary>
    private void ReadVersion(RoomVoxField field)
    {
        if (Text(field) is not { } version)
        {
            return;
        }

        if (_report.AppVersion is { } other && other != version)
        {
            Refuse<object?>(field, "contradicts the app's version under its other name (version, appVersion); send one of them");
        }

        _report.AppVersion = version;
    }

    /// <summary>The word that the apps send for a version they could not find out.</summary>
    private static string? Known(string? version) => version == "unknown" ? null : version;

    private string? Text(RoomVoxField field)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.String: return _json.GetString();
            case JsonTokenType.Null: return null;
            default: return Refuse<string?>(field, "must be a text");
        }
    }

    private bool? Flag(RoomVoxField field)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.Null: return null;
            default: return Refuse<bool?>(field, "must be true, false or null");
        }
    }

    private long? Count(RoomVoxField field)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.Number when _json.TryGetInt64(out var count): return count;
            case JsonTokenType.Null: return null;
            default: return Refuse<long?>(field, "must be a whole number in range, without fraction or exponent");
        }
    }

    private double? Number(RoomVoxField field)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.Number when _json.TryGetDouble(out var number) && double.IsFinite(number): return number;
            case JsonTokenType.Null: return null;
            default: return Refuse<double?>(field, "must be a number");
        }
    }

    private void Counts(RoomVoxField field, SubmittedCounts counts)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.StartObject: ReadMap(field, counts); break;
            case JsonTokenType.StartArray: ReadArray(field, counts); break;
            case JsonTokenType.Null: break;
            default: Refuse<object?>(field, "must be an object of whole numbers"); break;
        }
    }

    private void ReadMap(RoomVoxField field, SubmittedCounts counts)
    {
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var label = _json.GetString()!;
            _json.Read();
            if (CountOrRefuse(field) is { } count)
            {
                counts.Set(label, count);
            }
        }
    }

    /// <summary>PHP writes a map with the keys "0", "1", "2" ... as an array; no shipped label is a number.</summary>
    private void ReadArray(RoomVoxField field, SubmittedCounts counts)
    {
        for (var index = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (CountOrRefuse(field) is { } count)
            {
                counts.Set(index.ToString(null as IFormatProvider), count);
            }
        }
    }

    private long? CountOrRefuse(RoomVoxField field) =>
        _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out var count)
            ? count
            : Refuse<long?>(field, "must hold whole numbers only");

    private T? Refuse<T>(RoomVoxField field, string rule)
    {
        _json.Skip();
        if (_violations.Count < MaxViolations)
        {
            _violations.Add(new Violation(RoomVoxFields.NameOf(field), rule));
        }

        return default;
    }
}
