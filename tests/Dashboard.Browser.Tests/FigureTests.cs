using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>What each chart shows is what the server answers, at the same position, to whoever asks by JSON.</summary>
public sealed class FigureTests(DashboardFixture fixture, Reader reader) : IClassFixture<Reader>
{
    private const string App = "roomvox";

    private static readonly object Active = new { activity = "ACTIVITY_ACTIVE", windowDays = 7 };
    private static readonly object ActiveOfApp = new { apps = new[] { App }, activity = "ACTIVITY_ACTIVE", windowDays = 7 };

    [Fact]
    public async Task Overview_shows_the_fleet()
    {
        var visitor = await reader.OpenAsync("/");
        var overview = await fixture.Api.AskAsync("/v1/insights:overview", new { compareDays = 90 });
        await IsAtPositionOfAsync(visitor, overview);

        var figures = overview["figures"]!;
        foreach (var (name, figure) in new[]
        {
            ("Active in 7 days", "active7"), ("Active in 30 days", "active30"), ("New", "new"), ("Silent", "silent"), ("Gone in 30 days", "lost"),
        })
        {
            var shown = visitor.Page.Locator(".figure", new PageLocatorOptions { Has = visitor.Page.Locator("dt", new PageLocatorOptions { HasText = name }) }).First;
            ShownFigures.Is(await shown.Locator(".big").First.InnerTextAsync(), figures[figure]!["value"].Count(), name);
            Assert.Contains($": {figures[figure]!["value"].Count():N0} on ", await shown.Locator(".tip-card").TextContentAsync(), StringComparison.Ordinal);
            Assert.Contains($"; {figures[figure]!["previous"].Count():N0} 90 days before.", await shown.Locator(".tip-card").TextContentAsync(), StringComparison.Ordinal);
        }

        await Expect(visitor.Page.Locator(".tip-card", new PageLocatorOptions { HasText = "accounts" })).ToContainTextAsync($"{figures["people"].Count():N0} accounts");

        var apps = await visitor.Panel("Apps").TableAsync("data");
        Assert.Equal(overview["apps"].Items().Count(), apps.Rows.Count);
        foreach (var app in overview["apps"].Items())
        {
            var row = apps.Row(app["displayName"]!.GetValue<string>());
            ShownFigures.Is(row[1], app["figures"]!["active7"]!["value"].Count(), row[0]);
            ShownFigures.Is(row[^1], app["onNewestVersion"].Count() / app["figures"]!["active7"]!["value"].Count(), row[0]);
            Assert.Equal(app["newestVersion"]!.GetValue<string>(), row[^2]);
        }

        Assert.Equal(overview["attention"].Items().Count(), await visitor.Panel("What needs you").Locator(".needs li").CountAsync());
    }

    [Fact]
    public async Task Overview_shows_the_days_and_the_weeks()
    {
        var visitor = await reader.OpenAsync("/");
        var days = await fixture.Api.QueryAsync(new { population = Active, days = 90, compare = true });
        await IsAtPositionOfAsync(visitor, days);
        // Whole weeks and the running one.
        var sinceMonday = (((int)DayOf(days["runningDay"]).DayOfWeek + 6) % 7) + 1;
        var weeks = new[] { "ACTIVITY_NEW", "ACTIVITY_RETURNED" }.Select(activity => fixture.Api.QueryAsync(
            new { population = new { activity }, days = 84 + sinceMonday, step = "STEP_WEEK" }));
        var (come, returned) = await Task.WhenAll(weeks) is [var first, var second] ? (first, second) : default;

        var tables = await visitor.Panel("Active in 7 days").AsTablesAsync();

        tables[0].HasColumn(1, days["total"].Values());
        tables[0].HasColumn(2, Known(days["total"].Values("previous"), days["previousPoints"]));
        tables[1].HasColumn(1, come["total"].Values());
        tables[1].HasColumn(2, returned["total"].Values());
        await Expect(visitor.Page.Locator("#live-count b")).ToHaveTextAsync($"{days["total"].Values()[^1]:N0}");
    }

    [Fact]
    public async Task The_map_and_its_list_show_the_countries()
    {
        var visitor = await reader.OpenAsync("/");
        var answer = await fixture.Api.QueryAsync(new { population = Active, groupBy = new[] { new { field = "environment.country" } }, compare = true });
        await IsAtPositionOfAsync(visitor, answer);
        var sum = answer["groups"].Items().Sum(group => group.Values()[^1]!.Value);
        var panel = visitor.Panel("Where");

        var shapes = await panel.Locator("svg.map use[href*='#']:not(.land)").EvaluateAllAsync<string[]>("shapes => shapes.map(shape => shape.getAttribute('href').split('#')[1] + ' ' + shape.textContent)");
        var table = (await panel.AsTablesAsync())[0];

        Assert.NotEmpty(shapes);
        Assert.Equal(answer["groups"].Items().Count(), table.Rows.Count);
        foreach (var group in answer["groups"].Items())
        {
            var code = group["keys"]![0]!["value"]?.GetValue<string>();
            var name = code is null ? group.Key() : await visitor.Page.EvaluateAsync<string>("code => new Intl.DisplayNames(['en'], { type: 'region' }).of(code)", code);
            ShownFigures.Is(table.Row(name)[1], group.Values()[^1], name);
            ShownFigures.Is(table.Row(name)[2], group.Values()[^1] / sum, name);
            if (shapes.FirstOrDefault(shape => code is not null && shape.StartsWith(code + " ", StringComparison.Ordinal)) is { } shape)
            {
                Assert.Equal($"{code} {name}: {group.Values()[^1]:N0}", shape);
            }
        }
    }

    [Fact]
    public async Task Releases_show_adoption_who_stays_behind_and_release_lines()
    {
        var visitor = await reader.OpenAsync($"/releases?app={App}");
        var releases = await fixture.Api.AskAsync("/v1/insights:releases", new { app = App, days = 60 });
        await IsAtPositionOfAsync(visitor, releases);
        var lines = await fixture.Api.QueryAsync(new
        {
            population = ActiveOfApp,
            groupBy = new[] { new { field = "app_version", versionParts = 2 } },
            days = 90,
            top = 5,
        });

        var curves = releases["releases"].Items().Where(release => release["olderThanKept"] is null && release["adoption"].Items().Count() > 1).Take(5).ToArray();
        var adoption = (await visitor.Panel("Adoption by days since first seen").AsTablesAsync())[0];
        Assert.Equal(curves.Select(release => release["version"]!.GetValue<string>()), adoption.Heads[1..]);
        for (var i = 0; i < curves.Length; i++)
        {
            var curve = curves[i]["adoption"].Items().Select(value => value.Number()).ToArray();
            adoption.HasColumn(i + 1, [.. curve.Take(61), .. Enumerable.Repeat<double?>(null, Math.Max(0, 61 - curve.Length))]);
        }

        var behind = await visitor.Panel($"Who stays behind {releases["releases"]![0]!["version"]}, and why").TableAsync("bars");
        Assert.Equal(releases["behind"].Items().Select(reason => reason["installations"].Count()).Order(), behind.Rows.Select(row => double.Parse(row[2], NumberStyles.Number, CultureInfo.InvariantCulture)).Order());

        var series = (await visitor.Panel("Release lines over time").AsTablesAsync())[0];
        foreach (var group in lines["groups"].Items())
        {
            series.HasColumn(Array.IndexOf(series.Heads, group.Key()), Known(group.Values(), lines["points"]));
        }

        var table = await visitor.Panel("Releases").TableAsync("data");
        Assert.Equal(releases["releases"].Items().Count(), table.Rows.Count);
        foreach (var release in releases["releases"].Items())
        {
            var row = table.Row(release["version"]!.GetValue<string>());
            ShownFigures.Is(row[2], release["installations"].Count(), row[0]);
            ShownFigures.Is(row[3], release["installations"].Count() / releases["installations"].Count(), row[0]);
            // Nobody knows when what is older than the first day kept began to spread.
            var isOlder = release["olderThanKept"]?.GetValue<bool>() == true;
            ShownFigures.Is(row[7], isOlder ? null : release["daysToHalf"].Number(), row[0]);
            ShownFigures.Is(row[8], isOlder ? null : release["daysToNinetyPercent"].Number(), row[0]);
            ShownFigures.Is(row[9], release["wentBack"].Count(), row[0]);
        }
    }

    [Fact]
    public async Task Cohorts_show_who_is_still_there()
    {
        var visitor = await reader.OpenAsync($"/releases?app={App}");
        var answer = await fixture.Api.AskAsync("/v1/insights:cohorts", new { apps = new[] { App }, months = 12 });
        var cohorts = answer["cohorts"].Items().Where(cohort => cohort["installations"].Count() > 0).ToArray();
        Assert.NotEmpty(cohorts);

        var drawn = await visitor.Panel("Survival of new installations").TableAsync("heat");
        var table = (await visitor.Panel("Survival of new installations").AsTablesAsync())[0];

        foreach (var shown in new[] { drawn, table })
        {
            shown.HasColumn(1, cohorts.Select(cohort => cohort["installations"].Number()));
            for (var month = 0; month < 6; month++)
            {
                shown.HasColumn(month + 2, cohorts.Select(cohort => cohort["survival"].Items().ElementAtOrDefault(month) is { } survival && survival["eligible"].Count() > 0
                    ? survival["active"].Count() / survival["eligible"].Count() : (double?)null));
            }
        }
    }

    [Fact]
    public async Task Bars_show_a_distribution()
    {
        var visitor = await reader.OpenAsync("/explore?by=environment.php_version&view=bars");
        var answer = await fixture.Api.QueryAsync(new { population = Active, groupBy = new[] { new { field = "environment.php_version", versionParts = 2 } }, top = 6, compare = true });
        await IsAtPositionOfAsync(visitor, answer);

        var bars = await visitor.Page.Locator("section.panel", new PageLocatorOptions { Has = visitor.Page.Locator("table.bars") }).TableAsync("bars");

        Assert.Equal(answer["groups"].Items().Count(), bars.Rows.Count);
        foreach (var group in answer["groups"].Items())
        {
            ShownFigures.Is(bars.Row(group.Key())[2], group.Values()[^1], group.Key());
            ShownFigures.Is(bars.Row(group.Key())[3], group.Values()[^1] / answer["total"].Values()[^1], group.Key());
        }

        await Expect(visitor.Page.Locator(".answer")).ToContainTextAsync($"{answer["groups"]![0].Values()[^1]:N0} installations");
    }

    [Theory]
    [InlineData("/explore?by=environment.php_version&and=environment.nextcloud_version&view=heat", "environment.php_version", "environment.nextcloud_version", null, 100)]
    [InlineData("/support-matrix?app=roomvox", "environment.nextcloud_version", "environment.php_version", App, 0)]
    public async Task A_heat_map_shows_two_dimensions(string path, string rows, string columns, string? app, int top)
    {
        var visitor = await reader.OpenAsync(path);
        var answer = await fixture.Api.QueryAsync(new
        {
            population = app is null ? Active : ActiveOfApp,
            groupBy = new[] { new { field = rows, versionParts = rows.Contains("nextcloud", StringComparison.Ordinal) && app is not null ? 1 : 2 }, new { field = columns, versionParts = 2 } },
            order = "GROUP_ORDER_OWN",
            top,
        });
        await IsAtPositionOfAsync(visitor, answer);

        var shown = await visitor.Page.Locator("section.panel", new PageLocatorOptions { Has = visitor.Page.Locator("table.heat") }).First.TableAsync("heat");

        Assert.NotEmpty(answer["groups"].Items());
        foreach (var group in answer["groups"].Items())
        {
            ShownFigures.Is(shown.Cell(group.Key(), group.Key(1)), group.Values()[^1], $"{group.Key()} by {group.Key(1)}");
        }

        ShownFigures.Is(shown.Cell("all", "all"), answer["total"].Values()[^1], "all");
    }

    [Fact]
    public async Task Data_quality_shows_what_is_missing_and_what_was_refused()
    {
        var visitor = await reader.OpenAsync("/data-quality");
        var quality = await fixture.Api.AskAsync("/v1/insights:quality", new { days = 7 });
        await IsAtPositionOfAsync(visitor, quality);
        var sources = await fixture.Api.QueryAsync(new { population = new { activity = "ACTIVITY_ACTIVE", windowDays = 7 }, groupBy = new[] { new { field = "country_source" } } });

        var refused = await visitor.Panel("Refused reports, by rule").TableAsync("bars");
        refused.HasColumn(2, quality["refused"].Items().Select(rule => rule["reports"].Number()));
        Assert.Equal(DashboardFixture.Refused, refused.Rows.Sum(row => int.Parse(row[2], CultureInfo.InvariantCulture)));

        (await visitor.Panel("The daily wave").AsTablesAsync())[0].HasColumn(1, quality["hours"].Items().Select(hour => (double?)hour.Count()));
        (await visitor.Panel("One-shots").AsTablesAsync())[0].HasColumn(1, quality["oneShots"].Items().Select(count => (double?)count.Count()));
        (await visitor.Panel("Countries").TableAsync("bars")).HasColumn(2, sources["groups"].Items().Select(group => group.Values()[^1]));
        Assert.Equal(Math.Max(1, quality["clones"]?.Items().Count() ?? 0), (await visitor.Panel("Possible clones").TableAsync("data")).Rows.Count);

        var coverage = await visitor.Panel("Who tells what").TableAsync("heat");
        var shares = quality["coverage"].Items().Where(cell => cell["installations"].Count() > 0).ToLookup(cell => cell["field"]!.GetValue<string>(), cell => cell["known"].Count() / cell["installations"].Count());
        Assert.NotEmpty(coverage.Rows);
        var expected = shares.Where(told => !told.Key.StartsWith("usage.", StringComparison.Ordinal) || told.Any(share => share < 1)).SelectMany(told => told).Select(share => $"{Math.Round(share * 100)}").Order(StringComparer.Ordinal);
        Assert.Equal(expected.Count(), coverage.Rows.SelectMany(row => row[1..]).Count(cell => cell.EndsWith('%')));
    }

    private static Task IsAtPositionOfAsync(Visitor visitor, JsonNode answer) =>
        Expect(visitor.Page.Locator(".page-head .stamp")).ToContainTextAsync($"True at position {answer["position"]!["number"].Count():N0},");

    /// <summary>What is before the first kept day is no figure.</summary>
    private static IEnumerable<double?> Known(double?[] values, JsonNode? points) =>
        values.Zip(points.Items(), (value, point) => point["unknown"] is null ? value : null);

    private static DateOnly DayOf(JsonNode? date) => new((int)date!["year"].Count(), (int)date["month"].Count(), (int)date["day"].Count());
}
