using Telemetry.Client;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

public sealed class SwitchTests
{
    [Theory]
    [InlineData("on", ReportingMode.On)]
    [InlineData("local", ReportingMode.Local)]
    [InlineData("off", ReportingMode.Off)]
    public async Task A_choice_is_kept_shown_and_explained(string name, ReportingMode mode)
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();

        var page = await browser.SwitchAsync(name);

        var kept = TelemetryClient.Open(host.StateDirectory, null, _ => null, host.Time);
        Assert.Equal(mode, kept?.GetStatus().Choice ?? host.Client.GetStatus().Choice);
        Assert.Contains("Saved", page, StringComparison.Ordinal);
        Assert.Contains("because an administrator chose so on 2026-11-20", page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{name}\" aria-describedby=\"means-{name}\" checked", await browser.MarkupAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_off_the_collector_is_not_asked_and_the_purposes_are_still_told()
    {
        await using var host = await SupportHost.StartAsync(configure: options => options.Consent = ConsentModel.OptIn);
        using var browser = host.Open();

        var page = await browser.ReadAsync();
        await browser.SendAsync();
        await browser.SwitchAsync("off");

        Assert.Equal(0, host.Collector.Asked);
        Assert.Contains("nothing is collected while reports are off", page, StringComparison.Ordinal);
        Assert.Contains("users. total Shows how large installations are.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_shows_the_values_and_announces_no_report()
    {
        await using var host = await SupportHost.StartAsync();
        using var browser = host.Open();

        var page = await browser.SwitchAsync("local");

        Assert.Contains("4711", page, StringComparison.Ordinal);
        Assert.Contains("Next attempt none, because reports are not on", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_environment_switched_off_stays_off_and_the_choice_is_kept_for_later()
    {
        await using var host = await SupportHost.StartAsync(
            configure: options => options.Variable = name => name == OptOutVariables.DoNotTrack ? "1" : null);
        using var browser = host.Open();

        var before = await browser.ReadAsync();
        var page = await browser.SwitchAsync("local");

        Assert.Contains("takes effect only after the environment variable is removed", before, StringComparison.Ordinal);
        Assert.Contains("Saved, not in effect yet", page, StringComparison.Ordinal);
        Assert.Contains("DO_NOT_TRACK", page, StringComparison.Ordinal);
        Assert.Equal(ReportingMode.Local, host.Client.GetStatus().Choice);
        Assert.Equal(ReportingMode.Off, host.Client.GetStatus().Consent.Mode);
        Assert.Equal(0, host.Collector.Asked);
    }

    [Fact]
    public async Task What_the_command_line_restricted_is_said_with_the_way_out()
    {
        await using var host = await SupportHost.StartAsync(
            configure: options => options.CommandLineMode = ReportingMode.Local);
        using var browser = host.Open();

        var page = await browser.SwitchAsync("on");

        Assert.Contains("Saved, not in effect yet", page, StringComparison.Ordinal);
        Assert.Contains("started without its command line's restriction", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Newer_fields_are_withheld_until_somebody_agrees()
    {
        await using var host = await SupportHost.StartAsync(configure: options => options.Consent = ConsentModel.BySchema);
        await ForgetAgreementAsync(host);
        using var browser = host.Open();

        var before = await browser.ReadAsync();
        var after = await browser.ActAsync(("action", "agree"));

        Assert.Contains("New fields, not sent yet", before, StringComparison.Ordinal);
        Assert.Contains("withheld: nobody agreed yet", before, StringComparison.Ordinal);
        Assert.Contains("The newer fields are part of the report from now on.", after, StringComparison.Ordinal);
        Assert.DoesNotContain("not sent yet", after, StringComparison.Ordinal);
        Assert.Empty(host.Client.GetStatus().WithheldFields);
    }

    [Fact]
    public async Task Nobody_agrees_to_a_list_that_was_not_shown()
    {
        await using var host = await SupportHost.StartAsync(configure: options => options.Consent = ConsentModel.BySchema);
        await ForgetAgreementAsync(host);
        using var browser = host.Open();

        var switched = await browser.ActAsync(("action", "switch"), ("mode", "on"), ("list", "99"));
        var agreed = await browser.ActAsync(("action", "agree"), ("list", "99"));

        Assert.All([switched, agreed], page => Assert.Contains("its list of fields changed", page, StringComparison.Ordinal));
        Assert.NotEmpty(host.Client.GetStatus().WithheldFields);
        Assert.Contains("Saved", await browser.ActAsync(("action", "switch"), ("mode", "off"), ("list", "99")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_off_there_is_nothing_to_agree_to()
    {
        await using var host = await SupportHost.StartAsync(configure: options => options.Consent = ConsentModel.OptIn);
        await ForgetAgreementAsync(host);
        using var browser = host.Open();

        var page = await browser.ActAsync(("action", "agree"));

        Assert.Contains("Switching them on agrees", page, StringComparison.Ordinal);
        Assert.Null(host.Client.GetStatus().Choice);
    }

    /// <summary>As if the app had been updated from a version with fewer fields.</summary>
    private static async Task ForgetAgreementAsync(SupportHost host)
    {
        await host.Client.PreviewAsync();
        var file = Path.Combine(host.StateDirectory, "state.json");
        var state = await File.ReadAllTextAsync(file);
        var list = host.Client.GetStatus().FieldListVersion;
        await File.WriteAllTextAsync(file, state.Replace($"\"acceptedSchema\": {list}", "\"acceptedSchema\": 0", StringComparison.Ordinal));
    }
}
