using System.Text.RegularExpressions;
using Telemetry.Server.Hosting;

namespace Telemetry.Server.Tests.Hosting;

public sealed partial class DashboardEndpointsTests
{
    /// <summary>Where the app shows that there is no page; nobody goes there.</summary>
    private const string NotFound = "/not-found";

    /// <summary>A page that is missing here cannot be loaded anew, and one that is only here shows nothing.</summary>
    [Fact]
    public void Pages_are_served_at_the_addresses_that_the_app_has_them_at()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Telemetry.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        string[] shown =
        [
            .. new[] { "Pages", "Gallery" }.SelectMany(pages => Directory.EnumerateFiles(Path.Combine(folder.FullName, "src/Dashboard", pages), "*.razor"))
                .SelectMany(file => Route().Matches(File.ReadAllText(file))).Select(match => Parameter().Replace(match.Groups[1].Value, "{id}")),
        ];

        Assert.Contains(NotFound, shown);
        Assert.Equal(shown.Where(route => route != NotFound).Order(StringComparer.Ordinal), DashboardEndpoints.Views.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^@page \"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex Route();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
