namespace Telemetry.Cli.Tests.Installation;

/// <summary>Which installation a verb is about.</summary>
public sealed class InstallationOptionsTests
{
    [Fact]
    public async Task The_only_app_with_a_state_directory_is_meant_when_nothing_is_said()
    {
        using var app = await InstalledApp.StartedAsync();

        var (code, output, _) = await CliRunner.RunAsync(app.Around, "", "status");

        Assert.Equal(0, code);
        Assert.Contains(app.State, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_one_must_be_named()
    {
        using var app = await InstalledApp.StartedAsync();
        var other = Directory.CreateDirectory(Path.Combine(app.Folder, "formvox")).FullName;

        var (unclear, _, error) = await CliRunner.RunAsync(app.Around, "", "status");
        var (named, output, _) = await CliRunner.RunAsync(app.Around, "", "status", "--app", "RoomVox");
        var (empty, _, words) = await CliRunner.RunAsync(app.Around, "", "status", "--app", "formvox");

        Assert.Equal((2, 0, 1), (unclear, named, empty));
        Assert.Contains("There are several installations", error, StringComparison.Ordinal);
        Assert.Contains("--app roomvox    " + app.State, error, StringComparison.Ordinal);
        Assert.Contains("--app formvox    " + other, error, StringComparison.Ordinal);
        Assert.Contains("roomvox 1.6.0", output, StringComparison.Ordinal);
        Assert.Contains($"No app has started with the state directory {other} yet", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variable_stands_in_for_the_option_and_an_app_goes_before_it()
    {
        using var app = await InstalledApp.StartedAsync();
        using var elsewhere = await InstalledApp.StartedAsync();
        app.Variables["TELEMETRY_STATE"] = elsewhere.State;

        var (_, byVariable, _) = await CliRunner.RunAsync(app.Around, "", "status");
        var (_, byApp, _) = await CliRunner.RunAsync(app.Around, "", "status", "--app", "roomvox");
        var (_, byState, _) = await app.RunAsync("status");

        Assert.Contains(elsewhere.State, byVariable, StringComparison.Ordinal);
        Assert.Contains(app.State, byApp, StringComparison.Ordinal);
        Assert.Contains(app.State, byState, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exclude each other", "--app", "roomvox", "--state", "/tmp")]
    [InlineData("--app is an app's name, e.g. roomvox", "--app", "../roomvox")]
    [InlineData("is the path of a directory", "--state", " ")]
    [InlineData("no app with a state directory in its usual place")]
    public async Task A_mistake_is_wrong_usage_and_told(string words, params string[] args)
    {
        using var app = await InstalledApp.StartedAsync();
        var nowhere = Path.Combine(app.Folder, "nowhere");

        var (code, _, error) = await CliRunner.RunAsync(
            console => app.Around(console) with { AppsDirectory = nowhere }, "", ["status", .. args]);

        Assert.Equal(2, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_application_data_is_told_to_name_the_directory()
    {
        using var app = await InstalledApp.StartedAsync();

        var (code, _, error) = await CliRunner.RunAsync(
            console => app.Around(console) with { AppsDirectory = "telemetry" },
            "", "status", "--app", "roomvox");

        Assert.Equal(2, code);
        Assert.Contains("no folder for application data", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("on")]
    [InlineData("local")]
    [InlineData("off")]
    [InlineData("preview")]
    [InlineData("send")]
    [InlineData("history")]
    public async Task A_directory_that_no_app_has_started_with_is_told_and_left_alone(string verb)
    {
        using var app = await InstalledApp.StartedAsync();
        var unknown = Path.Combine(app.Folder, "unknown");

        var (code, output, error) = await CliRunner.RunAsync(app.Around, "", verb, "--state", unknown);

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains($"No app has started with the state directory {unknown} yet", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(unknown));
    }
}
