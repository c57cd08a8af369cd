using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Telemetry.Server.Export;

/// <summary>Writes a table in some format.</summary>
internal abstract class ExportFile
{
    /// <summary>ISO 8601 with the milliseconds that are stored.</summary>
    protected const string MomentFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    protected const string DayFormat = "yyyy-MM-dd";

    /// <param name="row">A cell for each column, made for this file alone.</param>
    public abstract ValueTask WriteAsync(ExportCell[] row);

    /// <summary>Writes what comes after the last row.</summary>
    public virtual ValueTask EndAsync() => ValueTask.CompletedTask;
}

/// <summary>RFC 4180 in UTF-8: names in the first line, lines end with CR LF, nothing between commas where nothing is known.</summary>
internal sealed class CsvFile : ExportFile
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private readonly IReadOnlyList<ExportColumn> _columns;
    private readonly IBufferWriter<byte> _output;
    private readonly StringBuilder _line = new();

    public CsvFile(IReadOnlyList<ExportColumn> columns, IBufferWriter<byte> output)
    {
        (_columns, _output) = (columns, output);
        for (var i = 0; i < columns.Count; i++)
        {
            AppendComma(i);
            AppendText(columns[i].Name);
        }

        EndLine();
    }

    public override ValueTask WriteAsync(ExportCell[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            AppendComma(i);
            if (row[i].IsKnown)
            {
                Append(row[i], _columns[i].Type);
            }
        }

        EndLine();
        return ValueTask.CompletedTask;
    }

    private void Append(ExportCell cell, ExportType type)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (type)
        {
            case ExportType.Whole: _line.Append(culture, $"{cell.Number}"); break;
            case ExportType.Decimal: _line.Append(culture, $"{cell.Decimal:R}"); break;
            case ExportType.Flag: _line.Append(cell.Flag ? "true" : "false"); break;
            case ExportType.Moment: _line.Append(cell.Moment.ToString(MomentFormat, culture)); break;
            case ExportType.Day: _line.Append(cell.Day.ToString(DayFormat, culture)); break;
            default: AppendText(cell.Text!); break;
        }
    }

    private void AppendComma(int column)
    {
        if (column > 0)
        {
            _line.Append(',');
        }
    }

    private void AppendText(string text)
    {
        if (text.AsSpan().ContainsAny(Special))
        {
            _line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _line.Append(text);
        }
    }

    private void EndLine()
    {
        _line.Append("\r\n");
        // Not chunk by chunk: two of them could share a character.
        Encoding.UTF8.GetBytes(_line.ToString(), _output);
        _line.Clear();
    }
}

/// <summary>A JSON object a line; what is not known is left out.</summary>
internal sealed class JsonLinesFile(IReadOnlyList<ExportColumn> columns, IBufferWriter<byte> output) : ExportFile
{
    private readonly JsonEncodedText[] _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Name))];

    public override ValueTask WriteAsync(ExportCell[] row)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i].IsKnown)
                {
                    json.WritePropertyName(_names[i]);
                    Write(json, row[i], columns[i].Type);
                }
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
        return ValueTask.CompletedTask;
    }

    private static void Write(Utf8JsonWriter json, ExportCell cell, ExportType type)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (type)
        {
            case ExportType.Whole: json.WriteNumberValue(cell.Number); break;
            case ExportType.Decimal: json.WriteNumberValue(cell.Decimal); break;
            case ExportType.Flag: json.WriteBooleanValue(cell.Flag); break;
            case ExportType.Moment: json.WriteStringValue(cell.Moment.ToString(MomentFormat, culture)); break;
            case ExportType.Day: json.WriteStringValue(cell.Day.ToString(DayFormat, culture)); break;
            case ExportType.Json: json.WriteRawValue(cell.Text!, skipInputValidation: true); break;
            default: json.WriteStringValue(cell.Text); break;
        }
    }
}
