using Telemetry.Schema;
using Telemetry.Server.Model;

namespace Bench.Insights;

/// <summary>What a simulated fleet of any size is made of: apps and their parts, what they report, how they live.</summary>
/// <remarks>The shares are those of the study that the answers' speeds are held against; see the bench's README.</remarks>
internal sealed class FleetPlan
{
    /// <summary>The first day; the last one is the day on which it is measured.</summary>
    public int FirstDay { get; }

    /// <summary>How many values a dimension has; the app's version has a release every ten days.</summary>
    private static readonly int[] Sizes = [3, 4, 12, 20, 40, 60];

    private static readonly (string App, int Percent)[] Shares =
        [("roomvox", 55), ("intravox", 20), ("introvox", 13), ("metavox", 8), ("formvox", 4)];

    public FleetPlan(int installations, int days)
    {
        FirstDay = UtcDay.Of(TimeProvider.System.GetUtcNow()) - days + 1;
        Installations = installations;
        Days = days;
        Registry = new AppRegistry();
        Apps = [.. Shares.Select(share => (Registry.Find(share.App)!, (int)((long)installations * share.Percent / 100)))];
        Paths = [.. JudgedFields.All.Select(field => field.Path),
            .. Apps.SelectMany(app => app.Schema.Fields).Where(field => field.IsDimension()).Select(field => field.Path).Distinct(StringComparer.Ordinal)];
        Values = Paths.ToDictionary(path => path, ValuesOf, StringComparer.Ordinal);
    }

    public int Installations { get; }

    public int Days { get; }

    public int LastDay => FirstDay + Days - 1;

    public AppRegistry Registry { get; }

    public IReadOnlyList<(ReportSchema Schema, int Installations)> Apps { get; }

    /// <summary>Paths of all dimensions of all apps.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>The values of each, which have their places as codes in every app: 1 for the first.</summary>
    public IReadOnlyDictionary<string, string[]> Values { get; }

    /// <summary>The newest release of a day, as a code.</summary>
    public int ReleaseOn(int day) => 1 + ((day - FirstDay + 100) / 10);

    private string[] ValuesOf(string path)
    {
        var field = Apps.SelectMany(app => app.Schema.Fields).FirstOrDefault(field => field.Path == path);
        if (path == CoreFields.Schema.Texts[CoreFields.AppVersion].Path)
        {
            return [.. Enumerable.Range(0, ReleaseOn(LastDay)).Select(release => $"{1 + (release / 10)}.{release % 10}.0")];
        }

        if (JudgedFields.ValuesOf(path) is { } judged)
        {
            return [.. Enumerable.Range(1, 3).Select(number => judged.NameOf(number) ?? $"{number}")];
        }

        if (field?.Kind == Telemetry.Schema.Kinds.NumberKind.Flag)
        {
            return ["false", "true"];
        }

        var size = Sizes[(int)(Hash(path) % (ulong)Sizes.Length)];
        return field?.IsVersion() == true
            ? [.. Enumerable.Range(0, 12).Select(version => $"{7 + (version / 4)}.{version % 4}.1")]
            : [.. Enumerable.Range(0, size).Select(value => $"value-{value}")];
    }

    private static ulong Hash(string text) => System.IO.Hashing.XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(text));
}
