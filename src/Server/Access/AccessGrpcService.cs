using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Access;

/// <summary>The gRPC edge for owners.</summary>
internal sealed partial class AccessGrpcService(TokenBook book, TokenClerk clerk, AppRegistry apps, TimeProvider time)
    : Wire.AccessService.AccessServiceBase
{
    /// <summary>Days can be added to every moment before it.</summary>
    private static readonly DateTimeOffset Latest = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int DefaultPage = 100;

    private static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);
    private static readonly TimeSpan StoreRetry = TimeSpan.FromMinutes(1);

    public override Task<Wire.WhoAmIResponse> WhoAmI(Wire.WhoAmIRequest request, ServerCallContext context) =>
        Task.FromResult(AccessMapper.ToWire(context.Grant()));

    public override async Task<Wire.CreateTokenResponse> CreateToken(Wire.CreateTokenRequest request, ServerCallContext context)
    {
        var order = Read(request);
        var secret = TokenSecret.Make();
        var token = TokenOf(await StoredAsync(clerk.CreateAsync(order, secret, context.Audit())).ConfigureAwait(false));
        return new Wire.CreateTokenResponse { Token = ToWire(token), Secret = secret };
    }

    public override Task<Wire.ListTokensResponse> ListTokens(Wire.ListTokensRequest request, ServerCallContext context)
    {
        var question = new Wire.ListTokensRequest();
        var size = Paging.Size(request.PageSize, DefaultPage, TokenClerk.MaxTokens);
        var all = book.All.OrderByDescending(PlaceOf, StringComparer.Ordinal).ToList();
        var last = PageToken.Read("page_token", request.PageToken, question);
        var page = all.Where(token => last is null || string.CompareOrdinal(PlaceOf(token), last) < 0).Take(size + 1).ToList();
        return Task.FromResult(new Wire.ListTokensResponse
        {
            Tokens = { page.Take(size).Select(ToWire) },
            NextPageToken = page.Count > size ? PageToken.Of(question, PlaceOf(page[size - 1])) : "",
            TotalSize = (ulong)all.Count,
        });
    }

    public override async Task<Wire.RotateTokenResponse> RotateToken(Wire.RotateTokenRequest request, ServerCallContext context)
    {
        var (id, overlap, end) = (IdOf(request.TokenId), OverlapOf(request.Overlap), EndOf(request.ExpiresAt));
        var secret = TokenSecret.Make();
        var token = TokenOf(await StoredAsync(clerk.RotateAsync(id, secret, overlap, end, context.Audit())).ConfigureAwait(false));
        return new Wire.RotateTokenResponse { Token = ToWire(token), Secret = secret };
    }

    public override async Task<Wire.RevokeTokenResponse> RevokeToken(Wire.RevokeTokenRequest request, ServerCallContext context) => new()
    {
        Token = ToWire(TokenOf(await StoredAsync(clerk.RevokeAsync(IdOf(request.TokenId), context.Audit())).ConfigureAwait(false))),
    };

    private TokenOrder Read(Wire.CreateTokenRequest request)
    {
        if (!NameForm().IsMatch(request.Name))
        {
            throw RpcErrors.InvalidField("name", "must have 1 to 64 letters, digits, spaces and the characters . _ : / @ -, beginning with a letter or digit");
        }

        var scopes = request.Scopes.Aggregate(Scopes.None, (all, scope) => AccessMapper.ToModel(scope) is var known && known != Scopes.None
            ? all | known
            : throw RpcErrors.InvalidField("scopes", "must hold scopes that this server knows: " + ScopeNames.Known));
        if (scopes == Scopes.None)
        {
            throw RpcErrors.InvalidField("scopes", "must hold at least one of " + ScopeNames.Known);
        }

        var limit = Paging.Set("apps", request.Apps, slug => apps.Find(slug)?.App, apps.Rule);
        return limit is not null && scopes.HasFlag(Scopes.Owner)
            ? throw RpcErrors.InvalidField("apps", "must be empty with scope owner: an owner can make tokens for every app")
            : new TokenOrder(request.Name, scopes, [.. limit?.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()], EndOf(request.ExpiresAt));
    }

    private DateTimeOffset? EndOf(Timestamp? end)
    {
        if (end is null)
        {
            return null;
        }

        var moment = WireMoments.CeilingMs("expires_at", end);
        return moment > time.GetUtcNow().ToUnixTimeMilliseconds() && moment < Latest.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(moment)
            : throw RpcErrors.InvalidField("expires_at", "must lie in the future and before the year 3000; leave it out for a token that does not end");
    }

    private static TimeSpan OverlapOf(Duration? overlap) =>
        overlap is null ? DefaultOverlap
        : overlap.Seconds >= 0 && overlap.Nanos >= 0 && overlap.Seconds + (overlap.Nanos > 0 ? 1 : 0) <= (long)MaxOverlap.TotalSeconds ? overlap.ToTimeSpan()
        : throw RpcErrors.InvalidField("overlap", "must be 0 to 30 days");

    private static TokenId IdOf(string text) =>
        TokenId.Parse(text) ?? throw RpcErrors.InvalidField("token_id", "must be 16 hexadecimal digits, as ListTokens shows them");

    private static AccessToken TokenOf((TokenOutcome Outcome, AccessToken? Token) change) => change.Outcome switch
    {
        TokenOutcome.Done => change.Token!,
        TokenOutcome.NameTaken => throw RpcErrors.AlreadyExists("A token has this name already. Choose another one, or rotate that token."),
        TokenOutcome.Revoked => throw RpcErrors.FailedPrecondition("A revoked token never counts again; make another one."),
        TokenOutcome.LastOwner => throw RpcErrors.FailedPrecondition(
            "This is the last token with scope owner, without which nobody could make another. Make one first."),
        TokenOutcome.TooMany => throw RpcErrors.FailedPrecondition(
            $"There are {TokenClerk.MaxTokens} tokens already. Those that were revoked or expired are forgotten after 90 days."),
        _ => throw RpcErrors.NotFound("There is no such token."),
    };

    private static async Task<T> StoredAsync<T>(Task<T> change)
    {
        try
        {
            return await change.ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            throw RpcErrors.StoreUnavailable("The change cannot be stored right now. Try again in a minute.", StoreRetry).ToRpcException();
        }
    }

    private static string PlaceOf(AccessToken token) =>
        string.Create(CultureInfo.InvariantCulture, $"{token.CreatedAt.ToUnixTimeMilliseconds():D15} {token.Id}");

    private Wire.Token ToWire(AccessToken token) => AccessMapper.ToWire(token, time.GetUtcNow());

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9 ._:/@\-]{0,63}\z")]
    private static partial Regex NameForm();
}
