using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests;

/// <summary>What an app finds where it runs: nothing of it may reach the host, and all of it is said.</summary>
public sealed class SurroundingsTests
{
    [Fact]
    public async Task An_unwritable_directory_is_in_log_and_status_and_mended_without_a_restart()
    {
        using var counter = new TcpListener(IPAddress.Loopback, 0);
        counter.Start();
        using var installation = new TestInstallation(new Uri($"http://127.0.0.1:{((IPEndPoint)counter.LocalEndpoint).Port}"));
        File.WriteAllText(installation.StateDirectory, "");
        await using var client = installation.Client();
        client.Start();
        await installation.Steps.AsleepAsync();

        var status = client.GetStatus();
        Assert.Equal((ReportingMode.Off, ConsentSource.UnusableState), (status.Consent.Mode, status.Consent.Source));
        Assert.Contains("cannot be written", status.Problem, StringComparison.Ordinal);
        Assert.Null(status.NextAttemptAt);
        Assert.Contains(installation.Logs.Lines, line =>
            line.Level == LogLevel.Warning && line.Text.Contains("cannot be written", StringComparison.Ordinal));

        File.Delete(installation.StateDirectory);
        await installation.Steps.StepAsync();
        await installation.Steps.AsleepAsync();

        Assert.Equal(ReportingMode.On, client.GetStatus().Consent.Mode);
        Assert.Null(client.GetStatus().Problem);
        Assert.Single(installation.Logs.Lines, line => line.Level == LogLevel.Warning);
        Assert.False(counter.Pending());
    }

    [Fact]
    public async Task The_first_start_of_a_product_that_is_on_by_default_is_in_the_log_once()
    {
        using var installation = new TestInstallation(new Uri("http://telemetry.example:8081"));
        for (var start = 0; start < 2; start++)
        {
            await using var client = installation.Client();
            client.Start();
            await installation.Steps.AsleepAsync();
        }

        var line = Assert.Single(installation.Logs.Lines, line => line.Text.Contains("From now on roomvox sends", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Contains("http://telemetry.example:8081", line.Text, StringComparison.Ordinal);
        Assert.Contains("ROOMVOX_TELEMETRY_OPTOUT=1", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_never_ends_is_given_up_said_and_not_called_beside_itself()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        var hangs = new TaskCompletionSource<UsageSnapshot<Usage>>();
        var called = new SemaphoreSlim(0);
        installation.Collector = _ =>
        {
            called.Release();
            return new ValueTask<UsageSnapshot<Usage>>(hangs.Task);
        };
        await using var client = installation.Client();
        client.Start();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var sending = client.PreviewAsync();
            if (attempt == 0)
            {
                await Patience.For(called.WaitAsync(), "the collector is asked");
            }

            var refused = await Assert.ThrowsAsync<ReportNotPreparedException>(() => Patience.For(
                sending, () => installation.Time.Advance(TimeSpan.FromSeconds(30)), "the collector is given up"));
            Assert.Contains("within 30 seconds", refused.Message, StringComparison.Ordinal);
        }

        await installation.Steps.AsleepAsync();
        Assert.InRange(installation.Collected, 1, 2);
        Assert.Contains("within 30 seconds", client.GetStatus().Problem, StringComparison.Ordinal);
        Assert.Contains(installation.Logs.Lines, line =>
            line.Level == LogLevel.Warning && line.Text.Contains("within 30 seconds", StringComparison.Ordinal));
        hangs.SetResult(new UsageSnapshot<Usage> { Users = new Users { Total = 7 } });
        Assert.Equal(7u, (await Patience.For(client.PreviewAsync(), "the collector is asked again")).Report.Users.Total);
    }

    [Fact]
    public async Task Nothing_of_whoever_asks_reaches_the_collector_or_the_report()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        var visitor = new AsyncLocal<string?> { Value = "the administrator's request" };
        (string? Visitor, string Culture) seen = ("", "");
        installation.Collector = _ =>
        {
            seen = (visitor.Value, CultureInfo.CurrentCulture.Name);
            return ValueTask.FromResult(new UsageSnapshot<Usage>());
        };
        await using var client = installation.Client();
        var (before, beforeUi) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        // As request localization does it.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new VisitorsCulture();
        ReportPreview preview;
        try
        {
            preview = await client.PreviewAsync();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, beforeUi);
        }

        Assert.Equal((null, CultureInfo.InstalledUICulture.Name), seen);
        Assert.Equal(CultureInfo.InstalledUICulture.Name, preview.Report.Environment.Language);
    }

    [Fact]
    public async Task On_after_off_of_a_tool_works_at_once_in_the_running_app()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        await using var client = installation.Client();
        client.Start();
        await installation.Steps.AsleepAsync();
        using var tool = installation.Tool()!;

        await tool.SetModeAsync(ReportingMode.Off);
        installation.Time.Advance(TimeSpan.FromSeconds(1));
        await installation.Steps.AsleepAsync();
        await Assert.ThrowsAsync<ReportNotPreparedException>(() => tool.PreviewAsync());
        await tool.SetModeAsync(ReportingMode.On);
        var asked = installation.Collected;
        installation.Time.Advance(TimeSpan.FromSeconds(1));
        await installation.Steps.AsleepAsync();

        Assert.Equal(asked + 1, installation.Collected);
        Assert.Equal(12u, (await tool.PreviewAsync()).Report.Users.Total);
    }

    [Fact]
    public async Task A_development_run_collects_sends_nothing_and_says_why()
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        installation.Options.IsDevelopment = true;
        await using var client = installation.Client();

        await client.PreviewAsync();
        var result = Assert.IsType<SendResult.Disabled>(await client.SendNowAsync());
        var tool = Assert.IsType<SendResult.Disabled>(await installation.Tool()!.SendNowAsync());

        Assert.Equal((ReportingMode.Local, ConsentSource.Development), (result.Consent.Mode, result.Consent.Source));
        Assert.Contains("ReportInDevelopment", result.Message, StringComparison.Ordinal);
        Assert.Equal(result.Message, tool.Message);
        installation.Options.ReportInDevelopment = true;
        await using var asked = installation.Client();
        Assert.IsType<SendResult.Unreachable>(await asked.SendNowAsync());
    }

    [Theory]
    [InlineData("app", "Room Vox")]
    [InlineData("app", "formvox")]
    [InlineData("jitter", "9999.00:00:00")]
    [InlineData("server", "relative")]
    [InlineData("usageType", "telemetry.apps.roomvox.v1.Nothing")]
    [InlineData("contract", "not base64")]
    [InlineData("contract", "bm8gZGVzY3JpcHRvcnM=")]
    [InlineData("contract", "")]
    [InlineData("contract", null)]
    public async Task A_profile_that_somebody_edited_is_none(string field, string? value)
    {
        using var installation = new TestInstallation(new Uri("http://127.0.0.1:1"));
        await using (var client = installation.Client())
        {
            await client.PreviewAsync();
        }

        var file = Path.Combine(installation.StateDirectory, "app.json");
        var profile = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        Assert.NotNull(profile[field]);
        Assert.NotNull(installation.Tool());
        profile[field] = value;
        await File.WriteAllTextAsync(file, profile.ToJsonString());

        Assert.Null(installation.Tool());
    }

    /// <summary>The build knows no other language than none, so a visitor's is made up.</summary>
    private sealed class VisitorsCulture() : CultureInfo("")
    {
        public override string Name => "nl-NL";
    }
}
