using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Callers;

/// <summary>First reports of unknown installations are limited per caller; known ones never are.</summary>
public sealed class NewInstallationTests
{
    private const string Three = "Limits:NewInstallationsPerHour=3";

    [Fact]
    public async Task Beyond_the_limit_every_door_says_when_to_come_back()
    {
        await using var server = await TestServer.StartAsync(settings: Three);
        using var caller = new CallerAt(server);
        await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://new-1.example"));
        await caller.WebReporting.SubmitReportAsync(SampleReports.Request("https://new-2.example"));
        using var third = await caller.PostAsync("https://new-3.example");
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        server.Time.Advance(TimeSpan.FromMinutes(20));

        foreach (var door in new[] { caller.Reporting, caller.WebReporting })
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
                await door.SubmitReportAsync(SampleReports.Request("https://new-4.example")));
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
            Assert.Equal("TOO_MANY_NEW_INSTALLATIONS", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
            Assert.Equal(TimeSpan.FromMinutes(40), refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
            Assert.EndsWith("Try again in 40 minutes.", refusal.Status.Detail, StringComparison.Ordinal);
        }

        using var response = await caller.PostAsync("https://new-4.example");
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(40), response.Headers.RetryAfter!.Delta);
        Assert.Equal(
            "Too many new installations report from this address. Try again in 40 minutes.",
            JsonDocument.Parse(body).RootElement.GetProperty("error").GetString());
        Assert.True(body.Length < 200);
        Assert.Equal(3, server.Store.InstanceCount);
    }

    [Fact]
    public async Task Of_many_reports_in_one_request_each_counts_and_each_is_judged_alone()
    {
        await using var server = await TestServer.StartAsync(settings: Three);
        using var caller = new CallerAt(server);
        await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://known.example"));
        server.Time.Advance(TimeSpan.FromMinutes(30));
        var reports = new[] { "new-1", "new-2", "new-3", "new-1", "new-4" }
            .Select(name => SampleReports.Of($"https://{name}.example")).ToList();
        reports.Add(new Wire.Report(reports[0]));

        var results = (await caller.Reporting.SubmitReportsAsync(new Wire.SubmitReportsRequest { Reports = { reports } })).Results;

        Assert.Equal(
            ["", "", "TOO_MANY_NEW_INSTALLATIONS", "REPORTED_RECENTLY", "TOO_MANY_NEW_INSTALLATIONS", ""],
            results.Select(result => result.Status?.GetDetail<ErrorInfo>()!.Reason ?? ""));
        Assert.Equal((int)StatusCode.ResourceExhausted, results[2].Status.Code);
        Assert.Equal(TimeSpan.FromMinutes(30), results[2].Status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Equal(results[0].Receipt, results[5].Receipt);
    }

    [Fact]
    public async Task A_known_installation_is_never_refused_and_neither_is_another_caller()
    {
        await using var server = await TestServer.StartAsync(settings: [Three, "Ingestion:MinimumInterval=00:00:00"]);
        using var caller = new CallerAt(server);
        using var neighbor = new CallerAt(server, "127.0.0.2");
        for (var i = 0; i < 3; i++)
        {
            await caller.Reporting.SubmitReportAsync(SampleReports.Request($"https://new-{i}.example"));
        }

        await Assert.ThrowsAsync<RpcException>(async () =>
            await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://too-much.example")));

        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request($"https://new-{i}.example"))).Receipt);
            Assert.NotNull((await neighbor.Reporting.SubmitReportAsync(SampleReports.Request($"https://near-{i}.example"))).Receipt);
        }

        // Whoever made an installation known: it is known.
        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://near-1.example"))).Receipt);
    }

    [Fact]
    public async Task An_hour_after_the_first_the_refused_ones_are_welcome()
    {
        await using var server = await TestServer.StartAsync(settings: Three);
        using var caller = new CallerAt(server);
        for (var i = 0; i < 3; i++)
        {
            await caller.Reporting.SubmitReportAsync(SampleReports.Request($"https://new-{i}.example"));
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://new-4.example")));
        server.Time.Advance(refusal.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());

        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://new-4.example"))).Receipt);
    }

    [Fact]
    public async Task A_report_that_breaks_rules_uses_nothing_up()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:NewInstallationsPerHour=1");
        using var caller = new CallerAt(server);
        var broken = SampleReports.Request("https://broken.example");
        broken.Report.AppVersion = "not a version";
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await caller.Reporting.SubmitReportAsync(broken));
        Assert.Equal("REPORT_INVALID", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);

        Assert.NotNull((await caller.Reporting.SubmitReportAsync(SampleReports.Request("https://good.example"))).Receipt);
    }
}
