namespace Telemetry.Dashboard.Components;

/// <summary>Every text of the components, in one language.</summary>
/// <remarks>
/// A text that a language lacks does not compile. Pages add theirs in a part of this class beside them.
/// Short sentences, numbers as digits, no "please" and no exclamation marks.
/// </remarks>
public abstract partial class Words
{
    public static Words English { get; } = new EnglishWords();
    public static Words German { get; } = new GermanWords();

    public static Words For(string? language) => Formats.For(language) == Formats.German ? German : English;

    public abstract Formats Formats { get; }

    // values
    public abstract string Unknown { get; }
    public abstract string NoData { get; }
    public abstract string NotYet { get; }
    public abstract string NotAsked { get; }
    public abstract string All { get; }
    public abstract string Today { get; }
    public abstract string Day { get; }
    public abstract string Week { get; }
    public abstract string Month { get; }
    public abstract string Hour { get; }
    public abstract string WeekOf(string day);
    public abstract string MoreValues(int count);

    // charts
    public abstract string ReadPointByPoint(string what);
    public abstract string StartsAt(string value);
    public abstract string Now(string value);
    public abstract string Before(string value);
    public abstract string BeforeName { get; }
    public abstract string Sum { get; }
    public abstract string Net { get; }
    public abstract string Share { get; }
    public abstract string Count { get; }
    public abstract string OfWhole(string count, string whole, string share);
    public abstract string ShareOf(string share, string whole);
    public abstract string SoFar(string point);
    public abstract string Than(double now, double before, string period);
    public abstract string FromTo(string name, string first, string last);
    public abstract string BeforeFromTo(string first, string last);
    public abstract string Range(string first, string last);
    public abstract string NoDataAt(string point);
    public abstract string LegendBefore { get; }
    public abstract string LegendUnfinished { get; }
    public abstract string AltExcludes { get; }
    public abstract string Steps(IEnumerable<string> steps, string noun);
    public abstract string MapOrigin { get; }
    public abstract string MapIs(string title, IReadOnlyList<string> largest);
    public abstract string SmallStates { get; }
    public abstract string MoreCountries(int count);
    public abstract string ShowAll(int count);
    public abstract string ShowFewer { get; }
    public abstract string LaneIs(string name, IEnumerable<string> values);
    public abstract string NoReport { get; }
    public abstract string DaysWithReport(int with, int of);
    public abstract string DayIs(Data.DayMark mark);
    public abstract string MeterIs(string name, string value, string limit);

    // what if
    public abstract string Oldest(string what);
    public abstract string Requires(string what, string version);
    public abstract string Drops(string version, IReadOnlyList<string> dropped, string count);
    public abstract string DropsNothing(string version);
    public abstract string LeftBehind { get; }
    public abstract string Stays { get; }
    public abstract string TheLine { get; }
    public abstract string AndNewer { get; }
    public abstract string KeepAll { get; }
    public abstract string SetLine(string what, string version);

    /// <summary>The consequence as a sentence; parts in ** are the answer.</summary>
    public abstract string Consequence(string app, string? column, string? row, double left, double of, double? people, bool atLeast, double unsure);

    // panel
    public abstract string AsTable { get; }
    public abstract string AsChart { get; }
    public abstract string Export { get; }
    public abstract string SaveCsv { get; }
    public abstract string SaveSvg { get; }
    public abstract string SavePng { get; }
    public abstract string NotSaved { get; }
    public abstract string Loading { get; }
    public abstract string Reading(string what);
    public abstract string NothingMatches { get; }
    public abstract string NotAnswered { get; }
    public abstract string AskAgain { get; }
    public abstract string Incident(string number);
    public abstract string RemoveThatFilter { get; }
    public abstract string StaleOf(string moment);
    public abstract string Reconnecting(string inTime);
    public abstract string PausedAt(string moment, double newer);
    public abstract string GoOn { get; }
    public abstract string NeedsScope(string scope);
    public abstract string SignedInWith(string scopes);

    // filters
    public abstract string ScopeAndFilters { get; }
    public abstract string FilterWord { get; }
    public abstract string Is { get; }
    public abstract string IsNot { get; }
    public abstract string And(string first, string second);
    public abstract string AndMoreValues(string first, int more);
    public abstract string RemoveFilter(string condition);
    public abstract string FilterBy(string dimension);
    public abstract string ChooseDimension { get; }
    public abstract string ChooseValue(string dimension);
    public abstract string Apply { get; }
    public abstract string Cancel { get; }
    public abstract string NothingHasThis { get; }
    public abstract string NothingFound(string typed);
    public abstract string Chosen(int count);

    // tables
    public abstract string SortedBy(string column, bool descending);
    public abstract string Pages { get; }
    public abstract string FromToOf(long first, long last, long total);
    public abstract string NewerNotHere(long count);
    public abstract string ReadAnew { get; }
    public abstract string Previous { get; }
    public abstract string Next { get; }
    public abstract string NoRows { get; }

    // live
    public abstract string Live { get; }
    public abstract string Paused(double newer);
    public abstract string StaleSince(string moment);
    public abstract string Connecting { get; }
    public abstract string Waiting { get; }
    public abstract string TryNow { get; }

    // controls
    public abstract string CopyWhat(string what);
    public abstract string Copied { get; }
    public abstract string Search { get; }
    public abstract string TypeToConfirm(string what);
    public abstract string Undo { get; }
}
