using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Pages;

/// <summary>The answer of a page in one or two sentences, with its figures. What is not known is left out. Two asterisks begin and end what matters.</summary>
public static class Sentences
{
    public static string Overview(Words words, GetOverviewResponse overview, int window, int compareDays)
    {
        var figures = overview.Figures;
        var active = window switch { 1 => figures.Active1, 30 => figures.Active30, _ => figures.Active7 };
        var text = window == 1
            ? words.Say($"**{words.Installations(active.Value)}** reported on {words.Formats.LongDay(overview.Day.ToDay())}", $"**{words.Installations(active.Value)}** {(active.Value == 1 ? "berichtete" : "berichteten")} am {words.Formats.LongDay(overview.Day.ToDay())}")
            : words.Say($"**{words.Installations(active.Value)}** reported in the last {Days(words, window)}", $"**{words.Installations(active.Value)}** {(active.Value == 1 ? "berichtete" : "berichteten")} in den letzten {Days(words, window)}");
        text += (Change(words, active, compareDays) is { } change ? ", " + change + ". " : ". ");
        text += words.Say($"{OnDay(words, overview)} {words.Formats.Count(figures.New.Value)} {(figures.New.Value == 1 ? "was" : "were")} new", $"{OnDay(words, overview)} {(figures.New.Value == 1 ? "war" : "waren")} {words.Formats.Count(figures.New.Value)} neu")
            + (figures.VersionChanges.Value == 0 ? ". " : words.Say($" and {words.Formats.Count(figures.VersionChanges.Value)} changed version. ", $" und {words.Formats.Count(figures.VersionChanges.Value)} {(figures.VersionChanges.Value == 1 ? "wechselte" : "wechselten")} die Version. "));
        return text + Needs(words, overview.Attention.Count);
    }

    /// <summary>"5.4% more than 90 days before"; nothing where there is nothing to compare with.</summary>
    public static string? Change(Words words, ComparedCount count, int days) => Change(words, count.Value, count.HasPrevious ? count.Previous : null, days);

    private static string? Change(Words words, double now, double? before, int days)
    {
        if (before is not > 0)
        {
            return null;
        }

        var ratio = (now / before.Value) - 1;
        if (ratio >= 2)
        {
            return words.Say($"**{words.Formats.Number(ratio + 1)} times as many** as {Days(words, days)} before", $"**{words.Formats.Number(ratio + 1)}-mal so viele** wie {words.Formats.Days(days)} davor");
        }

        var than = words.Say($"than {Days(words, days)} before", $"als {words.Formats.Days(days)} davor");
        return Math.Abs(ratio) < 0.0005
            ? words.Say($"as many as {Days(words, days)} before", $"so viele wie {words.Formats.Days(days)} davor")
            : $"**{words.Formats.Share(Math.Abs(ratio))} {(ratio > 0 ? words.Say("more", "mehr") : words.Say("fewer", "weniger"))}** {than}";
    }

    public static string Releases(Words words, GetReleasesResponse answer, string app)
    {
        var newest = answer.Releases.FirstOrDefault(release => !release.OlderThanKept) ?? answer.Releases.FirstOrDefault();
        if (newest is null)
        {
            return words.Say($"No installation of {app} tells its version.", $"Keine Installation von {app} nennt ihre Version.");
        }

        var days = newest.FirstSeen is null ? 0 : answer.Day.ToDay().DayNumber - newest.FirstSeen.ToDay().DayNumber;
        var share = answer.Installations == 0 ? 0 : newest.Installations / (double)answer.Installations;
        var text = newest.OlderThanKept
            ? words.Say($"{app} {newest.Version} is the newest: **{words.Formats.Share(share)}** have it. ", $"{app} {newest.Version} ist die neueste: **{words.Formats.Share(share)}** haben sie. ")
            : words.Say($"{app} **{newest.Version} reached {words.Formats.Share(newest.Adoption.LastOrDefault(share))}** in {Days(words, days)}", $"{app} **{newest.Version} erreichte {words.Formats.Share(newest.Adoption.LastOrDefault(share))}** in {Days(words, days)}")
                + (Earlier(answer, newest) is { } earlier && days < earlier.Adoption.Count
                    ? words.Say($"; {earlier.Version} had {words.Formats.Share(earlier.Adoption[days])} by then. ", $"; {earlier.Version} hatte da {words.Formats.Share(earlier.Adoption[days])}. ") : ". ");
        var behind = answer.Behind.Sum(reason => (double)reason.Installations);
        var held = answer.Behind.Where(reason => reason.Field.Length > 0).Sum(reason => (double)reason.Installations);
        if (behind > 0)
        {
            text += words.Say($"Of {words.Formats.Count(behind)} behind it, **{words.Formats.Count(held)} cannot update or may not be able to**; {words.Formats.Count(behind - held)} could.", $"Von {words.Formats.Count(behind)} dahinter **können {words.Formats.Count(held)} nicht oder vielleicht nicht aktualisieren**; {words.Formats.Count(behind - held)} könnten.");
        }

        return text + (newest.WentBack == 0 ? "" : words.Say($" {words.Formats.Count(newest.WentBack)} went back.", $" {words.Formats.Count(newest.WentBack)} wechselten zurück."));
    }

    public static string Matrix(Words words, Components.Data.Matrix matrix, string app)
    {
        if (matrix.Total == 0)
        {
            return words.Say($"No installation of {app} was active.", $"Keine Installation von {app} war aktiv.");
        }

        var (row, column, most) = Enumerable.Range(0, matrix.Rows.Count)
            .SelectMany(r => Enumerable.Range(0, matrix.Columns.Count).Select(c => (Row: r, Column: c, Count: matrix.Rows[r].Unknown || matrix.Columns[c].Unknown ? 0 : matrix.Cells[r][c] ?? 0)))
            .MaxBy(cell => cell.Count);
        var unknown = Enumerable.Range(0, matrix.Rows.Count).SelectMany(r => Enumerable.Range(0, matrix.Columns.Count)
            .Where(c => matrix.Rows[r].Unknown || matrix.Columns[c].Unknown).Select(c => matrix.Cells[r][c] ?? 0)).Sum();
        var text = most == 0 ? "" : words.Say(
            $"**{matrix.ColumnName} {matrix.Columns[column].Name} on {matrix.RowName} {matrix.Rows[row].Name}** is the most common platform of {app}: {words.Installations(most)} ({words.Formats.Share(most / matrix.Total)}).",
            $"**{matrix.ColumnName} {matrix.Columns[column].Name} auf {matrix.RowName} {matrix.Rows[row].Name}** ist die häufigste Plattform von {app}: {words.Installations(most)} ({words.Formats.Share(most / matrix.Total)}).");
        return text + (unknown == 0 ? "" : words.Say($" {words.Formats.Count(unknown)} ({words.Formats.Share(unknown / matrix.Total)}) do not say both.", $" {words.Formats.Count(unknown)} ({words.Formats.Share(unknown / matrix.Total)}) nennen nicht beides."));
    }

    public static string Quality(Words words, GetDataQualityResponse quality, int days)
    {
        var refused = quality.Refused.Sum(rule => (double)rule.Reports);
        var since = quality.RefusedSince.ToDateTimeOffset();
        return words.Say($"**{words.Count(quality.Accepted, ("report", "reports"), ("", ""))}** {(quality.Accepted == 1 ? "was" : "were")} accepted in {Days(words, days)}. ", $"**{words.Count(quality.Accepted, ("", ""), ("Bericht", "Berichte"))}** {(quality.Accepted == 1 ? "wurde" : "wurden")} in {Days(words, days)} angenommen. ")
            + (refused == 0 ? words.Say("None was refused since the server started. ", "Keiner wurde seit dem Start des Servers abgelehnt. ")
                : words.Say($"**{words.Formats.Count(refused)} {(refused == 1 ? "was" : "were")} refused** since {words.Formats.FullMoment(since)}. ", $"**{words.Formats.Count(refused)} {(refused == 1 ? "wurde" : "wurden")} abgelehnt** seit {words.Formats.FullMoment(since)}. "))
            + (quality.Clones.Count == 0 ? "" : words.Say($"{words.Installations(quality.Clones.Count)} {(quality.Clones.Count == 1 ? "looks" : "look")} like several under one hash.", $"{words.Installations(quality.Clones.Count)} {(quality.Clones.Count == 1 ? "sieht" : "sehen")} nach mehreren unter einem Hash aus."));
    }

    /// <summary>The largest group, how it changed, and how many do not say.</summary>
    public static string Explore(Words words, QueryResponse answer, Names names, string? field, string measure, bool isCount, int days)
    {
        var total = answer.Total.Last();
        if (field is null || answer.Groups.Count == 0)
        {
            return total is not { } all ? words.Say("There is nothing to measure.", "Es gibt nichts zu messen.")
                : $"**{(isCount ? words.Installations(all) : $"{measure}: {words.Formats.Number(all)}")}**{Against(words, all, answer.Total.Before(), days)}.";
        }

        var largest = answer.Groups.Where(group => group.Keys[0].KeyCase == GroupKey.KeyOneofCase.Value).MaxBy(group => group.Last() ?? double.MinValue);
        if (largest?.Last() is not { } value)
        {
            return words.Say($"Nobody says {names.InText(field)}.", $"Niemand nennt {names.InText(field)}.");
        }

        // A country speaks for itself; a version or a yes says nothing without what it is of.
        var name = names.Value(field, largest.Keys[0].Value);
        name = field.EndsWith("version", StringComparison.Ordinal) ? $"{names.Field(field)} {name}" : largest.Keys[0].Value is "true" or "false" ? $"{names.Field(field)}: {name}" : name;
        if (largest.Keys is [_, { KeyCase: GroupKey.KeyOneofCase.Value } other])
        {
            name += $" · {other.Value}";
        }

        var text = words.Say($"**{name}** leads with ", $"**{name}** führt mit ")
            + (isCount ? $"**{words.Installations(value)}**" + (total is > 0 ? $" ({words.Formats.Share(value / total.Value)})" : "") : words.Formats.Number(value))
            + Against(words, value, largest.Before(), days) + ".";
        var unknown = answer.Groups.Where(group => group.Keys[0].KeyCase == GroupKey.KeyOneofCase.Unknown).Sum(group => group.Last() ?? 0);
        return text + (isCount && unknown > 0 && total is > 0 ? words.Say($" {words.Formats.Count(unknown)} ({words.Formats.Share(unknown / total.Value)}) do not say.", $" {words.Formats.Count(unknown)} ({words.Formats.Share(unknown / total.Value)}) sagen es nicht.") : "");
    }

    /// <summary>What needs a person, as a title and an explanation.</summary>
    public static (string What, string Why) Attention(Words words, Attention attention, Catalog catalog, Names names) => attention.CauseCase switch
    {
        Contracts.V1.Attention.CauseOneofCase.StallingRelease when attention.StallingRelease is var release => (
            words.Say($"{catalog.NameOf(release.App)} {release.Version} does not spread.", $"{catalog.NameOf(release.App)} {release.Version} verbreitet sich nicht."),
            words.Say(
                $"{Days(words, (int)release.Days)} after it was first seen {words.Formats.Share(release.Share)} have it; {release.EarlierVersion} had {words.Formats.Share(release.EarlierShare)} by then.",
                $"{words.Formats.Days((int)release.Days)} nach dem ersten Auftauchen haben es {words.Formats.Share(release.Share)}; {release.EarlierVersion} hatte da {words.Formats.Share(release.EarlierShare)}.")),
        Contracts.V1.Attention.CauseOneofCase.HoldingPlatform when attention.HoldingPlatform is var holding => (
            words.Say(
                $"{names.Field(holding.Field)} {holding.Value} or older keeps {words.Installations(holding.Installations)} of {catalog.NameOf(holding.App)} back.",
                $"{names.Field(holding.Field)} {holding.Value} oder älter hält {words.Installations(holding.Installations)} von {catalog.NameOf(holding.App)} zurück."),
            words.Say($"They cannot take {holding.Version}, as far as is seen.", $"Sie können {holding.Version} nicht nehmen, soweit erkennbar.")),
        Contracts.V1.Attention.CauseOneofCase.ClaimRefusals when attention.ClaimRefusals is var claims => (
            words.Say($"{words.Count(claims.Installations, ("claim", "claims"), ("", ""))} to Enterprise {(claims.Installations == 1 ? "was" : "were")} refused yesterday.", $"{words.Count(claims.Installations, ("", ""), ("Anspruch", "Ansprüche"))} auf Enterprise {(claims.Installations == 1 ? "wurde" : "wurden")} gestern abgelehnt."),
            words.Say(
                $"{words.Formats.Count(claims.WithReason)} of them: {names.Enumeration(Enums.NameOf(claims.Reason), "")}. The week before it were {words.Formats.Number(claims.PerDayBefore)} a day.",
                $"{words.Formats.Count(claims.WithReason)} davon: {names.Enumeration(Enums.NameOf(claims.Reason), "")}. In der Woche davor waren es {words.Formats.Number(claims.PerDayBefore)} am Tag.")),
        Contracts.V1.Attention.CauseOneofCase.EndingLicenses when attention.EndingLicenses is var ending => (
            words.Say($"{words.Count(ending.Licenses, ("license ends", "licenses end"), ("", ""))} within 14 days.", $"{words.Count(ending.Licenses, ("", ""), ("Lizenz endet", "Lizenzen enden"))} in 14 Tagen."),
            words.Say($"The first on {words.Formats.LongDay(ending.FirstEnd.ToDay())}.", $"Die erste am {words.Formats.LongDay(ending.FirstEnd.ToDay())}.")),
        Contracts.V1.Attention.CauseOneofCase.FillingDisk when attention.FillingDisk is var disk => (
            words.Say($"The disk is {words.Formats.Share(disk.Used)} full.", $"Die Platte ist zu {words.Formats.Share(disk.Used)} voll."),
            disk.HasDaysLeft && disk.DaysLeft < 1000 ? words.Say($"At the pace of the last 7 days it is full in {Days(words, (int)disk.DaysLeft)}.", $"Im Tempo der letzten 7 Tage ist sie in {Days(words, (int)disk.DaysLeft)} voll.") : ""),
        _ => ("", ""),
    };

    private static string Needs(Words words, int things) => things switch
    {
        0 => words.Say("Nothing needs you.", "Nichts ist zu tun."),
        1 => words.Say("**One thing needs you.**", "**Eine Sache ist zu tun.**"),
        _ => words.Say($"**{words.Formats.Count(things)} things need you.**", $"**{words.Formats.Count(things)} Dinge sind zu tun.**"),
    };

    private static string Against(Words words, double now, double? before, int days) =>
        Change(words, now, before, days) is { } change ? ", " + change : "";

    private static Release? Earlier(GetReleasesResponse answer, Release newest) =>
        answer.Releases.SkipWhile(release => release != newest).Skip(1).FirstOrDefault(release => !release.OlderThanKept);

    private static string OnDay(Words words, GetOverviewResponse overview)
    {
        var day = overview.Day.ToDay();
        return day == Moments.DayOf(overview.Time.ToDateTimeOffset()).AddDays(-1) ? words.Say("Yesterday", "Gestern")
            : words.Say("On " + words.Formats.LongDay(day), "Am " + words.Formats.LongDay(day));
    }

    /// <summary>"7 days", in German in the case that follows "in" and "nach".</summary>
    private static string Days(Words words, int days) => words.Count(days, ("day", "days"), ("Tag", "Tagen"));
}
