using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Demo;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Insights;

/// <summary>Reports of a small fleet with everything that makes questions hard: gaps, returns, changes to and fro, clocks set back.</summary>
internal sealed class RandomFleet
{
    public const int FirstDay = 20_000;

    private const long MsPerDay = 86_400_000;

    private static readonly string[] Slugs = ["roomvox", "formvox", "shelfmark"];

    private readonly Random _random;

    public RandomFleet(int seed, int installations = 60, int days = 90, bool isClockSteady = false)
    {
        _random = new Random(seed);
        Days = days;
        Apps = new AppRegistry();
        Apps.Add(new RegisteredContract(AppContract.Read(DemoContract.Bytes.Span), 1, DateTimeOffset.UnixEpoch, DemoContract.Bytes.Memory));
        Make(installations, isClockSteady);
    }

    public AppRegistry Apps { get; }

    public int Days { get; }

    /// <summary>All reports in the order of commit.</summary>
    public List<FleetReport> Reports { get; } = [];

    /// <summary>The moment after the newest one.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Something of what the fleet's reports say of a field, or what they do not.</summary>
    public string ValueOf(string path)
    {
        var told = Reports.Select(report => report.Values.GetValueOrDefault(path, "")).Distinct().ToList();
        return _random.Next(12) == 0 || told.Count == 0 ? "nobody-has-this" : told[_random.Next(told.Count)];
    }

    private void Make(int installations, bool isClockSteady)
    {
        var plans = Enumerable.Range(0, installations).Select(Plan).ToList();
        var clock = (FirstDay * MsPerDay) + 1;
        var reports = new List<(long Ms, int Installation)>();
        foreach (var (plan, installation) in plans.Select((plan, index) => (plan, index)))
        {
            for (var day = plan.From; day < plan.Until; day++)
            {
                if (_random.NextDouble() < plan.Presence && !(day >= plan.GapFrom && day < plan.GapUntil))
                {
                    reports.Add((((FirstDay + day) * MsPerDay) + _random.NextInt64(MsPerDay), installation));
                    if (_random.Next(15) == 0)
                    {
                        reports.Add((((FirstDay + day) * MsPerDay) + _random.NextInt64(MsPerDay), installation));
                    }
                }
            }
        }

        reports.Sort();
        var previous = new Dictionary<int, long>();
        foreach (var (ms, installation) in reports)
        {
            // Now and then the server's clock is wrong by hours, or by a day.
            clock = !isClockSteady && _random.Next(150) == 0 ? ms - _random.NextInt64(2 * MsPerDay) : ms;
            Add(plans[installation], clock, previous, installation);
        }

        Now = DateTimeOffset.FromUnixTimeMilliseconds(((FirstDay + Days) * MsPerDay) - 1 + (_random.Next(3) * MsPerDay));
    }

    private void Add(InstallationPlan plan, long ms, Dictionary<int, long> previous, int installation)
    {
        var schema = Apps.Find(plan.App)!;
        foreach (var field in schema.Fields.Where(field => field.IsStored && (field.IsDimension() || field.IsMeasure())))
        {
            if (!plan.Values.ContainsKey(field.Path) || _random.Next(field.IsMeasure() ? 2 : 25) == 0)
            {
                plan.Values[field.Path] = Draw(field);
            }
        }

        plan.Values["app_version"] = _random.Next(30) == 0 ? "" : $"1.{Math.Min(12, (int)((ms / MsPerDay) - FirstDay) / 8)}.{_random.Next(10) / 9}";
        var claim = _random.Next(20) == 0
            ? new Claim(ClaimVerdict.Refused, LicenseVerdict.SeatsExceeded)
            : plan.Claim;
        var source = (CountrySource)_random.Next(3);
        var values = schema.NewValues();
        foreach (var field in schema.Fields)
        {
            if (!plan.Values.TryGetValue(field.Path, out var text) || text.Length == 0)
            {
                continue;
            }

            if (field.Kind.Storage == KindStorage.Text)
            {
                values.Texts[field.Index] = text;
            }
            else
            {
                Assert.True(FieldValue.TryRead(field, text, out values.Numbers[field.Index]), $"{field} cannot be {text}");
            }
        }

        var number = Reports.Count + 1;
        var report = new Report
        {
            ReportId = Guid.NewGuid(),
            Instance = plan.Instance,
            Schema = schema,
            Values = values,
            Body = ReportBody.Write(schema, values, counts: null),
            Claim = claim,
            CountrySource = source,
        };
        var stored = StoredReport.Of(
            new FeedPosition(1, number), ms, EventKinds.ReportAccepted, previous.GetValueOrDefault(installation), report);
        previous[installation] = number;
        var told = plan.Values.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal);
        told["verdict"] = JudgedFields.ValuesOf("verdict")!.NameOf((int)claim.Verdict)!;
        if (claim.Reason != LicenseVerdict.None)
        {
            told["claim_reason"] = JudgedFields.ValuesOf("claim_reason")!.NameOf((int)claim.Reason)!;
        }

        if (source != CountrySource.None)
        {
            told["country_source"] = JudgedFields.ValuesOf("country_source")!.NameOf((int)source)!;
        }

        var day = Math.Max(UtcDay.Of(ms), Reports.Count > 0 ? Reports[^1].Day : int.MinValue);
        Reports.Add(new FleetReport(stored, report, installation, plan.App, day, ms, told));
    }

    private string Draw(SchemaField field)
    {
        if (_random.Next(6) == 0)
        {
            return "";
        }

        return field.Kind switch
        {
            VersionKind => $"{_random.Next(7, 9)}.{_random.Next(12)}.{_random.Next(3)}",
            CountryKind => Pick("DE", "AT", "NL", "FR"),
            LanguageKind => Pick("de", "en", "fr"),
            TimezoneKind => Pick("Europe/Berlin", "Europe/Paris"),
            EnumerationKind => field.Values!.Names[_random.Next(field.Values.Names.Count)] is var name && FieldValue.TryRead(field, name, out var cell) && Cell.IsValue(cell) ? name : "",
            DecimalKind => ((decimal)_random.Next(1_000) / 10).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ when field.Kind == NumberKind.Flag => Pick("true", "false"),
            NumberKind => _random.Next(4) == 0 ? _random.Next((int)Math.Min(field.Max, 400_000)).ToString(System.Globalization.CultureInfo.InvariantCulture) : _random.Next(20).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => field.Labels?.Names[0] ?? "",
        };
    }

    private InstallationPlan Plan(int installation)
    {
        var from = _random.Next(3) == 0 ? 0 : _random.Next(Days);
        var gap = _random.Next(from, Days);
        return new InstallationPlan(
            Slugs[_random.Next(Slugs.Length)], new InstanceId(((UInt128)(uint)_random.Next() << 64) | ((UInt128)(uint)_random.Next() << 20) | (uint)installation),
            from, _random.Next(4) == 0 ? _random.Next(from, Days) + 1 : Days, gap, gap + (_random.Next(3) == 0 ? _random.Next(20, 45) : 0),
            _random.Next(8) == 0 ? 1.0 / Days : new[] { 0.99, 0.9, 0.4, 0.1 }[_random.Next(4)],
            new Claim(ClaimVerdict.Community));
    }

    private string Pick(params string[] values) => values[_random.Next(values.Length)];

    private sealed record InstallationPlan(
        string App, InstanceId Instance, int From, int Until, int GapFrom, int GapUntil, double Presence, Claim Claim)
    {
        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>A report, and what it tells in words.</summary>
/// <param name="Stored">As it is stored.</param>
/// <param name="Report">As it was read.</param>
/// <param name="Installation">Which.</param>
/// <param name="App">Of which app.</param>
/// <param name="Day">The day on which it counts.</param>
/// <param name="Ms">When it was accepted.</param>
/// <param name="Values">By path; nothing for what it does not tell.</param>
internal sealed record FleetReport(
    StoredReport Stored, Report Report, int Installation, string App, int Day, long Ms, IReadOnlyDictionary<string, string> Values);
