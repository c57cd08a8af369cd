using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Parquet;
using Parquet.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Export;

public sealed class ExportTests
{
    private static readonly Wire.ExportRequest AllReports = new() { Reports = new Wire.ReportExport() };
    private static readonly Wire.ExportRequest AllInstances = new() { Instances = new Wire.InstanceFilter() };

    [Fact]
    public async Task Every_report_is_in_the_file_with_every_field_that_was_stored()
    {
        await using var fixture = await ExportFixture.StartAsync();

        var file = await fixture.CsvAsync(AllReports);

        Assert.Equal(ExportFixture.Reports, file.Rows.Count);
        Assert.Equal(Enumerable.Range(1, ExportFixture.Reports).Select(number => number.ToString(CultureInfo.InvariantCulture)), file.Rows.Select(row => row["number"]));
        Assert.Equal(6, file.Rows.Select(row => row["app"]).Distinct().Count());
        foreach (var row in file.Rows)
        {
            var stored = await fixture.ReportAsync(row["number"]);
            foreach (var name in file.Names.Where(name => name != "kinds"))
            {
                var expected = name is "number" or "accepted_at" or "instance_id" or "verdict" or "claim_reason" or "country_source"
                    ? fixture.ValueAt(stored, name)
                    : fixture.ValueAt(stored.Report, name);
                Assert.True(expected == ExportFixture.Normal(row[name]), $"{row["number"]} {name}: {row[name]} instead of {expected}");
            }

            Assert.Contains("EVENT_KIND_REPORT_ACCEPTED", JsonSerializer.Deserialize<string[]>(row["kinds"])!);
        }

        // Each column is of use to somebody.
        Assert.Contains(file.Rows, row => row["usage.room_types"].Length > 0);
        Assert.Contains(file.Rows, row => row["usage.languages_with_overrides"].Length > 0);
        Assert.Contains(file.Rows, row => row["usage.average_loan_days"].Length > 0);
        Assert.Contains(file.Rows, row => row["environment.php_version"].Length == 0);
        Assert.DoesNotContain(file.Names, name => name.Contains("hash", StringComparison.Ordinal) || name.EndsWith(".key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_formats_say_the_same()
    {
        await using var fixture = await ExportFixture.StartAsync();
        foreach (var request in new[] { AllReports, AllInstances, new Wire.ExportRequest { Query = Question() } })
        {
            var csv = await fixture.CsvAsync(request);

            var lines = await fixture.ExportAsync(new Wire.ExportRequest(request) { Format = Wire.ExportFormat.JsonLines });
            Assert.Equal(csv.Rows, OfJsonLines(lines, csv.Names));
            var parquet = await fixture.ExportAsync(new Wire.ExportRequest(request) { Format = Wire.ExportFormat.Parquet });
            Assert.Equal(csv.Rows, await OfParquetAsync(parquet, csv.Names));
        }
    }

    [Fact]
    public async Task Reports_can_be_those_of_some_apps_and_of_a_time()
    {
        await using var fixture = await ExportFixture.StartAsync();
        var all = (await fixture.CsvAsync(AllReports)).Rows;
        var (from, until) = (Moment(all[100]), Moment(all[299]));
        Assert.True(from < until);

        var file = await fixture.CsvAsync(new Wire.ExportRequest
        {
            Reports = new Wire.ReportExport
            {
                Apps = { "roomvox", "shelfmark" },
                Time = new Google.Type.Interval { StartTime = Timestamp.FromDateTimeOffset(from), EndTime = Timestamp.FromDateTimeOffset(until) },
            },
        });

        Assert.Equal(
            all.Where(row => row["app"] is "roomvox" or "shelfmark" && Moment(row) >= from && Moment(row) < until).Select(row => row["number"]),
            file.Rows.Select(row => row["number"]));
        Assert.NotEmpty(file.Rows);
        // Nor are there columns that only others could fill.
        Assert.Contains("usage.rooms", file.Names);
        Assert.DoesNotContain("usage.forms", file.Names);
    }

    [Fact]
    public async Task Installations_are_those_that_the_list_has()
    {
        await using var fixture = await ExportFixture.StartAsync();
        var filter = new Wire.InstanceFilter { Fields = { new Wire.FieldFilter { Field = "environment.country", Values = { "DE" } } } };
        var listed = await fixture.Server.Admin.ListInstancesAsync(new Wire.ListInstancesRequest { Filter = filter, PageSize = 1_000 }, fixture.Server.Authorized);

        var file = await fixture.CsvAsync(new Wire.ExportRequest { Instances = filter });

        Assert.True(file.Rows.Count > 50);
        Assert.Equal(listed.Instances.Select(instance => instance.InstanceId), file.Rows.Select(row => row["instance_id"]));
        foreach (var (row, instance) in file.Rows.Zip(listed.Instances))
        {
            // The list does not tell it.
            foreach (var name in file.Names.Where(name => name != "schema_version"))
            {
                Assert.Equal(fixture.ValueAt(instance, name), row[name]);
            }
        }
    }

    [Fact]
    public async Task An_answer_is_a_row_for_each_group_and_point()
    {
        await using var fixture = await ExportFixture.StartAsync();
        var question = Question();
        var answer = await fixture.Insights.QueryAsync(question, fixture.Server.Authorized);

        var file = await fixture.CsvAsync(new Wire.ExportRequest { Query = question });

        var expected = answer.Groups.SelectMany(group => answer.Points.Select((point, i) => string.Join(
            ' ', Iso(point.Start), Iso(point.End), point.Unfinished ? "true" : "false",
            group.Keys[0].Value, group.Keys[0].KeyCase, group.Keys[0].Rest, group.Figures[0].Values[i], group.Previous[0].Values[i])));
        Assert.Equal(expected, file.Rows.Select(row => string.Join(
            ' ', row["start"], row["end"], row["unfinished"], row["environment.php_version"],
            row["environment.php_version:key"] switch { "value" => "Value", "unknown" => "Unknown", "rest" => "Rest", var other => other },
            row["environment.php_version:folded"] is { Length: > 0 } folded ? folded : "0", row["count"], row["previous:count"])));
        Assert.Contains(file.Rows, row => row["environment.php_version:key"] == "rest");
        Assert.Contains(file.Rows, row => row["environment.php_version:key"] == "unknown");
    }

    [Fact]
    public async Task Measures_of_fields_say_of_how_many_they_are()
    {
        await using var fixture = await ExportFixture.StartAsync();
        var question = new Wire.QueryRequest
        {
            GroupBy = { new Wire.Dimension { Field = "app" }, new Wire.Dimension { Field = "environment.container" } },
            Measures =
            {
                new Wire.Measure { Kind = Wire.MeasureKind.Share }, new Wire.Measure { Kind = Wire.MeasureKind.Percentile, Field = "users.total", Percentile = 90 },
                new Wire.Measure { Kind = Wire.MeasureKind.Mean, Field = "users.total" }, new Wire.Measure { Kind = Wire.MeasureKind.Share },
            },
        };
        var answer = await fixture.Insights.QueryAsync(question, fixture.Server.Authorized);

        var file = await fixture.CsvAsync(new Wire.ExportRequest { Query = question });

        Assert.Equal(answer.Groups.Count, file.Rows.Count);
        foreach (var (group, row) in answer.Groups.Zip(file.Rows))
        {
            Assert.Equal(Number(group.Figures[0].Values[0]), row["share"]);
            Assert.Equal(Number(group.Figures[1].Values[0]), row["p90:users.total"]);
            Assert.Equal(Number(group.Figures[2].Values[0]), row["mean:users.total"]);
            Assert.Equal(group.Figures[2].Known[0].ToString(CultureInfo.InvariantCulture), row["mean:users.total:known"]);
        }

        static string Number(double figure) => double.IsNaN(figure) ? "" : figure.ToString("R", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_slow_reader_holds_nobody_up_and_gets_the_file_as_it_was_at_the_beginning()
    {
        await using var fixture = await ExportFixture.StartAsync();
        using var call = fixture.Insights.Export(AllReports, fixture.Server.Authorized);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        using var file = new MemoryStream();
        file.Write(call.ResponseStream.Current.Data.Span);

        // While it waits: commits, changes and reads go on.
        var receipt = await new Wire.ReportingService.ReportingServiceClient(fixture.Server.Native).SubmitReportAsync(SampleReports.Request("https://late.example"));
        await fixture.ReportAsync("1");
        Assert.Equal(ExportFixture.Reports, (await fixture.CsvAsync(new Wire.ExportRequest { Reports = new Wire.ReportExport() })).Rows.Count - 1);

        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            file.Write(call.ResponseStream.Current.Data.Span);
        }

        Assert.NotNull(receipt.Receipt);
        Assert.Equal(ExportFixture.Reports, ExportedFile.OfCsv(file.ToArray()).Rows.Count);
    }

    [Theory]
    [InlineData(Wire.ExportFormat.Csv, "text/csv")]
    [InlineData(Wire.ExportFormat.JsonLines, "application/jsonl")]
    [InlineData(Wire.ExportFormat.Parquet, "application/vnd.apache.parquet")]
    public async Task Over_HTTP_it_is_the_file_itself(Wire.ExportFormat format, string type)
    {
        await using var fixture = await ExportFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/insights:export")
        {
            Content = new StringContent($$"""{"reports":{},"format":{{(int)format}}}""", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", fixture.Server.AdminToken) },
        };

        using var response = await fixture.Server.HttpClient.SendAsync(request);

        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            await fixture.ExportAsync(new Wire.ExportRequest(AllReports) { Format = format }),
            await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("content", """{}""")]
    [InlineData("format", """{"reports":{},"format":9}""")]
    [InlineData("reports.apps", """{"reports":{"apps":["nobody"]}}""")]
    [InlineData("reports.time", """{"reports":{"time":{"startTime":"2026-01-02T00:00:00Z","endTime":"2026-01-01T00:00:00Z"}}}""")]
    [InlineData("instances.apps", """{"instances":{"apps":["nobody"]}}""")]
    [InlineData("query.group_by[0].field", """{"query":{"groupBy":[{"field":"environment.planet"}]}}""")]
    public async Task What_cannot_be_is_refused_by_its_field(string field, string request)
    {
        await using var server = await TestServer.StartAsync();
        var wrong = Google.Protobuf.JsonParser.Default.Parse<Wire.ExportRequest>(request);

        using var call = new Wire.InsightsService.InsightsServiceClient(server.Native).Export(wrong, server.Authorized);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(field, refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_there_is_no_file()
    {
        await using var server = await TestServer.StartAsync();

        using var call = new Wire.InsightsService.InsightsServiceClient(server.Native).Export(AllReports);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
    }

    private static Wire.QueryRequest Question() => new()
    {
        GroupBy = { new Wire.Dimension { Field = "environment.php_version" } },
        Days = 3,
        Top = 4,
        Compare = true,
    };

    private static DateTimeOffset Moment(IReadOnlyDictionary<string, string> row) =>
        DateTimeOffset.ParseExact(row["accepted_at"], "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Iso(Google.Type.Date date) => new DateOnly(date.Year, date.Month, date.Day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IEnumerable<Dictionary<string, string>> OfJsonLines(byte[] bytes, IReadOnlyList<string> names) =>
        Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var row = JsonDocument.Parse(line).RootElement;
            Assert.Empty(row.EnumerateObject().Select(property => property.Name).Except(names));
            return names.ToDictionary(name => name, name => row.TryGetProperty(name, out var value)
                ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()
                : "");
        });

    private static async Task<List<Dictionary<string, string>>> OfParquetAsync(byte[] bytes, IReadOnlyList<string> names)
    {
        using var stream = new MemoryStream(bytes);
        await using var reader = await ParquetReader.CreateAsync(stream);
        Assert.Equal(names, reader.Schema.DataFields.Select(field => field.Name));
        var rows = new List<Dictionary<string, string>>();
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var groupReader = reader.OpenRowGroupReader(group);
            var read = Enumerable.Range(0, (int)groupReader.RowCount).Select(_ => new Dictionary<string, string>()).ToList();
            foreach (var field in reader.Schema.DataFields)
            {
                var cells = await CellsAsync(groupReader, field, read.Count);
                read.Zip(cells).ToList().ForEach(pair => pair.First[field.Name] = pair.Second);
            }

            rows.AddRange(read);
        }

        return rows;
    }

    private static async Task<IEnumerable<string>> CellsAsync(ParquetRowGroupReader group, DataField field, int count)
    {
        if (field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string[count];
            await group.ReadAsync(field, texts);
            return texts.Select(text => text ?? "");
        }

        return field.ClrType == typeof(long) ? await ReadAsync<long>(number => number.ToString(CultureInfo.InvariantCulture))
            : field.ClrType == typeof(double) ? await ReadAsync<double>(number => number.ToString("R", CultureInfo.InvariantCulture))
            : field.ClrType == typeof(bool) ? await ReadAsync<bool>(flag => flag ? "true" : "false")
            : field.ClrType == typeof(DateOnly) ? await ReadAsync<DateOnly>(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : field is DateTimeDataField { DateTimeFormat: DateTimeFormat.Date } ? await ReadAsync<DateTime>(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : await ReadAsync<DateTime>(moment => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

        async Task<IEnumerable<string>> ReadAsync<T>(Func<T, string> text)
            where T : struct
        {
            var values = new T?[count];
            await group.ReadAsync(field, values.AsMemory());
            return values.Select(value => value is { } known ? text(known) : "");
        }
    }
}
