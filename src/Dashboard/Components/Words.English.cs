using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Components;

internal sealed partial class EnglishWords : Words
{
    public override Formats Formats => Formats.English;

    public override string Unknown => "unknown";
    public override string NoData => "no data";
    public override string NotYet => "not yet";
    public override string NotAsked => "not asked";
    public override string All => "all";
    public override string Today => "today";
    public override string Day => "Day";
    public override string Week => "Week";
    public override string Month => "Month";
    public override string Hour => "Hour, UTC";
    public override string WeekOf(string day) => $"Week of {day}";
    public override string MoreValues(int count) => $"{Formats.Count(count)} more";

    public override string ReadPointByPoint(string what) => $"Read point by point: {what}";
    public override string StartsAt(string value) => $"starts at {value}, not at zero";
    public override string Now(string value) => $"{value} now";
    public override string Before(string value) => $"{value} before";
    public override string BeforeName => "before";
    public override string Sum => "all";
    public override string Net => "net";
    public override string Share => "Share";
    public override string Count => "Installations";
    public override string OfWhole(string count, string whole, string share) => $"{count} of {whole} ({share})";
    public override string ShareOf(string share, string whole) => $"{share} of {whole}";
    public override string SoFar(string point) => $"{point}, so far";
    public override string Than(double now, double before, string period) =>
        before == 0 ? now == 0 ? $"as {period}" : $"none {period}"
        : now == before ? $"as many as {period}"
        : $"{Formats.Share(Math.Abs(now / before - 1))} {(now > before ? "more" : "less")} than {period}";
    public override string FromTo(string name, string first, string last) => $"{name} from {first} to {last}.";
    public override string BeforeFromTo(string first, string last) => $"The period before went from {first} to {last}.";
    public override string Range(string first, string last) => $"{first} to {last}.";
    public override string NoDataAt(string point) => $"{point}: no data";
    public override string LegendBefore => "the period before";
    public override string LegendUnfinished => "not over yet";
    public override string AltExcludes => "With Alt: is not";
    public override string Steps(IEnumerable<string> steps, string noun) => $"{string.Join(", ", steps)} and more {noun}";
    public override string MapOrigin => "Map: Natural Earth, public domain.";
    public override string MapIs(string title, IReadOnlyList<string> largest) =>
        $"World map. {title}: {(largest.Count == 0 ? "none" : string.Join(", ", largest))}. The list beside it has all figures.";
    public override string SmallStates => "Small states have no shape on this map; the list counts them.";
    public override string MoreCountries(int count) => $"{Formats.Count(count)} more countries";
    public override string ShowAll(int count) => $"Show all {Formats.Count(count)}";
    public override string ShowFewer => "Show fewer";
    public override string LaneIs(string name, IEnumerable<string> values) => $"{name}: {string.Join(", then ", values)}";
    public override string NoReport => "no report";
    public override string DaysWithReport(int with, int of) => $"{with} of {of} days with a report";
    public override string DayIs(DayMark mark) => mark switch
    {
        DayMark.Report => "a report",
        DayMark.Twice => "more than one report",
        DayMark.Refused => "claim refused",
        _ => NoReport,
    };
    public override string MeterIs(string name, string value, string limit) => $"{name}: {value} of {limit}";

    public override string Oldest(string what) => $"Oldest {what} you support";
    public override string Requires(string what, string version) => $"{what} {version}";
    public override string Drops(string version, IReadOnlyList<string> dropped, string count) =>
        $"{version}; drops {string.Join(", ", dropped)}: {count} installations";
    public override string DropsNothing(string version) => $"{version}; drops nothing";
    public override string LeftBehind => "left behind";
    public override string Stays => "stays, darker is more";
    public override string TheLine => "the line";
    public override string AndNewer => "and newer";
    public override string KeepAll => "Keep all";
    public override string SetLine(string what, string version) => $"Require {what} {version}";
    public override string Consequence(string app, string? column, string? row, double left, double of, double? people, bool atLeast, double unsure)
    {
        if (column is null && row is null)
        {
            return $"Nothing is dropped: **all {Formats.Count(of)} installations of {app}** stay.";
        }
        var needs = string.Join(" and ", new[] { column, row }.OfType<string>().Select(r => $"**{r}**"));
        var who = people is { } known ? $" and {(atLeast ? "at least" : "about")} **{Formats.Count(known)} people**" : "";
        var tell = unsure == 0 ? "" : $" {Formats.Count(unsure)} more ({Formats.Share(unsure, of)}) do not say enough to tell.";
        return $"If {app} needs {needs}, **{Formats.Count(left)} of {Formats.Count(of)} installations ({Formats.Share(left, of)})**{who} are left behind.{tell}";
    }

    public override string AsTable => "As a table";
    public override string AsChart => "As a chart";
    public override string Export => "Export";
    public override string SaveCsv => "Figures as CSV";
    public override string SaveSvg => "Picture as SVG";
    public override string SavePng => "Picture as PNG";
    public override string NotSaved => "The file was not saved. The figures are unchanged.";
    public override string Loading => "Loading";
    public override string Reading(string what) => $"Reading {what} …";
    public override string NothingMatches => "No installation matches";
    public override string NotAnswered => "This question was not answered";
    public override string AskAgain => "Ask again";
    public override string Incident(string number) => $"Incident {number}";
    public override string RemoveThatFilter => "Remove that filter";
    public override string StaleOf(string moment) => $"Figures are of {moment}.";
    public override string Reconnecting(string inTime) => $"Reconnecting in {inTime}";
    public override string PausedAt(string moment, double newer) => $"Paused at {moment} · {Formats.Count(newer)} newer";
    public override string GoOn => "Go on";
    public override string NeedsScope(string scope) => $"Needs scope {scope}";
    public override string SignedInWith(string scopes) => $"You are signed in with {scopes}.";

    public override string ScopeAndFilters => "Scope and filters";
    public override string FilterWord => "Filter";
    public override string Is => "is";
    public override string IsNot => "is not";
    public override string And(string first, string second) => $"{first} or {second}";
    public override string AndMoreValues(string first, int more) => $"{first} and {more} more";
    public override string RemoveFilter(string condition) => $"Remove filter {condition}";
    public override string FilterBy(string dimension) => $"Filter by {dimension}";
    public override string ChooseDimension => "What to filter by";
    public override string ChooseValue(string dimension) => $"Find in {dimension}";
    public override string Apply => "Apply";
    public override string Cancel => "Cancel";
    public override string NothingHasThis => "nothing has this value";
    public override string NothingFound(string typed) => $"Nothing is called “{typed}”.";
    public override string Chosen(int count) => $"{count} chosen";

    public override string SortedBy(string column, bool descending) => $"Sorted by {column}, {(descending ? "largest first" : "smallest first")}, unknown last";
    public override string Pages => "Pages";
    public override string FromToOf(long first, long last, long total) => $"{Formats.Count(first)} to {Formats.Count(last)} of {Formats.Count(total)}";
    public override string NewerNotHere(long count) => count == 1 ? "1 newer report is not in this list." : $"{Formats.Count(count)} newer reports are not in this list.";
    public override string ReadAnew => "Read anew";
    public override string Previous => "Previous";
    public override string Next => "Next";
    public override string NoRows => "No rows.";

    public override string Live => "Live";
    public override string Paused(double newer) => $"Paused · {Formats.Count(newer)} newer";
    public override string StaleSince(string moment) => $"Stale since {moment}";
    public override string Connecting => "Connecting";
    public override string Waiting => "Connected, nothing received yet";
    public override string TryNow => "Try now";

    public override string CopyWhat(string what) => $"Copy: {what}";
    public override string Copied => "Copied";
    public override string Search => "Find by URL or hash";
    public override string TypeToConfirm(string what) => $"Type {what} to confirm";
    public override string Undo => "Undo";
}
