using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Admin;

public sealed class AdminServiceTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private Wire.AdminService.AdminServiceClient Admin => new(_server.Native);

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        var reporting = new Wire.ReportingService.ReportingServiceClient(_server.Native);
        for (var day = 0; day < 3; day++)
        {
            for (var i = 1; i <= 5; i++)
            {
                await reporting.SubmitReportAsync(SampleReports.Request($"https://admin-{i}.example"));
            }

            _server.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Installations_are_paged_in_the_order_of_first_reports()
    {
        var ids = new List<string>();
        var request = new Wire.ListInstancesRequest { PageSize = 2 };
        do
        {
            var page = await Admin.ListInstancesAsync(request, _server.Authorized);
            Assert.Equal(5ul, page.TotalSize);
            ids.AddRange(page.Instances.Select(instance => instance.InstanceId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(5, ids.Distinct().Count());
        var first = await Admin.GetInstanceAsync(new() { InstanceUrl = "https://admin-1.example/" }, _server.Authorized);
        Assert.Equal(ids[0], first.Instance.InstanceId);
    }

    [Fact]
    public async Task An_installation_shows_its_history_newest_first_page_by_page()
    {
        var request = new Wire.GetInstanceRequest
        {
            InstanceHash = SampleReports.HashOf("https://admin-2.example"),
            HistoryPageSize = 2,
        };
        var first = await Admin.GetInstanceAsync(request, _server.Authorized);
        request.HistoryPageToken = first.NextHistoryPageToken;
        var second = await Admin.GetInstanceAsync(request, _server.Authorized);

        Assert.Equal(3ul, first.Instance.ReportCount);
        Assert.Equal([12ul, 7ul], first.History.Select(report => report.Number));
        Assert.Equal([2ul], second.History.Select(report => report.Number));
        Assert.Empty(second.NextHistoryPageToken);
    }

    [Fact]
    public async Task A_report_is_found_by_its_number_and_the_server_tells_about_itself()
    {
        var report = (await Admin.GetReportAsync(new() { Number = 7 }, _server.Authorized)).Report;
        var info = await Admin.GetServerInfoAsync(new(), _server.Authorized);

        Assert.Equal(7ul, report.Number);
        Assert.Equal(15ul, info.Current.Number);
        Assert.Equal(5ul, info.Instances);
        Assert.Equal("LiteDB", info.Store);
        Assert.True(info.StoreBytes > 0);
    }

    [Fact]
    public async Task What_does_not_exist_or_makes_no_sense_is_refused()
    {
        await Refused(StatusCode.NotFound, () => Admin.GetReportAsync(new() { Number = 99 }, _server.Authorized));
        await Refused(StatusCode.NotFound, () => Admin.GetReportAsync(new() { Number = ulong.MaxValue }, _server.Authorized));
        await Refused(StatusCode.InvalidArgument, () => Admin.GetReportAsync(new(), _server.Authorized));
        await Refused(StatusCode.NotFound, () => Admin.GetInstanceAsync(new() { InstanceUrl = "https://x.example" }, _server.Authorized));
        await Refused(StatusCode.InvalidArgument, () => Admin.GetInstanceAsync(new(), _server.Authorized));
        await Refused(StatusCode.InvalidArgument, () => Admin.GetInstanceAsync(new() { InstanceId = "x" }, _server.Authorized));
        await Refused(StatusCode.InvalidArgument, () => Admin.GetInstanceAsync(new() { InstanceHash = "X" }, _server.Authorized));
        foreach (var token in new[] { "-1", "AAAA", "\u00e4", new string('A', 22) })
        {
            await Refused(StatusCode.InvalidArgument, () => Admin.ListInstancesAsync(new() { PageToken = token }, _server.Authorized));
        }
    }

    private static async Task Refused<T>(StatusCode expected, Func<AsyncUnaryCall<T>> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal(expected, refusal.StatusCode);
        Assert.NotNull(refusal.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>());
    }
}
