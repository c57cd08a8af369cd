using System.Globalization;
using Bench.Insights;
using DuckDB.NET.Data;

namespace Bench.DuckDb;

/// <summary>The fleet as a table of stretches in DuckDB, which is how an analyst would keep it there.</summary>
internal sealed class DuckDbFleet : IFleetReference
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-duckdb-").FullName;
    private readonly List<string> _paths;
    private readonly DuckDBConnection _connection;
    private DuckDBAppender? _appender;

    public DuckDbFleet(FleetPlan plan)
    {
        _paths = [.. plan.Paths];
        _connection = new DuckDBConnection($"Data Source={Path.Combine(_directory, "fleet.duckdb")}");
        _connection.Open();
        Execute("SET threads = 2");
        Execute("CREATE TABLE runs (app UTINYINT, first INTEGER, until INTEGER, last INTEGER, "
            + string.Join(", ", _paths.Select((_, index) => $"d{index} USMALLINT")) + ")");
        _appender = _connection.CreateAppender("runs");
    }

    public string Name => "DuckDB " + _connection.ServerVersion;

    public long Bytes => Directory.GetFiles(_directory).Sum(file => new FileInfo(file).Length);

    public void Add(Run run)
    {
        var row = _appender!.CreateRow();
        row.AppendValue((byte)run.App).AppendValue(run.First).AppendValue(run.Until).AppendValue(run.Last);
        foreach (var code in run.Codes)
        {
            row.AppendValue(code);
        }

        row.EndRow();
    }

    public void Complete()
    {
        _appender!.Dispose();
        _appender = null;
        Execute("CHECKPOINT");
    }

    public Dictionary<(int First, int Second), long> Count(
        int? app, int day, int window, IReadOnlyList<(string Path, int[] Codes)> filters, IReadOnlyList<string> groupBy)
    {
        var columns = string.Join(", ", groupBy.Select(Column));
        using var command = _connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT {columns}, count(*) FROM runs WHERE first <= {day} AND until >= {day} AND last > {day - window}{Where(app, filters)} GROUP BY {columns}");
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<(int, int), long>();
        while (reader.Read())
        {
            counts.Add((reader.GetFieldValue<ushort>(0), groupBy.Count > 1 ? reader.GetFieldValue<ushort>(1) : 0), reader.GetInt64(groupBy.Count));
        }

        return counts;
    }

    public Dictionary<(int Day, int Code), long> Series(
        int? app, int first, int last, int window, IReadOnlyList<(string Path, int[] Codes)> filters, string groupBy)
    {
        // Each stretch adds one on its first day and takes one away after its last; a running sum is the count of a day.
        using var command = _connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            WITH active AS (
                SELECT {Column(groupBy)} AS code, greatest(first, {first}) AS since, least(until, last + {window - 1}, {last}) AS through
                FROM runs WHERE first <= {last} AND least(until, last + {window - 1}) >= {first}{Where(app, filters)}),
            steps AS (
                SELECT code, day, sum(step) AS step FROM (
                    SELECT code, since AS day, count(*) AS step FROM active GROUP BY code, since
                    UNION ALL SELECT code, through + 1, -count(*) FROM active GROUP BY code, through) GROUP BY code, day),
            grid AS (SELECT code, CAST(day AS INTEGER) AS day FROM (SELECT DISTINCT code FROM steps), range({first}, {last + 1}) days(day))
            SELECT day, code, CAST(sum(coalesce(step, 0)) OVER (PARTITION BY code ORDER BY day) AS BIGINT)
            FROM grid LEFT JOIN steps USING (code, day)
            """);
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<(int, int), long>();
        while (reader.Read())
        {
            if (reader.GetInt64(2) is var count and > 0)
            {
                counts.Add((reader.GetInt32(0), reader.GetFieldValue<ushort>(1)), count);
            }
        }

        return counts;
    }

    public void Dispose()
    {
        _appender?.Dispose();
        _connection.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Column(string path) => path == "app" ? "app" : $"d{_paths.IndexOf(path)}";

    private string Where(int? app, IReadOnlyList<(string Path, int[] Codes)> filters) =>
        (app is { } place ? string.Create(CultureInfo.InvariantCulture, $" AND app = {place}") : "")
        + string.Concat(filters.Select(filter => $" AND {Column(filter.Path)} IN ({string.Join(", ", filter.Codes)})"));

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
