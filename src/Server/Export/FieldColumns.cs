using System.Buffers;
using System.Text;
using System.Text.Json;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;

namespace Telemetry.Server.Export;

/// <summary>The columns of reports' fields, by the contracts alone: those of every report first, then each app's own.</summary>
/// <remarks>Threading: one reader.</remarks>
internal sealed class FieldColumns
{
    private readonly List<ExportColumn> _columns = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<ReportSchema, List<(SchemaField Field, int Place)>> _plans = [];
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly int _first;

    /// <param name="schemas">Those of the apps that the file is about.</param>
    /// <param name="first">How many columns stand before these.</param>
    /// <param name="withCounts">Whether counts by label are among them.</param>
    public FieldColumns(IEnumerable<ReportSchema> schemas, int first, bool withCounts)
    {
        _first = first;
        // The core fields come with every app, and stand where there is none.
        foreach (var field in schemas.Prepend(CoreFields.Schema).SelectMany(schema => schema.Fields)
            .Where(field => field.IsStored && (withCounts || field.Kind.Storage != KindStorage.Counts)))
        {
            var type = TypeOf(field);
            if (_places.TryAdd(field.Path, _columns.Count))
            {
                _columns.Add(new ExportColumn(field.Path, type));
            }
            else if (_columns[_places[field.Path]] is var known && known.Type != type)
            {
                // Two apps mean different things by one name.
                _columns[_places[field.Path]] = known with { Type = ExportType.Text };
            }
        }
    }

    public IReadOnlyList<ExportColumn> Columns => _columns;

    /// <summary>Fills in what a report says.</summary>
    /// <param name="row">The row.</param>
    /// <param name="schema">The report's.</param>
    /// <param name="values">Its values.</param>
    /// <param name="counts">Where its counts by label were read to; null when the columns have none.</param>
    public void Fill(ExportCell[] row, ReportSchema schema, ReportValues values, ReportScratch? counts)
    {
        foreach (var (field, place) in PlanOf(schema))
        {
            row[_first + place] = _columns[place].Type == TypeOf(field) ? CellOf(field, values, counts) : TextOf(field, values, counts);
        }
    }

    private static ExportType TypeOf(SchemaField field) => field.Kind switch
    {
        CountsKind => ExportType.Json,
        DecimalKind => ExportType.Decimal,
        _ when field.Kind == NumberKind.Flag => ExportType.Flag,
        NumberKind => ExportType.Whole,
        _ => ExportType.Text,
    };

    private List<(SchemaField Field, int Place)> PlanOf(ReportSchema schema)
    {
        if (!_plans.TryGetValue(schema, out var plan))
        {
            // A contract that grew since the file was begun has fields without a column.
            _plans[schema] = plan = [.. schema.Fields.Where(field => field.IsStored && _places.ContainsKey(field.Path))
                .Select(field => (field, _places[field.Path]))];
        }

        return plan;
    }

    private ExportCell CellOf(SchemaField field, ReportValues values, ReportScratch? counts)
    {
        if (field.Kind.Storage == KindStorage.Text)
        {
            return ExportCell.Of(values.Texts[field.Index]);
        }

        if (field.Kind.Storage == KindStorage.Counts)
        {
            return counts is null ? default : JsonOf(field, counts.Counts(field));
        }

        var cell = values.Numbers[field.Index];
        return !Cell.IsValue(cell) ? default : TypeOf(field) switch
        {
            ExportType.Decimal => ExportCell.Of((double)((decimal)cell / field.Scale)),
            ExportType.Text => ExportCell.Of(field.TextOf(cell)),
            _ => ExportCell.Of(cell),
        };
    }

    private ExportCell TextOf(SchemaField field, ReportValues values, ReportScratch? counts) =>
        field.Kind.Storage != KindStorage.Number ? CellOf(field, values, counts)
        : values.Numbers[field.Index] is var cell && Cell.IsValue(cell) ? ExportCell.Of(field.TextOf(cell))
        : default;

    private ExportCell JsonOf(SchemaField field, CountsScratch counts)
    {
        counts.Finish(field);
        if (counts.Finished.Count == 0)
        {
            return default;
        }

        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json))
        {
            if (field.IsMap)
            {
                json.WriteStartObject();
                counts.Finished.ForEach(entry => json.WriteNumber(entry.Utf8Label, entry.Count));
                json.WriteEndObject();
            }
            else
            {
                json.WriteStartArray();
                counts.Finished.ForEach(entry => json.WriteStringValue(entry.Utf8Label));
                json.WriteEndArray();
            }
        }

        return ExportCell.Of(Encoding.UTF8.GetString(_json.WrittenSpan));
    }
}
