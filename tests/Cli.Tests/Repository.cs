namespace Telemetry.Cli.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Root = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Telemetry.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    });

    public static string PathOf(string name) => Path.Combine(Root.Value, name);

    public static string NameOf(string path) => Path.GetRelativePath(Root.Value, path);

    /// <summary>All Markdown files that are read on their own, by path.</summary>
    public static IEnumerable<string> Documents() => Directory.EnumerateFiles(Root.Value, "*.md")
        .Concat(new[] { "docs", "src", "samples", "bench" }.SelectMany(folder =>
            Directory.EnumerateFiles(PathOf(folder), "*.md", SearchOption.AllDirectories)))
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
