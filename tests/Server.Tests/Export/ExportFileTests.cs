using System.Text;
using CsCheck;
using Parquet;
using Telemetry.Contracts.Rules;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Export;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Export;

public sealed class ExportFileTests
{
    /// <summary>What makes a spreadsheet take a cell for a formula.</summary>
    private const string FormulaStarts = "=+-@\t\r\n";

    [Fact]
    public async Task A_Parquet_file_is_never_held_whole()
    {
        var columns = new[] { new ExportColumn("n", ExportType.Whole), new ExportColumn("text", ExportType.Text) };
        var pieces = new List<int>();
        using var file = new MemoryStream();
        await using var stream = new ExportStream((piece, _) =>
        {
            pieces.Add(piece.Length);
            file.Write(piece.Span);
            return Task.CompletedTask;
        });
        var parquet = await ParquetFile.BeginAsync(columns, stream);
        var rows = (2 * ParquetFile.RowsPerGroup) + 5;
        for (var row = 0; row < rows; row++)
        {
            await parquet.WriteAsync([ExportCell.Of(row), ExportCell.Of(Convert.ToHexString(Encoding.UTF8.GetBytes(row.ToString(null as IFormatProvider))))]);
            await stream.SendFullAsync(CancellationToken.None);
        }

        var before = pieces.Count;
        await parquet.EndAsync();
        await stream.SendAsync(CancellationToken.None);

        Assert.True(before > 0, "something was sent before the end");
        Assert.All(pieces, piece => Assert.InRange(piece, 1, 64 * 1024));
        file.Position = 0;
        await using var reader = await ParquetReader.CreateAsync(file);
        Assert.Equal([ParquetFile.RowsPerGroup, ParquetFile.RowsPerGroup, 5], reader.RowGroups.Select(group => (int)group.RowCount));
    }

    [Fact]
    public async Task An_empty_table_is_a_whole_file_in_every_format()
    {
        var columns = new[] { new ExportColumn("environment.country", ExportType.Text), new ExportColumn("seen", ExportType.Moment) };
        using var file = new MemoryStream();
        await using var stream = new ExportStream((piece, _) =>
        {
            file.Write(piece.Span);
            return Task.CompletedTask;
        });
        await (await ParquetFile.BeginAsync(columns, stream)).EndAsync();
        await stream.SendAsync(CancellationToken.None);
        file.Position = 0;
        await using var reader = await ParquetReader.CreateAsync(file);
        Assert.Equal(["environment.country", "seen"], reader.Schema.DataFields.Select(field => field.Name));

        file.SetLength(0);
        await new CsvFile(columns, stream).EndAsync();
        await stream.SendAsync(CancellationToken.None);
        Assert.Equal("environment.country,seen\r\n", Encoding.UTF8.GetString(file.ToArray()));
    }

    [Fact]
    public async Task What_a_text_holds_comes_back_from_CSV()
    {
        await Gen.String.Array[1, 3].SampleAsync(async texts =>
        {
            var columns = texts.Select((_, i) => new ExportColumn("c" + i, ExportType.Text)).ToArray();
            using var file = new MemoryStream();
            await using var stream = new ExportStream((piece, _) =>
            {
                file.Write(piece.Span);
                return Task.CompletedTask;
            });
            await new CsvFile(columns, stream).WriteAsync([.. texts.Select(ExportCell.Of)]);
            await stream.SendAsync(CancellationToken.None);
            var known = texts.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
            return ExportedFile.OfCsv(file.ToArray()).Rows.Single().Values.SequenceEqual(known);
        });
    }

    /// <summary>A cell is written as it is, because no format of the contract lets a text begin like a formula.</summary>
    [Fact]
    public void No_text_that_the_contract_lets_in_begins_a_formula()
    {
        string[] starts = [.. FormulaStarts.Select(start => start.ToString()), " =", "\u00a0=", "'", ""];
        var hostile = Gen.Select(Gen.Int[0, starts.Length - 1].Select(i => starts[i]), Gen.String[Gen.Char[' ', '~'], 0, 40]);
        var fields = new AppRegistry().All.SelectMany(schema => schema.Fields)
            .Where(field => field.IsStored && field.Kind.Storage != KindStorage.Number).DistinctBy(field => (field.Kind, field.Policy.Format, field.Path)).ToList();
        Assert.Contains(fields, field => field.Kind is VersionKind);
        Assert.Contains(fields, field => field.Labels is not null);

        hostile.Sample((start, rest) => fields.All(field =>
        {
            var text = start + rest;
            if (field.Kind is TextKind kind)
            {
                return kind.Normalize(text, field) is not { Length: > 0 } kept || IsHarmless(kept);
            }

            // Counts by label are JSON, which begins with a bracket; their labels are listed, or in a format.
            return field.Labels is not null || TextKind.Of(field.Policy.Format).Normalize(text, field) is not { Length: > 0 } label || IsHarmless(label);
        }));
        var formats = System.Enum.GetValues<Wire.TextFormat>().Where(format => format is not (Wire.TextFormat.Unspecified or Wire.TextFormat.Secret or Wire.TextFormat.Digest));
        Assert.All(formats, format => hostile.Sample((start, rest) =>
            TextKind.Of(format).Normalize(start + rest, CoreFields.Schema.Fields[0]) is not { Length: > 0 } kept || IsHarmless(kept)));
    }

    [Fact]
    public void No_name_of_an_enumeration_column_or_app_begins_a_formula()
    {
        var names = new AppRegistry().All.SelectMany(schema => schema.Fields.Select(field => field.Path)
            .Concat(schema.Fields.SelectMany(field => field.Values?.Names ?? [])).Append(schema.App))
            .Concat(JudgedFields.All.SelectMany(judged => judged.Values.Names)).Append(FieldPolicies.CustomLabel);

        Assert.All(names, name => Assert.True(IsHarmless(name), name));
        // A vendor's slug is as harmless.
        Gen.String[Gen.Char[' ', '~'], 1, 8].Sample(slug => !AppSlug.IsValid(slug) || IsHarmless(slug));
    }

    [Fact]
    public void A_number_below_zero_cannot_be_in_a_report()
    {
        var fields = new AppRegistry().All.SelectMany(schema => schema.Fields).Where(field => field.Kind.Storage == KindStorage.Number && field.Values is null);

        Assert.All(fields, field => Assert.False(FieldValue.TryRead(field, "-1", out _)));
    }

    private static bool IsHarmless(string text) => !FormulaStarts.Contains(text[0], StringComparison.Ordinal) && !char.IsWhiteSpace(text[0]);
}
