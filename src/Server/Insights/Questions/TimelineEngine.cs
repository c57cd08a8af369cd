using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>One installation's days: on which it reported, and what it said from when to when.</summary>
internal sealed class TimelineEngine(FleetProjection projection)
{
    /// <returns>Null when the installation never reported that app.</returns>
    public Timeline? Of(InstanceId instance, string app, int days)
    {
        var today = UtcDay.Of(projection.Now);
        return projection.Read((apps, position) =>
        {
            var found = apps.FirstOrDefault(other => other.App == app);
            return found is not null && found.Find(instance) is var ordinal and >= 0
                ? Read(found, found.Chunks[ordinal / Chunk.Size], ordinal % Chunk.Size, Math.Max(today, projection.RunningDay), days, position)
                : null;
        });
    }

    private Timeline Read(AppProjection app, Chunk chunk, int ordinal, int today, int days, FeedPosition position)
    {
        var known = chunk.CountAtEnd.Span;
        var at = 0;
        while (at < known.Length && known[at] <= ordinal)
        {
            at++;
        }

        var firstReport = at < known.Length ? chunk.FirstDay + at : projection.RunningDay;
        var start = Math.Max(Math.Max(firstReport, today - days + 1), projection.OldestDay);
        var reported = Enumerable.Range(start, today - start + 1).Select(day => Reported(chunk, ordinal, day)).ToList();
        string[] paths = [.. app.Schema.Fields.Where(field => field.IsDimension()).Select(field => field.Path), .. JudgedFields.All.Select(field => field.Path)];
        return new Timeline(position, projection.Now, start, reported, [.. paths.Select(path => LaneOf(app, chunk, ordinal, path, start, today))]);
    }

    private bool Reported(Chunk chunk, int ordinal, int day)
    {
        var bits = day == projection.RunningDay ? chunk.Running.Bits : Closed(chunk, day) is { } closed ? closed.Bits : [];
        return ordinal >> 6 < bits.Length && (bits[ordinal >> 6] >> ordinal & 1) != 0;
    }

    private static ClosedDay? Closed(Chunk chunk, int day) =>
        day >= chunk.FirstDay && day - chunk.FirstDay < chunk.ClosedCount ? chunk.Closed.Span[day - chunk.FirstDay] : null;

    private Lane LaneOf(AppProjection app, Chunk chunk, int ordinal, string path, int start, int today)
    {
        var slot = app.Dimensions[path];
        var texts = app.Codes[slot].Snapshot();
        var (code, end, runs) = (chunk.CodeOf(slot, ordinal), today, new List<Run>());
        for (var day = Math.Min(today, projection.RunningDay); day > start; day--)
        {
            var changes = day == projection.RunningDay ? chunk.Running.ChangesOf(slot) : Closed(chunk, day) is { } closed ? closed.ChangesOf(slot) : [];
            foreach (var change in changes)
            {
                // The oldest one of the day tells what was said the day before.
                if (ClosedDay.OrdinalOf(change) == ordinal)
                {
                    if (ClosedDay.BeforeOf(change) != code)
                    {
                        runs.Insert(0, new Run(code == 0 ? null : texts.Span[code], day, end));
                        (code, end) = (ClosedDay.BeforeOf(change), day - 1);
                    }

                    break;
                }
            }
        }

        runs.Insert(0, new Run(code == 0 ? null : texts.Span[code], start, end));
        return new Lane(path, runs);
    }
}

/// <summary>One installation's days.</summary>
/// <param name="Position">The position it is true for.</param>
/// <param name="Time">The moment.</param>
/// <param name="Start">The first day told of.</param>
/// <param name="Reported">Whether it reported, day by day.</param>
/// <param name="Lanes">What it said, field by field.</param>
internal sealed record Timeline(FeedPosition Position, DateTimeOffset Time, int Start, IReadOnlyList<bool> Reported, IReadOnlyList<Lane> Lanes);

/// <summary>One field over time.</summary>
internal sealed record Lane(string Field, IReadOnlyList<Run> Runs);

/// <summary>Days with one value; null for what was not told.</summary>
internal sealed record Run(string? Value, int Start, int End);
