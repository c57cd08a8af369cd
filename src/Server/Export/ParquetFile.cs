using Parquet;
using Parquet.Schema;

namespace Telemetry.Server.Export;

/// <summary>Apache Parquet, in row groups of bounded size: no more of the file is ever held.</summary>
internal sealed class ParquetFile : ExportFile
{
    public const int RowsPerGroup = 10_000;

    private readonly IReadOnlyList<ExportColumn> _columns;
    private readonly ParquetSchema _schema;
    private readonly ParquetWriter _writer;
    private readonly List<ExportCell[]> _rows = new(RowsPerGroup);

    private ParquetFile(IReadOnlyList<ExportColumn> columns, ParquetSchema schema, ParquetWriter writer) =>
        (_columns, _schema, _writer) = (columns, schema, writer);

    public static async Task<ParquetFile> BeginAsync(IReadOnlyList<ExportColumn> columns, Stream output)
    {
        var schema = new ParquetSchema(columns.Select(FieldOf));
        return new ParquetFile(columns, schema, await ParquetWriter.CreateAsync(schema, output).ConfigureAwait(false));
    }

    public override async ValueTask WriteAsync(ExportCell[] row)
    {
        _rows.Add(row);
        if (_rows.Count == RowsPerGroup)
        {
            await WriteGroupAsync().ConfigureAwait(false);
        }
    }

    public override async ValueTask EndAsync()
    {
        if (_rows.Count > 0)
        {
            await WriteGroupAsync().ConfigureAwait(false);
        }

        // The footer.
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private static DataField FieldOf(ExportColumn column) => column.Type switch
    {
        ExportType.Whole => new DataField<long?>(column.Name),
        ExportType.Decimal => new DataField<double?>(column.Name),
        ExportType.Flag => new DataField<bool?>(column.Name),
        ExportType.Moment => new DateTimeDataField(
            column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: true),
        ExportType.Day => new DataField<DateOnly?>(column.Name),
        _ => new DataField<string>(column.Name, nullable: true),
    };

    private async Task WriteGroupAsync()
    {
        using var group = _writer.CreateRowGroup();
        for (var i = 0; i < _columns.Count; i++)
        {
            var (field, column) = (_schema.DataFields[i], i);
            await (_columns[i].Type switch
            {
                ExportType.Whole => group.WriteAsync<long>(field, Values(column, cell => cell.Number)),
                ExportType.Decimal => group.WriteAsync<double>(field, Values(column, cell => cell.Decimal)),
                ExportType.Flag => group.WriteAsync<bool>(field, Values(column, cell => cell.Flag)),
                ExportType.Moment => group.WriteAsync<DateTime>(field, Values(column, cell => cell.Moment)),
                ExportType.Day => group.WriteAsync<DateOnly>(field, Values(column, cell => cell.Day)),
                _ => group.WriteAsync(field, _rows.ConvertAll(row => row[column].Text!)),
            }).ConfigureAwait(false);
        }

        group.CompleteValidate();
        _rows.Clear();
    }

    private ReadOnlyMemory<T?> Values<T>(int column, Func<ExportCell, T> read)
        where T : struct =>
        _rows.Select(row => row[column].IsKnown ? read(row[column]) : (T?)null).ToArray();
}
