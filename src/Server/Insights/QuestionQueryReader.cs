using Google.Protobuf.Collections;
using Telemetry.Schema;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Reads and checks what is asked about the fleet.</summary>
internal sealed class QuestionQueryReader(AppRegistry apps, TimeProvider time)
{
    public const int MaxDays = 800;
    private const int MaxWindow = 90;
    private const int MaxDimensions = 2;
    private const int MaxMeasures = 10;
    private const int DefaultWindow = 7;

    /// <exception cref="Grpc.Core.RpcException">The request breaks a rule.</exception>
    public Question Read(Wire.QueryRequest request, string prefix = "")
    {
        var population = request.Population ?? new Wire.Population();
        var slugs = Slugs(prefix + "population.apps", population.Apps);
        var schemas = FieldFilterQueryReader.SchemasOf(apps, slugs);
        if (request.GroupBy.Count > MaxDimensions)
        {
            throw RpcErrors.InvalidField(prefix + "group_by", $"must have at most {MaxDimensions} dimensions; ask twice for more");
        }

        if (request.Measures.Count > MaxMeasures)
        {
            throw RpcErrors.InvalidField(prefix + "measures", $"must have at most {MaxMeasures} measures; ask twice for more");
        }

        var question = new Question
        {
            Apps = slugs,
            Activity = ActivityOf(prefix + "population.activity", population.Activity) ?? Activity.Active,
            Window = Window(prefix + "population.window_days", population.WindowDays),
            Filters = FieldFilterQueryReader.Read(prefix + "population.filters", population.Filters, schemas),
            GroupBy = [.. request.GroupBy.Select((dimension, index) => Grouping(FormattableString.Invariant($"{prefix}group_by[{index}]"), dimension, schemas))],
            Measures = request.Measures.Count == 0
                ? [Measure.Count]
                : [.. request.Measures.Select((measure, index) => MeasureOf(FormattableString.Invariant($"{prefix}measures[{index}]"), measure, schemas))],
            Day = Day(prefix + "day", request.Day),
            Closed = request.Closed,
            Days = request.Days <= MaxDays ? (int)request.Days : throw RpcErrors.InvalidField(prefix + "days", $"must be at most {MaxDays}"),
            Step = WireEnums.Read<Wire.Step, Step>(prefix + "step", request.Step) ?? Step.Day,
            Top = request.Top == 0 ? Question.MaxGroups : (int)Math.Min(request.Top, Question.MaxGroups),
            InOwnOrder = Order(prefix + "order", request.Order),
            Compare = request.Compare,
            CompareDays = request.CompareDays == 0 ? null
                : request.CompareDays <= MaxDays ? (int)request.CompareDays : throw RpcErrors.InvalidField(prefix + "compare_days", $"must be at most {MaxDays}"),
        };
        Check(question, prefix, schemas);
        return question;
    }

    public IReadOnlySet<string>? Slugs(string place, RepeatedField<string> slugs) =>
        Paging.Set(place, slugs, slug => apps.Find(slug)?.App, apps.Rule);

    public List<FieldChoice> Filters(string place, RepeatedField<Wire.FieldFilter> filters, IReadOnlySet<string>? slugs)
    {
        var schemas = FieldFilterQueryReader.SchemasOf(apps, slugs);
        var choices = FieldFilterQueryReader.Read(place, filters, schemas);
        for (var i = 0; i < choices.Count; i++)
        {
            CheckDimension(FormattableString.Invariant($"{place}[{i}].field"), choices[i].Field, schemas);
        }

        return choices;
    }

    /// <summary>A day; null when none is named.</summary>
    public int? Day(string place, Google.Type.Date? date)
    {
        if (date is null)
        {
            return null;
        }

        if (date is not { Year: >= 1 and <= 9999, Month: >= 1 and <= 12, Day: >= 1 } || date.Day > DateTime.DaysInMonth(date.Year, date.Month))
        {
            throw RpcErrors.InvalidField(place, "must be a whole date: year, month and day");
        }

        var day = UtcDay.Of(new DateOnly(date.Year, date.Month, date.Day));
        return day <= UtcDay.Of(time.GetUtcNow()) ? day : throw RpcErrors.InvalidField(place, "must not lie in the future; days are UTC days");
    }

    public static int Window(string place, uint days) =>
        days == 0 ? DefaultWindow : days <= MaxWindow ? (int)days : throw RpcErrors.InvalidField(place, $"must be 1 to {MaxWindow}");

    public static Activity? ActivityOf(string place, Wire.Activity activity) => WireEnums.Read<Wire.Activity, Activity>(place, activity);

    private static void Check(Question question, string prefix, List<ReportSchema> schemas)
    {
        for (var i = 0; i < question.Filters.Count; i++)
        {
            CheckDimension(FormattableString.Invariant($"{prefix}population.filters[{i}].field"), question.Filters[i].Field, schemas);
        }

        if (question.Measures.Any(measure => measure.IsOfField) && (question.Day is not null || question.Closed || question.Days > 0))
        {
            throw RpcErrors.InvalidField(
                prefix + "measures", "of a field are known of the latest reports alone; leave day, closed and days out, or count instead");
        }

        if (question.GroupBy.Count != 1 && question.Measures.Any(measure => measure.Kind == MeasureKind.CumulativeShare))
        {
            throw RpcErrors.InvalidField(prefix + "measures", "can be a cumulative share when exactly one dimension is grouped by");
        }

        if (question.GroupBy is [{ Field: var first }, { Field: var second }] && first == second)
        {
            throw RpcErrors.InvalidField(prefix + "group_by", "must name two different fields");
        }
    }

    /// <summary>Numbers change daily and are not kept: they select among latest reports alone.</summary>
    private static void CheckDimension(string place, string path, List<ReportSchema> schemas)
    {
        if (path != JudgedFields.App && JudgedFields.ValuesOf(path) is null
            && !schemas.Exists(schema => schema.Fields.Any(field => field.Path == path && field.IsDimension())))
        {
            throw RpcErrors.InvalidField(place, "must be a dimension, not a number; ListInstances filters by numbers");
        }
    }

    private static bool Order(string place, Wire.GroupOrder order) => order switch
    {
        Wire.GroupOrder.Unspecified or Wire.GroupOrder.Largest => false,
        Wire.GroupOrder.Own => true,
        _ => throw RpcErrors.InvalidField(place, "must be a value that this server knows"),
    };

    private static FieldGrouping Grouping(string place, Wire.Dimension dimension, List<ReportSchema> schemas)
    {
        if (dimension.Field == JudgedFields.App || JudgedFields.ValuesOf(dimension.Field) is not null)
        {
            FieldFilterQueryReader.VersionParts(place + ".version_parts", dimension.VersionParts, isVersion: false);
            return new FieldGrouping(dimension.Field, 0, StringComparer.Ordinal);
        }

        var field = schemas.SelectMany(schema => schema.Fields).FirstOrDefault(field => field.Path == dimension.Field && field.IsDimension())
            ?? throw RpcErrors.InvalidField(
                place + ".field", "must be the path of a dimension of an asked app, e.g. environment.country; ListQueryFields lists them");
        return new FieldGrouping(
            field.Path, FieldFilterQueryReader.VersionParts(place + ".version_parts", dimension.VersionParts, field.IsVersion()), OrderOf(field));
    }

    private static IComparer<string> OrderOf(SchemaField field) =>
        field.IsVersion() || (field.Kind is Telemetry.Schema.Kinds.NumberKind && field.Kind != Telemetry.Schema.Kinds.NumberKind.Flag)
            ? VersionOrder.Instance
            : StringComparer.Ordinal;

    private static Measure MeasureOf(string place, Wire.Measure measure, List<ReportSchema> schemas)
    {
        var kind = WireEnums.Read<Wire.MeasureKind, MeasureKind>(place + ".kind", measure.Kind)
            ?? throw RpcErrors.InvalidField(place + ".kind", "is required");
        var read = new Measure(kind, measure.Field, (int)Math.Min(measure.Percentile, 101));
        if (read.IsOfField != (measure.Field.Length > 0))
        {
            throw RpcErrors.InvalidField(place + ".field", read.IsOfField ? "is required: the path of a field that holds numbers" : "is for sums, means and percentiles");
        }

        if (read.IsOfField && !schemas.Exists(schema => schema.Fields.Any(field => field.Path == measure.Field && field.IsMeasure())))
        {
            throw RpcErrors.InvalidField(place + ".field", "must be the path of a field that holds numbers, e.g. users.total; ListQueryFields lists them");
        }

        return (kind == MeasureKind.Percentile) == (read.Percentile is >= 1 and <= 100) && (kind == MeasureKind.Percentile || read.Percentile == 0)
            ? read
            : throw RpcErrors.InvalidField(place + ".percentile", "must be 1 to 100 for a percentile, and is for percentiles alone");
    }
}
