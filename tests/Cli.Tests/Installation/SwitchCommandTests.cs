using System.Text.RegularExpressions;
using Telemetry.Client;

namespace Telemetry.Cli.Tests.Installation;

public sealed class SwitchCommandTests
{
    [Theory]
    [InlineData("on")]
    [InlineData("local")]
    [InlineData("off")]
    public async Task The_choice_is_written_down_and_the_app_reads_it(string verb)
    {
        using var app = await InstalledApp.StartedAsync();

        var (code, output, error) = await app.RunAsync(verb);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"Your choice, {verb}, is written down", output, StringComparison.Ordinal);
        await using var client = TelemetryClient.Open(app.State, null, _ => null, app.Time)!;
        var consent = client.GetStatus().Consent;
        Assert.Equal(verb, consent.Mode.ToString(), ignoreCase: true);
        Assert.Equal(ConsentSource.Administrator, consent.Source);
    }

    [Fact]
    public async Task Off_forgets_what_was_collected()
    {
        using var app = await InstalledApp.StartedAsync();
        Assert.True(File.Exists(Path.Combine(app.State, "next-report.json")));

        await app.RunAsync("off");

        Assert.False(File.Exists(Path.Combine(app.State, "next-report.json")));
    }

    [Theory]
    [InlineData("on", 5)]
    [InlineData("local", 5)]
    [InlineData("off", 0)]
    public async Task A_choice_that_the_environment_restricts_is_recorded_and_told(string verb, int expected)
    {
        using var app = await InstalledApp.StartedAsync();
        app.Variables["DO_NOT_TRACK"] = "1";

        var (code, output, error) = await app.RunAsync(verb);

        Assert.Equal(expected, code);
        Assert.Contains($"Your choice, {verb}, is written down", output, StringComparison.Ordinal);
        Assert.Equal(expected == 5, error.Contains("the environment variable DO_NOT_TRACK", StringComparison.Ordinal));
        app.Variables.Clear();
        Assert.Equal(verb, await app.ModeAsync());
    }

    [Fact]
    public async Task Json_tells_the_choice_from_what_holds()
    {
        using var app = await InstalledApp.StartedAsync();
        app.Variables["ROOMVOX_TELEMETRY_OPTOUT"] = "yes";

        var (code, json) = await app.RunJsonAsync("on");

        Assert.Equal(5, code);
        Assert.Equal(
            ["chosen", "mode", "decidedBy", "explanation", "restricted", "environment"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            ("on", "off", "environment", true),
            (json.GetProperty("chosen").GetString(), json.GetProperty("mode").GetString(),
                json.GetProperty("decidedBy").GetString(), json.GetProperty("restricted").GetBoolean()));
    }

    [Theory]
    [InlineData("on")]
    [InlineData("local")]
    [InlineData("off")]
    public async Task A_choice_that_cannot_be_written_down_is_refused_and_the_old_one_holds(string verb)
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.Local);
        File.Delete(Path.Combine(app.State, "lock"));
        Directory.CreateDirectory(Path.Combine(app.State, "lock"));

        var (code, output, error) = await app.RunAsync(verb);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"The state directory {app.State} cannot be written", error, StringComparison.Ordinal);
        Assert.Equal("local", await app.ModeAsync());
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_refused()
    {
        using var app = await InstalledApp.StartedAsync();
        Directory.Delete(app.State, recursive: true);
        await File.WriteAllTextAsync(app.State, "");

        var (code, _, error) = await app.RunAsync("off");

        Assert.Equal(1, code);
        Assert.Contains("No app has started", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deciding_again_mends_a_damaged_state_file()
    {
        using var app = await InstalledApp.StartedAsync();
        await File.WriteAllTextAsync(Path.Combine(app.State, "state.json"), "{");

        var (code, _, _) = await app.RunAsync("on");

        Assert.Equal(0, code);
        Assert.Equal("on", await app.ModeAsync());
    }

    [Fact]
    public async Task Root_is_told_that_another_users_app_could_not_read_its_files()
    {
        using var app = await InstalledApp.StartedAsync();

        var (code, _, error) = await CliRunner.RunAsync(
            console => app.Around(console) with { AppsDirectory = "/home/somebody" }, "", "off", "--state", app.State);

        Assert.Equal(0, code);
        Assert.Equal(
            Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows(),
            error.StartsWith("This command runs as root", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ConsentModel.BySchema)]
    [InlineData(ConsentModel.OptIn)]
    public async Task On_agrees_to_the_fields_that_were_withheld_until_then(ConsentModel model)
    {
        using var app = await InstalledApp.StartedAsync(
            mode: ReportingMode.Local, change: options => options.Consent = model);
        var file = Path.Combine(app.State, "state.json");
        var state = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, Regex.Replace(state, "\"acceptedSchema\": [0-9]+", "\"acceptedSchema\": 0"));

        var (_, before, _) = await app.RunAsync("status");
        var (_, doctor, _) = await app.RunAsync("doctor");
        var (_, preview, _) = await app.RunAsync("preview");
        await app.RunAsync("on");
        var (_, after, _) = await app.RunAsync("status");

        Assert.Matches("(?m)^withheld +.*environment.country.*, to which nobody has agreed yet$", before);
        Assert.Matches("(?m)^warn +fields +Withheld.*environment.country", doctor);
        Assert.DoesNotContain("environment.country: ", preview, StringComparison.Ordinal);
        Assert.Matches("(?m)^withheld +nothing$", after);
    }
}
