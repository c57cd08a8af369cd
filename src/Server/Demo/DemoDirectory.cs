using System.Text.Json;
using Telemetry.DataFiles;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Demo;

/// <summary>The data directory of a demo: one of its own, and marked, so that nothing invented gets among real reports.</summary>
internal static class DemoDirectory
{
    private const string Mark = "demo.json";

    /// <summary>
    /// Where a user's programs keep data, and not below "telemetry", where apps that report have theirs; in the working
    /// directory where there is no such place.
    /// </summary>
    public static string Default => Environment.GetFolderPath(
        Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder
            ? Path.Combine(folder, "telemetry-demo")
            : "data-demo";

    /// <summary>Makes a new directory a demo's, and sees that one which is there is none of anybody else.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="today">The day on which a new fleet has its past behind it.</param>
    /// <exception cref="StoreOpenException">It holds what no demo wrote, or cannot be used.</exception>
    public static void Claim(string directory, DateOnly today)
    {
        if (File.Exists(Path.Combine(directory, Mark)))
        {
            return;
        }

        if (StoreFiles.All.Any(name => File.Exists(Path.Combine(directory, name))))
        {
            throw new StoreOpenException(
                $"The data directory '{directory}' holds reports that no demo wrote, and --demo would put invented ones among "
                + "them. Start without --demo, or choose another directory with --data.");
        }

        try
        {
            DurableFile.CreateDirectory(directory);
            DurableFile.WriteNew(
                Path.Combine(directory, Mark),
                JsonSerializer.SerializeToUtf8Bytes(new DemoMark(today.AddDays(-DemoFleet.PastDays))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException(
                $"The data directory '{directory}' cannot be made: {e.Message} Check space and permissions, or choose another with --data.", e);
        }
    }

    /// <summary>The day on which the fleet's past begins.</summary>
    /// <exception cref="StoreOpenException">The directory does not say.</exception>
    public static DateOnly FirstDay(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<DemoMark>(File.ReadAllBytes(Path.Combine(directory, Mark)))!.FirstDay;
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException(
                $"'{Path.Combine(directory, Mark)}' does not say when the demo began: {e.Message} Delete the directory '{directory}'; the "
                + "next demo makes a new one.", e);
        }
    }

    private sealed record DemoMark(DateOnly FirstDay);
}
