using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Testing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The server is killed while people change things and read: a change and its entry are there together, and no read got out without one.</summary>
public sealed class AuditKillTests : IDisposable
{
    private const int Kills = 12;
    private const int Callers = 4;
    private const int MostPerRun = 60;

    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-audit-").FullName;
    private readonly ConcurrentBag<string> _made = [];
    private readonly ConcurrentBag<string> _revoked = [];
    private readonly ConcurrentBag<string> _read = [];
    private readonly Random _random = new(20_261_127);
    private string? _token;
    private int _next;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Over_many_kills_every_change_has_its_entry_every_entry_its_change_and_every_read_one()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(_data);
            _token ??= server.AdminToken;
            using var channel = GrpcChannel.ForAddress(server.Grpc);
            if (kill == 0)
            {
                await new Wire.ReportingService.ReportingServiceClient(channel).SubmitReportAsync(SampleReports.Request("https://cloud.example.org"));
            }

            await RunUntilKilledAsync(server, channel, _random.Next(1, MostPerRun));
        }

        using var last = await ServerProcess.StartAsync(_data);
        using var end = GrpcChannel.ForAddress(last.Grpc);
        var tokens = (await new Wire.AccessService.AccessServiceClient(end).ListTokensAsync(new() { PageSize = 1_000 }, Owner())).Tokens;
        var (records, findings) = await LogAsync(end);

        Assert.True(_made.Count > Kills && !_revoked.IsEmpty && !_read.IsEmpty, "The load acknowledged too little to prove anything.");
        Assert.Empty(findings);
        var made = SubjectsOf(records, "AccessService.CreateToken");
        Assert.Equal(made.Distinct(), made);
        Assert.Equal(tokens.Select(token => token.TokenId).Order().Where(id => id != tokens[^1].TokenId), made.Order());
        Assert.Empty(_made.Except(made));
        var revoked = SubjectsOf(records, "AccessService.RevokeToken");
        Assert.Equal(tokens.Where(token => token.State == Wire.TokenState.Revoked).Select(token => token.TokenId).Order(), revoked.Order());
        Assert.Empty(_revoked.Except(revoked));
        Assert.Empty(_read.Except(records.Where(record => record.Action == "AdminService.GetReport").Select(record => record.Actor.TokenId)));
    }

    private async Task RunUntilKilledAsync(ServerProcess server, GrpcChannel channel, int acknowledgements)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = acknowledgements;
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => WorkAsync(channel, () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                enough.SetResult();
            }
        }))).ToArray();
        await enough.Task.WaitAsync(Patience.Limit);
        server.Kill();
        await Task.WhenAll(callers).WaitAsync(Patience.Limit);
    }

    /// <summary>Makes a token, reads with it, and revokes it.</summary>
    private async Task WorkAsync(GrpcChannel channel, Action acknowledged)
    {
        var access = new Wire.AccessService.AccessServiceClient(channel);
        try
        {
            while (true)
            {
                var made = await access.CreateTokenAsync(new() { Name = $"token {Interlocked.Increment(ref _next)}", Scopes = { Wire.Scope.Read } }, Owner());
                _made.Add(made.Token.TokenId);
                acknowledged();
                await new Wire.AdminService.AdminServiceClient(channel).GetReportAsync(new() { Number = 1 }, Bearer(made.Secret));
                _read.Add(made.Token.TokenId);
                acknowledged();
                await access.RevokeTokenAsync(new() { TokenId = made.Token.TokenId }, Owner());
                _revoked.Add(made.Token.TokenId);
                acknowledged();
            }
        }
        catch (RpcException)
        {
            // The server is dead; what was not acknowledged may be there, whole, or not.
        }
    }

    private async Task<(IReadOnlyList<Wire.AuditRecord> Records, IReadOnlyList<string> Findings)> LogAsync(GrpcChannel channel)
    {
        var (chain, records) = (new Wire.AuditChain(), new List<Wire.AuditRecord>());
        using var call = new Wire.AuditService.AuditServiceClient(channel).ExportAuditEntries(new(), Owner());
        await foreach (var page in call.ResponseStream.ReadAllAsync())
        {
            foreach (var entry in page.Entries)
            {
                chain.Take(entry);
                records.Add(entry.Record);
            }
        }

        return (records, chain.Findings());
    }

    private static List<string> SubjectsOf(IEnumerable<Wire.AuditRecord> records, string action) =>
        [.. records.Where(record => record.Action == action && record.Code == 0).Select(record => record.Subjects.Single().Id)];

    private Metadata Owner() => Bearer(_token!);

    private static Metadata Bearer(string secret) => new() { { "authorization", "Bearer " + secret } };
}
