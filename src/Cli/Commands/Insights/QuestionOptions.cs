using System.CommandLine;
using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary>A question as options.</summary>
internal sealed class QuestionOptions
{
    private readonly PopulationOptions _population = new();
    private readonly NumberOption _active = new("--active", 1, 90) { Description = "Those that reported within so many days. Default: 7." };
    private readonly Option<string?> _activity = new("--activity")
    {
        Description = "Those that were new, returned, silent, gone, known or one-shot on the day, instead of active ones.",
    };

    private readonly Option<string[]> _by = new("--by")
    {
        Description = "Tell them apart by this field, e.g. environment.php_version:2 for the first two numbers; up to two.",
    };

    private readonly Option<string[]> _measures = new("--measure")
    {
        Description = "count, share, cumulative, sum:FIELD, mean:FIELD or p90:FIELD (any percentile). Default: count.",
    };

    private readonly DayOption _day = new("--day") { Description = "On this UTC day, or up to it. Default: the running day." };
    private readonly Option<bool> _closed = new("--closed") { Description = "The last day that is over, instead of the running one." };
    private readonly NumberOption _days = new("--days", 1, 800) { Description = "A series over so many days." };
    private readonly Option<string?> _step = new("--step") { Description = "A point for each day, week or month of a series. Default: day." };
    private readonly NumberOption _top = new("--top", 1, 1_000) { Description = "So many groups; the others are folded into one." };
    private readonly Option<string?> _order = new("--order")
    {
        Description = "largest, or own for the field's own order: versions as versions. Default: largest.",
    };

    private readonly Option<bool> _compare = new("--compare") { Description = "Also the time before, of equal length." };
    private readonly NumberOption _compareDays = new("--compare-days", 1, 800) { Description = "Also the same so many days earlier." };

    public IEnumerable<Option> All =>
        [.. _population.All, _active, _activity, _by, _measures, _day, _closed, _days, _step, _top, _order, _compare, _compareDays];

    /// <summary>Whether somebody said how many groups.</summary>
    public bool NamesTop(ParseResult parsed) => parsed.GetValue(_top) is not null;

    public IEnumerable<string> AppsIn(ParseResult parsed) => _population.AppsIn(parsed);

    /// <exception cref="CliUsageException">It is no question.</exception>
    public QueryRequest QuestionIn(ParseResult parsed)
    {
        var question = new QueryRequest
        {
            Population = new Population
            {
                Apps = { _population.AppsIn(parsed) },
                Filters = { _population.FiltersIn(parsed) },
                WindowDays = (uint)(parsed.GetValue(_active) ?? 0),
                Activity = parsed.GetValue(_activity) is { } activity ? EventText.Parse<Activity>("--activity", activity) : Activity.Unspecified,
            },
            GroupBy = { (parsed.GetValue(_by) ?? []).Select(DimensionOf) },
            Measures = { (parsed.GetValue(_measures) ?? []).Select(MeasureOf) },
            Day = _day.In(parsed),
            Closed = parsed.GetValue(_closed),
            Days = (uint)(parsed.GetValue(_days) ?? 0),
            Step = parsed.GetValue(_step) is { } step ? EventText.Parse<Step>("--step", step) : Step.Unspecified,
            Top = (uint)(parsed.GetValue(_top) ?? 0),
            Order = parsed.GetValue(_order) is { } order ? EventText.Parse<GroupOrder>("--order", order) : GroupOrder.Unspecified,
            Compare = parsed.GetValue(_compare) || parsed.GetValue(_compareDays) is not null,
            CompareDays = (uint)(parsed.GetValue(_compareDays) ?? 0),
        };
        return question.GroupBy.Count <= 2 ? question : throw new CliUsageException("--by can be given twice at most; ask twice for more.");
    }

    /// <summary>As the option writes it.</summary>
    public static string NameOf(Measure measure) => measure.Kind switch
    {
        MeasureKind.Share => "share",
        MeasureKind.CumulativeShare => "cumulative",
        MeasureKind.Sum => "sum:" + measure.Field,
        MeasureKind.Mean => "mean:" + measure.Field,
        MeasureKind.Percentile => string.Create(CultureInfo.InvariantCulture, $"p{measure.Percentile}:{measure.Field}"),
        _ => "count",
    };

    private static Dimension DimensionOf(string text)
    {
        var (field, parts) = PopulationOptions.FieldOf("--by", text);
        return new Dimension { Field = field, VersionParts = parts };
    }

    private static Measure MeasureOf(string text) => text.Split(':', 2) switch
    {
        ["count"] => new Measure { Kind = MeasureKind.Count },
        ["share"] => new Measure { Kind = MeasureKind.Share },
        ["cumulative"] => new Measure { Kind = MeasureKind.CumulativeShare },
        ["sum", { Length: > 0 } field] => new Measure { Kind = MeasureKind.Sum, Field = field },
        ["mean", { Length: > 0 } field] => new Measure { Kind = MeasureKind.Mean, Field = field },
        [['p', .. var rank], { Length: > 0 } field] when uint.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= 100 => new Measure { Kind = MeasureKind.Percentile, Field = field, Percentile = number },
        _ => throw new CliUsageException(
            "--measure is one of: count, share, cumulative, sum:FIELD, mean:FIELD, pN:FIELD with a percentile N from 1 to 100, e.g. p90:users.total."),
    };
}
