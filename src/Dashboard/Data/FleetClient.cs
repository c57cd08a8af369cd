using Google.Protobuf;
using Grpc.Core;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;

namespace Telemetry.Dashboard.Data;

/// <summary>The server's calls, with the token of who is signed in, and the latest answers to questions.</summary>
public sealed class FleetClient
{
    private const int KeptAnswers = 64;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Session _session;
    private readonly LinkedList<(string Key, object Answer)> _answers = [];

    public FleetClient(Session session, IFetching server)
    {
        _session = session;
        var calls = new GrpcWebInvoker(server);
        Access = new(calls);
        Admin = new(calls);
        Apps = new(calls);
        Audit = new(calls);
        Backups = new(calls);
        Feed = new(calls);
        Insights = new(calls);
        Licenses = new(calls);
        Privacy = new(calls);
        // Another person's answers are not this one's.
        session.Changed += _answers.Clear;
    }

    public AccessService.AccessServiceClient Access { get; }

    public AdminService.AdminServiceClient Admin { get; }

    public AppService.AppServiceClient Apps { get; }

    public AuditService.AuditServiceClient Audit { get; }

    public BackupService.BackupServiceClient Backups { get; }

    public FeedService.FeedServiceClient Feed { get; }

    public InsightsService.InsightsServiceClient Insights { get; }

    public LicenseAdminService.LicenseAdminServiceClient Licenses { get; }

    public PrivacyService.PrivacyServiceClient Privacy { get; }

    /// <summary>With the token, and for calls with one answer a deadline.</summary>
    public CallOptions Options(CancellationToken cancellationToken) => new(Headers(_session.Token), cancellationToken: cancellationToken);

    /// <summary>Whether the server takes a token, which is not the one that is signed in.</summary>
    public async Task CheckTokenAsync(string token, CancellationToken cancellationToken) =>
        await Access.WhoAmIAsync(new WhoAmIRequest(), new CallOptions(Headers(token), cancellationToken: cancellationToken));

    /// <exception cref="RpcException">It was not answered. A token that the server does not take ends the session.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> call, TRequest request, CancellationToken cancellationToken)
        where TRequest : IMessage
    {
        var token = _session.Token;
        try
        {
            using var running = call(request, Options(cancellationToken));
            return await running.ResponseAsync.WaitAsync(Longest, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, ""));
        }
        catch (RpcException e)
        {
            EndIfRefused(e, token);
            throw;
        }
    }

    /// <summary>The token of the call, by which it can be told from another that took its place meanwhile.</summary>
    public string? Token => _session.Token;

    /// <summary>A token that is not taken any more leads to the sign-in, whichever call finds it out.</summary>
    public void EndIfRefused(RpcException e, string? token)
    {
        if (e.StatusCode == StatusCode.Unauthenticated && token == _session.Token)
        {
            _session.SignOut(Failure.Of(e).Reason switch
            {
                "TOKEN_EXPIRED" => SignedOut.Expired,
                "TOKEN_REVOKED" => SignedOut.Revoked,
                "TOKEN_REPLACED" => SignedOut.Replaced,
                _ => SignedOut.Refused,
            });
        }
    }

    public object? Recall(string key) => _answers.FirstOrDefault(answer => answer.Key == key).Answer;

    /// <summary>All answers.</summary>
    public void Forget() => _answers.Clear();

    public void Remember(string key, object answer)
    {
        if (_answers.FirstOrDefault(kept => kept.Key == key) is { Key: not null } old)
        {
            _answers.Remove(old);
        }

        _answers.AddFirst((key, answer));
        if (_answers.Count > KeptAnswers)
        {
            _answers.RemoveLast();
        }
    }

    private static Metadata Headers(string? token) => new() { { "authorization", "Bearer " + token } };
}
