using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;

namespace Telemetry.Dashboard.Pages;

/// <summary>Every installation: filtered, sorted by any column, page by page.</summary>
public sealed partial class Installations : Page
{
    private const int PageSize = 50;

    private Question<ListInstancesRequest, ListInstancesResponse> _list = null!;
    private long _first = 1;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private SortOrder Order => (Address["sort"] ?? "last_seen desc") is var sort && sort.EndsWith(" desc", StringComparison.Ordinal)
        ? new(sort[..^" desc".Length], Descending: true) : new(sort);

    /// <summary>How many reports came since the list was read.</summary>
    private long Newer => Pulse.Position is { } now && _list.Answer?.Position is { } then && now.Number > then.Number ? (long)(now.Number - then.Number) : 0;

    private PanelState? Empty => _list.Answer?.TotalSize == 0
        ? View.Filters.Count > 0 || View.App is not null || Address["activity"] is not null
            ? PanelState.EmptyByFilter(Say("These filters together leave no installation.", "Diese Filter lassen zusammen keine Installation übrig."), Say("Remove the filters", "Filter entfernen"))
            : PanelState.Empty(Say("No installation was active in this time.", "In dieser Zeit war keine Installation aktiv."))
        : null;

    private string Activity => ActivityOf(Address["activity"]) switch
    {
        Contracts.V1.Activity.Known => Say("ever reported.", "haben je berichtet."),
        Contracts.V1.Activity.New => Say("reported today for the first time.", "berichteten heute zum ersten Mal."),
        Contracts.V1.Activity.Returned => Say("returned today after 30 days or more.", "kehrten heute nach 30 Tagen oder mehr zurück."),
        Contracts.V1.Activity.Silent => Say("are silent: active in 30 days, not in 7.", "sind still: aktiv in 30 Tagen, nicht in 7."),
        Contracts.V1.Activity.Gone => Say("are gone: known, not active in 30 days.", "sind fort: bekannt, nicht aktiv in 30 Tagen."),
        Contracts.V1.Activity.OneShot => Say("reported on one day alone, 2 days ago or earlier.", "berichteten nur an einem Tag, vor 2 Tagen oder früher."),
        _ => View.Window == 1 ? Say("reported today.", "berichteten heute.") : Say($"were active in {View.Window} days.", $"waren in {View.Window} Tagen aktiv."),
    };

    private IReadOnlyList<(string Value, string Name)> Activities =>
    [
        ("", Say("active", "aktiv")), ("known", Say("ever reported", "je berichtet")), ("new", Say("new today", "neu heute")), ("returned", Say("returned today", "heute zurück")),
        ("silent", Say("silent", "still")), ("gone", Say("gone", "fort")), ("one-shot", Say("one-shot", "nur einmal")),
    ];

    private IReadOnlyList<Column<Instance>> Columns =>
    [
        new(Say("Installation", "Installation")) { Mono = true, Text = row => row.InstanceId[..8], Raw = row => row.InstanceId, Href = row => $"/installations/{row.InstanceId}?app={row.App}" },
        new("App") { Text = row => Names.Value("app", row.App) },
        Field("app_version", row => row.AppVersion),
        Field("environment.nextcloud_version", row => row.Environment?.NextcloudVersion),
        Field("environment.php_version", row => row.Environment?.PhpVersion),
        Field("environment.country", row => row.Environment?.Country is { Length: > 0 } country ? Names.Country(country) : null),
        new(Names.Field("users.total")) { Sort = "users.total", Explanation = Say("Accounts as the latest report counts them.", "Konten, wie sie der letzte Bericht zählt."), Numeric = true, Value = row => row.Users is { HasTotal: true } users ? users.Total : null },
        new(Names.Field("first_seen")) { Sort = "first_seen", Raw = row => row.FirstSeen.ToDateTimeOffset().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture), Text = row => Formats.Day(Moments.DayOf(row.FirstSeen.ToDateTimeOffset())) },
        new(Names.Field("last_seen")) { Sort = "last_seen", Raw = row => row.LastSeen.ToDateTimeOffset().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture), Text = row => Formats.Ago(row.LastSeen.ToDateTimeOffset(), Clock.GetUtcNow()) },
        new(Names.Field("report_count")) { Sort = "report_count", Explanation = Say("Accepted reports since the first one.", "Angenommene Berichte seit dem ersten."), Numeric = true, Value = row => row.ReportCount },
        new(Say("Claim", "Anspruch")) { Explanation = Say("Whether a claim to Enterprise has a license behind it.", "Ob hinter einem Anspruch auf Enterprise eine Lizenz steht."), Text = row => Names.Enumeration(Enums.NameOf(row.Verdict), "") },
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _list = Ask<ListInstancesRequest, ListInstancesResponse>(Fleet.Admin.ListInstancesAsync);
    }

    protected override Task AskAsync()
    {
        var (token, first) = PageOf(Address["page"]);
        _first = first;
        var request = new ListInstancesRequest { PageSize = PageSize, PageToken = token, OrderBy = Order.Column + (Order.Descending ? " desc" : ""), Filter = new InstanceFilter { Apps = { View.Apps } } };
        request.Filter.Activity = ActivityOf(Address["activity"]);
        if (request.Filter.Activity == Contracts.V1.Activity.Active)
        {
            request.Filter.WindowDays = (uint)View.Window;
        }

        request.Filter.Fields.AddRange(View.Filters.Select(filter => filter.ToFilter()));
        return _list.AskAsync(request);
    }

    private static Activity ActivityOf(string? name) => name switch
    {
        "known" => Contracts.V1.Activity.Known,
        "new" => Contracts.V1.Activity.New,
        "returned" => Contracts.V1.Activity.Returned,
        "silent" => Contracts.V1.Activity.Silent,
        "gone" => Contracts.V1.Activity.Gone,
        "one-shot" => Contracts.V1.Activity.OneShot,
        _ => Contracts.V1.Activity.Active,
    };

    /// <summary>A page in the address: the number of its first row and where the server goes on.</summary>
    private static (string Token, long First) PageOf(string? page) =>
        page?.Split(':', 2) is [var first, var token] && long.TryParse(first, System.Globalization.CultureInfo.InvariantCulture, out var number) ? (token, number) : ("", 1);

    /// <summary>The page before is the history's: cursors lead forward alone.</summary>
    private async Task Turn(int by)
    {
        if (by < 0)
        {
            await Script.InvokeVoidAsync("history.back");
        }
        else if (_list.Answer is { NextPageToken.Length: > 0 } answer)
        {
            Choose("page", $"{_first + answer.Instances.Count}:{answer.NextPageToken}");
        }
    }

    private Column<Instance> Field(string field, Func<Instance, string?> value) =>
        new(Names.Field(field)) { Sort = field, Text = row => value(row) is { Length: > 0 } text ? text : null };
}
