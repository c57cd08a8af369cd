using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseUsageTests : IDisposable
{
    private static readonly Dictionary<string, ulong> Rooms = new() { ["rooms"] = 12 };

    private readonly LicenseFixture _fixture = new();

    private FakeLicenseServer Server => _fixture.Server;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Usage_goes_out_with_what_the_options_say()
    {
        await using var client = _fixture.Open(_fixture.Options(previous: new string('A', 64)));

        var noted = Assert.IsType<LicenseUsageResult.Noted>(await client.ReportUsageAsync(Rooms));

        Assert.Equal("Fine.", noted.Message);
        var sent = Server.LastUsage!;
        Assert.Equal((FakeLicenseServer.Key, FakeLicenseServer.Instance), (sent.LicenseKey, sent.InstanceHash));
        Assert.Equal((new string('a', 64), "roomvox"), (sent.PreviousInstanceHash, sent.App));
        Assert.Equal(12ul, Assert.Single(sent.Usage).Value);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_servers_words_and_leaves_the_status_alone()
    {
        await using var client = await _fixture.OpenLicensedAsync();
        Server.Refusal = Wire.LicenseVerdict.Expired;

        var refused = Assert.IsType<LicenseUsageResult.Refused>(await client.ReportUsageAsync(Rooms));

        Assert.Equal(
            (Wire.LicenseVerdict.Expired, "The server says no.", "Ask the vendor."),
            (refused.Verdict, refused.Message, refused.NextStep));
        Assert.True(client.Current.Licensed);
    }

    [Fact]
    public async Task Counts_out_of_form_are_told_from_a_server_that_does_not_answer()
    {
        await using var client = _fixture.Open();
        Server.Trouble = new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, "usage must be counts."));
        var invalid = Assert.IsType<LicenseUsageResult.Invalid>(await client.ReportUsageAsync(Rooms));
        Server.Trouble = Retry("Try again later.", TimeSpan.FromMinutes(5));
        var busy = Assert.IsType<LicenseUsageResult.Unanswered>(await client.ReportUsageAsync(Rooms));
        (Server.Trouble, Server.Blocked) = (null, true);
        var blocked = Assert.IsType<LicenseUsageResult.Unanswered>(await client.ReportUsageAsync(Rooms));

        Assert.Equal("The server could not answer: usage must be counts.", invalid.Message);
        Assert.Equal(
            ("The server could not answer: Try again later.", TimeSpan.FromMinutes(5)), (busy.Message, busy.RetryAfter));
        Assert.Equal(
            ("The server cannot be reached: No route to host.", TimeSpan.Zero), (blocked.Message, blocked.RetryAfter));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_timeout_and_a_caller_can_cancel()
    {
        await using var client = _fixture.Open();
        Server.Silent = true;
        var patient = client.ReportUsageAsync(Rooms);
        _fixture.Advance(TimeSpan.FromSeconds(15));
        var unanswered = Assert.IsType<LicenseUsageResult.Unanswered>(await Patience.For(patient, "it gives up"));
        using var cancellation = new CancellationTokenSource();
        var canceled = client.ReportUsageAsync(Rooms, cancellation.Token);
        await cancellation.CancelAsync();

        Assert.Equal("The server did not answer within 15 seconds.", unanswered.Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.For(canceled, "it is canceled"));
    }

    [Fact]
    public async Task A_disposed_client_says_so()
    {
        var client = _fixture.Open();
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ReportUsageAsync(Rooms));
    }

    private static RpcException Retry(string message, TimeSpan delay) => new Google.Rpc.Status
    {
        Code = (int)StatusCode.ResourceExhausted,
        Message = message,
        Details = { Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }) },
    }.ToRpcException();
}
