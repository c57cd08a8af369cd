using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Components;

internal sealed partial class GermanWords : Words
{
    public override Formats Formats => Formats.German;

    public override string Unknown => "unbekannt";
    public override string NoData => "keine Daten";
    public override string NotYet => "noch nicht";
    public override string NotAsked => "nicht gefragt";
    public override string All => "alle";
    public override string Today => "heute";
    public override string Day => "Tag";
    public override string Week => "Woche";
    public override string Month => "Monat";
    public override string Hour => "Stunde, UTC";
    public override string WeekOf(string day) => $"Woche vom {day}";
    public override string MoreValues(int count) => $"{Formats.Count(count)} weitere";

    public override string ReadPointByPoint(string what) => $"Punkt für Punkt lesen: {what}";
    public override string StartsAt(string value) => $"beginnt bei {value}, nicht bei null";
    public override string Now(string value) => $"{value} jetzt";
    public override string Before(string value) => $"{value} zuvor";
    public override string BeforeName => "zuvor";
    public override string Sum => "alle";
    public override string Net => "im Saldo";
    public override string Share => "Anteil";
    public override string Count => "Installationen";
    public override string OfWhole(string count, string whole, string share) => $"{count} von {whole} ({share})";
    public override string ShareOf(string share, string whole) => $"{share} von {whole}";
    public override string SoFar(string point) => $"{point}, bis jetzt";
    public override string Than(double now, double before, string period) =>
        before == 0 ? now == 0 ? $"wie {period}" : $"{period} keine"
        : now == before ? $"so viele wie {period}"
        : $"{Formats.Share(Math.Abs(now / before - 1))} {(now > before ? "mehr" : "weniger")} als {period}";
    public override string FromTo(string name, string first, string last) => $"{name} von {first} auf {last}.";
    public override string BeforeFromTo(string first, string last) => $"Im Zeitraum davor von {first} auf {last}.";
    public override string Range(string first, string last) => $"{first} bis {last}.";
    public override string NoDataAt(string point) => $"{point}: keine Daten";
    public override string LegendBefore => "der Zeitraum davor";
    public override string LegendUnfinished => "noch nicht vorbei";
    public override string AltExcludes => "Mit Alt: ist nicht";
    public override string Steps(IEnumerable<string> steps, string noun) => $"{string.Join(", ", steps)} und mehr {noun}";
    public override string MapOrigin => "Karte: Natural Earth, gemeinfrei.";
    public override string MapIs(string title, IReadOnlyList<string> largest) =>
        $"Weltkarte. {title}: {(largest.Count == 0 ? "keine" : string.Join(", ", largest))}. Die Liste daneben nennt alle Zahlen.";
    public override string SmallStates => "Kleine Staaten haben auf dieser Karte keine Form; die Liste zählt sie.";
    public override string MoreCountries(int count) => $"{Formats.Count(count)} weitere Länder";
    public override string ShowAll(int count) => $"Alle {Formats.Count(count)} zeigen";
    public override string ShowFewer => "Weniger zeigen";
    public override string LaneIs(string name, IEnumerable<string> values) => $"{name}: {string.Join(", dann ", values)}";
    public override string NoReport => "kein Bericht";
    public override string DaysWithReport(int with, int of) => $"{with} von {of} Tagen mit Bericht";
    public override string DayIs(DayMark mark) => mark switch
    {
        DayMark.Report => "ein Bericht",
        DayMark.Twice => "mehr als ein Bericht",
        DayMark.Refused => "Anspruch abgelehnt",
        _ => NoReport,
    };
    public override string MeterIs(string name, string value, string limit) => $"{name}: {value} von {limit}";

    public override string Oldest(string what) => $"Ältestes {what}, das Sie unterstützen";
    public override string Requires(string what, string version) => $"{what} {version}";
    public override string Drops(string version, IReadOnlyList<string> dropped, string count) =>
        $"{version}; ohne {string.Join(", ", dropped)}: {count} Installationen";
    public override string DropsNothing(string version) => $"{version}; nichts fällt weg";
    public override string LeftBehind => "zurückgelassen";
    public override string Stays => "bleibt, dunkler ist mehr";
    public override string TheLine => "die Grenze";
    public override string AndNewer => "und neuer";
    public override string KeepAll => "Alle behalten";
    public override string SetLine(string what, string version) => $"{what} {version} verlangen";
    public override string Consequence(string app, string? column, string? row, double left, double of, double? people, bool atLeast, double unsure)
    {
        if (column is null && row is null)
        {
            return $"Nichts fällt weg: **alle {Formats.Count(of)} Installationen von {app}** bleiben.";
        }
        var needs = string.Join(" und ", new[] { column, row }.OfType<string>().Select(r => $"**{r}**"));
        var who = people is { } known ? $" und {(atLeast ? "mindestens" : "etwa")} **{Formats.Count(known)} Personen**" : "";
        var tell = unsure == 0 ? "" : $" {Formats.Count(unsure)} weitere ({Formats.Share(unsure, of)}) sagen dafür nicht genug.";
        return $"Wenn {app} {needs} braucht, bleiben **{Formats.Count(left)} von {Formats.Count(of)} Installationen ({Formats.Share(left, of)})**{who} zurück.{tell}";
    }

    public override string AsTable => "Als Tabelle";
    public override string AsChart => "Als Diagramm";
    public override string Export => "Exportieren";
    public override string SaveCsv => "Zahlen als CSV";
    public override string SaveSvg => "Bild als SVG";
    public override string SavePng => "Bild als PNG";
    public override string NotSaved => "Die Datei wurde nicht gespeichert. Die Zahlen sind unverändert.";
    public override string Loading => "Wird geladen";
    public override string Reading(string what) => $"Liest {what} …";
    public override string NothingMatches => "Keine Installation passt";
    public override string NotAnswered => "Diese Frage wurde nicht beantwortet";
    public override string AskAgain => "Noch einmal fragen";
    public override string Incident(string number) => $"Vorfall {number}";
    public override string RemoveThatFilter => "Diesen Filter entfernen";
    public override string StaleOf(string moment) => $"Stand der Zahlen: {moment}.";
    public override string Reconnecting(string inTime) => $"Neue Verbindung in {inTime}";
    public override string PausedAt(string moment, double newer) => $"Angehalten um {moment} · {Formats.Count(newer)} neuere";
    public override string GoOn => "Weiter";
    public override string NeedsScope(string scope) => $"Braucht das Recht {scope}";
    public override string SignedInWith(string scopes) => $"Sie sind mit {scopes} angemeldet.";

    public override string ScopeAndFilters => "Umfang und Filter";
    public override string FilterWord => "Filter";
    public override string Is => "ist";
    public override string IsNot => "ist nicht";
    public override string And(string first, string second) => $"{first} oder {second}";
    public override string AndMoreValues(string first, int more) => $"{first} und {more} weitere";
    public override string RemoveFilter(string condition) => $"Filter entfernen: {condition}";
    public override string FilterBy(string dimension) => $"Filtern nach {dimension}";
    public override string ChooseDimension => "Wonach filtern";
    public override string ChooseValue(string dimension) => $"In {dimension} suchen";
    public override string Apply => "Anwenden";
    public override string Cancel => "Abbrechen";
    public override string NothingHasThis => "nichts hat diesen Wert";
    public override string NothingFound(string typed) => $"Nichts heißt „{typed}“.";
    public override string Chosen(int count) => $"{count} gewählt";

    public override string SortedBy(string column, bool descending) => $"Sortiert nach {column}, {(descending ? "größte zuerst" : "kleinste zuerst")}, unbekannt zuletzt";
    public override string Pages => "Seiten";
    public override string FromToOf(long first, long last, long total) => $"{Formats.Count(first)} bis {Formats.Count(last)} von {Formats.Count(total)}";
    public override string NewerNotHere(long count) => count == 1 ? "1 neuerer Bericht ist nicht in dieser Liste." : $"{Formats.Count(count)} neuere Berichte sind nicht in dieser Liste.";
    public override string ReadAnew => "Neu lesen";
    public override string Previous => "Zurück";
    public override string Next => "Weiter";
    public override string NoRows => "Keine Zeilen.";

    public override string Live => "Live";
    public override string Paused(double newer) => $"Angehalten · {Formats.Count(newer)} neuere";
    public override string StaleSince(string moment) => $"Veraltet seit {moment}";
    public override string Connecting => "Verbindet";
    public override string Waiting => "Verbunden, noch nichts empfangen";
    public override string TryNow => "Jetzt versuchen";

    public override string CopyWhat(string what) => $"Kopieren: {what}";
    public override string Copied => "Kopiert";
    public override string Search => "Nach URL oder Hash suchen";
    public override string TypeToConfirm(string what) => $"Zur Bestätigung {what} eingeben";
    public override string Undo => "Rückgängig";
}
