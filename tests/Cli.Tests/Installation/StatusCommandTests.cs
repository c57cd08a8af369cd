using System.Text.Json;
using Telemetry.Client;

namespace Telemetry.Cli.Tests.Installation;

public sealed class StatusCommandTests
{
    [Fact]
    public async Task Says_whether_and_why_and_what_comes_next()
    {
        using var app = await InstalledApp.StartedAsync();

        var (code, output, error) = await app.RunAsync("status");

        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Matches("(?m)^reports +on$", output);
        Assert.Matches("(?m)^why +On, which is the default", output);
        Assert.Matches("(?m)^decided by +default$", output);
        Assert.Matches("(?m)^app +roomvox 1.6.0$", output);
        Assert.Matches("(?m)^server +http://127.0.0.1:1$", output);
        Assert.Matches("(?m)^next attempt +2026-11-20 1[3-5]:[0-9:]+ UTC$", output);
        Assert.Matches("(?m)^last attempt +never$", output);
        Assert.Matches("(?m)^withheld +nothing$", output);
        Assert.Matches("(?m)^environment +DO_NOT_TRACK is not set, ROOMVOX_TELEMETRY_OPTOUT is not set for this command; "
            + "the app's own environment can differ.$", output);
        Assert.Contains(app.State, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_of_the_command_counts_and_is_shown()
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.On);
        app.Variables["DO_NOT_TRACK"] = "0";
        app.Variables["ROOMVOX_TELEMETRY_OPTOUT"] = "1";

        var (_, output, _) = await app.RunAsync("status");

        Assert.Matches("(?m)^reports +off$", output);
        Assert.Matches("(?m)^decided by +environment$", output);
        Assert.Matches("(?m)^next attempt +none$", output);
        Assert.Contains(
            "DO_NOT_TRACK is '0', which changes nothing, ROOMVOX_TELEMETRY_OPTOUT is '1', which switches off", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_every_field_that_is_documented()
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.Local);

        var (code, json) = await app.RunJsonAsync("status");

        Assert.Equal(0, code);
        Assert.Equal(
            [
                "app", "appVersion", "mode", "decidedBy", "explanation", "server", "nextAttemptAt", "lastAttemptAt",
                "lastSuccessAt", "lastOutcome", "lastMessage", "fieldListVersion", "acceptedFieldListVersion",
                "withheldFields", "environment", "stateDirectory",
            ],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal("roomvox", json.GetProperty("app").GetString());
        Assert.Equal(("local", "administrator"), (json.GetProperty("mode").GetString(), json.GetProperty("decidedBy").GetString()));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("nextAttemptAt").ValueKind);
        Assert.Equal(["name", "value", "optsOut"], json.GetProperty("environment")[0].EnumerateObject().Select(field => field.Name));
        Assert.Equal(app.State, json.GetProperty("stateDirectory").GetString());
    }

    [Theory]
    [InlineData(ReportingMode.On, 0)]
    [InlineData(ReportingMode.Local, 5)]
    [InlineData(ReportingMode.Off, 5)]
    public async Task A_script_can_ask_by_the_exit_code_alone(ReportingMode mode, int expected)
    {
        using var app = await InstalledApp.StartedAsync(mode: mode);

        Assert.Equal((expected, "", ""), await app.RunAsync("status", "--quiet"));
    }

    [Fact]
    public async Task A_damaged_state_file_means_off_and_says_what_to_do()
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.On);
        await File.WriteAllTextAsync(Path.Combine(app.State, "state.json"), "{");

        var (code, output, _) = await app.RunAsync("status");

        Assert.Equal(0, code);
        Assert.Matches("(?m)^decided by +unusable-state$", output);
        Assert.Contains("Decide again", output, StringComparison.Ordinal);
    }
}
