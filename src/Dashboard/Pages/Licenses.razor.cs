using Grpc.Core;
using Microsoft.AspNetCore.Components;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Pages;

/// <summary>What was sold: who uses it, when it ends, and who claims it without having it.</summary>
public sealed partial class Licenses : Page
{
    private const int Months = 13;

    private Question<ListLicensesRequest, ListLicensesResponse> _list = null!;
    private Question<GetRefusedClaimsRequest, GetRefusedClaimsResponse> _refused = null!;
    private bool _issuing;
    private string? _done, _failed;
    private Func<Task>? _undo;

    protected override Scope Needs => Scope.Licenses;

    private IReadOnlyList<License> All => _list.Answer?.Licenses ?? (IReadOnlyList<License>)[];

    private IReadOnlyList<License> Active => [.. All.Where(license => license.State == LicenseState.Active && !IsOver(license))];

    private IReadOnlyList<License> Ending => EndingIn(30);

    private License? Selected => Address["license"] is { } id ? All.FirstOrDefault(license => license.LicenseId == id) : null;

    private double RefusedTotal => _refused.Answer?.Counts.Sum(count => (double)count.Installations) ?? 0;

    private string? Sentence => _list.Answer is null ? null
        : $"**{Words.Count(Active.Count, ("license is in force", "licenses are in force"), ("Lizenz gilt", "Lizenzen gelten"))}**, "
            + (Ending.Count == 0 ? Say("none ends within 30 days. ", "keine endet in 30 Tagen. ")
                : Say($"**{Formats.Count(Ending.Count)} {(Ending.Count == 1 ? "ends" : "end")} within 30 days** (the first on {FirstEnd}). ", $"**{Formats.Count(Ending.Count)} {(Ending.Count == 1 ? "endet" : "enden")} in 30 Tagen** (die erste am {FirstEnd}). "))
            + (_refused.Answer is null ? "" : RefusedTotal == 0 ? Say("No installation claims what no license covers.", "Keine Installation beansprucht, was keine Lizenz deckt.")
                : Say($"{Words.Installations(RefusedTotal)} {(RefusedTotal == 1 ? "claims" : "claim")} what no license covers.", $"{Words.Installations(RefusedTotal)} {(RefusedTotal == 1 ? "beansprucht" : "beanspruchen")}, was keine Lizenz deckt."));

    private string FirstEnd => Formats.LongDay(Moments.DayOf(Ending[0].ExpiresAt.ToDateTimeOffset()));

    private IReadOnlyList<License> Shown => [.. All.Where(Matches)];

    private PanelState? Empty => _list.Answer is null || Shown.Count > 0 ? null
        : All.Count > 0 ? PanelState.EmptyByFilter(Say($"These filters leave none of {All.Count} licenses.", $"Diese Filter lassen keine von {All.Count} Lizenzen übrig."), Say("Remove the filters", "Filter entfernen"))
        : PanelState.Empty(Say("No license was issued yet.", "Noch wurde keine Lizenz ausgestellt."));

    private PanelState? CalendarEmpty => _list.Answer is not null && Active.All(license => license.ExpiresAt is null)
        ? PanelState.Empty(Say("No active license has an end.", "Keine aktive Lizenz hat ein Ende.")) : null;

    private PanelState? RefusedEmpty => _refused.Answer is not null && RefusedTotal == 0
        ? PanelState.Empty(Say("No claim is refused.", "Kein Anspruch ist abgelehnt.")) : null;

    private IReadOnlyList<Bar> RefusedBars => _refused.Answer is not { } answer ? [] :
    [
        .. answer.Counts.GroupBy(count => count.Reason)
            .Select(group => new Bar(Names.Enumeration(Enums.NameOf(group.Key), ""), group.Sum(count => (double)count.Installations)) { Kind = BarKind.Out })
            .OrderByDescending(bar => bar.Count),
    ];

    private DateOnly ThisMonth => Moments.DayOf(Clock.GetUtcNow()) is var today ? new(today.Year, today.Month, 1) : default;

    private Axis Calendar => Axis.Months(Words, ThisMonth, Months);

    private IReadOnlyList<Series> CalendarSeries => [Series.Of(Say("licenses that end", "endende Lizenzen"), Enumerable.Range(0, Months).Select(month =>
        (double)Active.Count(license => license.ExpiresAt is { } end && Moments.DayOf(end.ToDateTimeOffset()) is var day
            && day >= ThisMonth.AddMonths(month) && day < ThisMonth.AddMonths(month + 1))))];

    private IReadOnlyList<(string Value, string Name)> AppOptions => [("", Say("All apps", "Alle Apps")), .. Catalog.Apps.Select(app => (app.Slug, app.DisplayName))];

    private IReadOnlyList<(string Value, string Name)> StateOptions =>
        [("", Say("any", "jeder")), ("active", Say("active", "aktiv")), ("suspended", Say("suspended", "ausgesetzt")), ("revoked", Say("revoked", "widerrufen")), ("expired", Say("expired", "abgelaufen"))];

    private IReadOnlyList<(string Value, string Name)> EndOptions =>
        [("", Say("any time", "irgendwann")), ("14", Say("within 14 days", "in 14 Tagen")), ("30", Say("within 30 days", "in 30 Tagen")), ("90", Say("within 90 days", "in 90 Tagen"))];

    private IReadOnlyList<Column<License>> Columns =>
    [
        new(Say("Customer", "Kunde")) { Sort = "customer", Value = row => row.CustomerReference, Href = row => Address.With("license", row.LicenseId).ToString() },
        new(Say("Key", "Schlüssel")) { Mono = true, Explanation = Say("Its ends alone; nobody shows a key again.", "Nur seine Enden; den ganzen Schlüssel zeigt niemand noch einmal."), Text = row => row.MaskedKey },
        new(Say("Edition", "Edition")) { Sort = "edition", Value = row => row.Edition },
        new(Say("Apps", "Apps")) { Wrap = true, Text = row => string.Join(", ", row.Apps.Select(Catalog.NameOf)) },
        new(Say("Seats used", "Plätze belegt")) { Numeric = true, Sort = "used", Explanation = Say("Installations that use the license now, of those it allows.", "Installationen, die die Lizenz jetzt nutzen, von den erlaubten."), Value = row => row.Instances, Text = row => $"{Formats.Count(row.Instances)} / {Formats.Count(row.InstancesAllowed)}" },
        new(Say("Ends", "Endet")) { Sort = "ends", Value = row => row.ExpiresAt?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue, Text = row => row.ExpiresAt is { } end ? Formats.Day(Moments.DayOf(end.ToDateTimeOffset())) : Say("never", "nie") },
        new(Say("State", "Zustand")) { Sort = "state", Value = StateOf, Cell = row => builder =>
            {
                builder.OpenComponent<Components.Controls.Badge>(0);
                builder.AddAttribute(1, "Kind", row.State == LicenseState.Revoked ? "bad" : row.State == LicenseState.Suspended || IsOver(row) ? "warn" : "good");
                builder.AddAttribute(2, "ChildContent", (RenderFragment)(text => text.AddContent(0, StateOf(row))));
                builder.CloseComponent();
            } },
        new(Say("Issued", "Ausgestellt")) { Sort = "issued", Value = row => row.IssuedAt.ToDateTimeOffset(), Text = row => Formats.Day(Moments.DayOf(row.IssuedAt.ToDateTimeOffset())) },
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _list = Ask<ListLicensesRequest, ListLicensesResponse>(Fleet.Licenses.ListLicensesAsync);
        _refused = Ask<GetRefusedClaimsRequest, GetRefusedClaimsResponse>(Fleet.Licenses.GetRefusedClaimsAsync);
    }

    protected override Task AskAsync() => Task.WhenAll(
        _list.AskAsync(new ListLicensesRequest { PageSize = 1000, OrderBy = "expires_at" }),
        _refused.AskAsync(new GetRefusedClaimsRequest()));

    private bool Matches(License license) =>
        (View.App is null || license.Apps.Contains(View.App))
        && (Address["customer"] is not { } customer || license.CustomerReference.Contains(customer, StringComparison.OrdinalIgnoreCase))
        && (Address["state"] switch
        {
            "active" => license.State == LicenseState.Active && !IsOver(license),
            "suspended" => license.State == LicenseState.Suspended,
            "revoked" => license.State == LicenseState.Revoked,
            "expired" => license.State == LicenseState.Active && IsOver(license),
            _ => true,
        })
        && (!int.TryParse(Address["ends"], System.Globalization.CultureInfo.InvariantCulture, out var days) || EndingIn(days).Contains(license));

    private IReadOnlyList<License> EndingIn(int days) =>
        [.. Active.Where(license => license.ExpiresAt is { } end && end.ToDateTimeOffset() <= Clock.GetUtcNow().AddDays(days)).OrderBy(license => license.ExpiresAt.ToDateTimeOffset())];

    private bool IsOver(License license) => license.ExpiresAt is { } end && end.ToDateTimeOffset() + (license.Grace?.ToTimeSpan() ?? TimeSpan.Zero) <= Clock.GetUtcNow();

    private string StateOf(License license) => license.State switch
    {
        LicenseState.Suspended => Say("suspended", "ausgesetzt"),
        LicenseState.Revoked => Say("revoked", "widerrufen"),
        _ when IsOver(license) => Say("expired", "abgelaufen"),
        _ => Say("active", "aktiv"),
    };

    private async Task IssuedAsync()
    {
        _done = null;
        await _list.AgainAsync();
    }

    private async Task ChangedAsync(LicenseChange change)
    {
        (_done, _failed, _undo) = (change.Done, change.Failed, change.Undo);
        await _list.AgainAsync();
    }

    private async Task UndoAsync()
    {
        if (_undo is { } undo)
        {
            (_undo, _done) = (null, null);
            try
            {
                await undo();
                _done = Say("Undone.", "Rückgängig gemacht.");
            }
            catch (RpcException e)
            {
                _failed = Failures.Explain(Words, Failure.Of(e));
            }

            await _list.AgainAsync();
        }
    }
}

/// <summary>What became of a change, in words, and how to take it back.</summary>
public sealed record LicenseChange(string? Done, string? Failed = null, Func<Task>? Undo = null);
