using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Licensing;

/// <summary>The gRPC edge for installations that have a license.</summary>
internal sealed class LicenseGrpcService(
    LicenseDesk desk, LicenseQuestions questions, LicenseTokens tokens, SigningKeyRing keys, CallFailures failures,
    TimeProvider time)
    : Wire.LicenseService.LicenseServiceBase
{
    private const int MinNonce = 16;
    private const int MaxNonce = 64;

    /// <summary>Guards itself: called far more often than the others, and a shared guard costs two objects more.</summary>
    public override async Task<Wire.CheckLicenseResponse> CheckLicense(
        Wire.CheckLicenseRequest request, ServerCallContext context)
    {
        try
        {
            if (!request.WithoutToken && request.Nonce.Length is < MinNonce or > MaxNonce)
            {
                throw RpcErrors.InvalidField(
                    "nonce", "must be 16 to 64 random bytes, drawn for this call; set without_token when no token is needed");
            }

            var question = Read(
                request.LicenseKey, request.InstanceHash, request.PreviousInstanceHash, request.App, context);
            var judgement = Answered(await desk.CheckAsync(question, context.CancellationToken).ConfigureAwait(false));
            return ResponseOf(request, judgement);
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    public override Task<Wire.ReportLicenseUsageResponse> ReportLicenseUsage(
        Wire.ReportLicenseUsageRequest request, ServerCallContext context) => GuardedAsync(context, async () =>
        {
            if (!LicenseRules.AreCounts(request.Usage))
            {
                throw RpcErrors.InvalidField("usage", LicenseRules.LimitsRule);
            }

            var question = Read(
                request.LicenseKey, request.InstanceHash, request.PreviousInstanceHash, request.App, context);
            var judgement = Answered(await desk
                .NoteUsageAsync(question, request.Usage.ToDictionary(StringComparer.Ordinal), context.CancellationToken)
                .ConfigureAwait(false));
            var response = new Wire.ReportLicenseUsageResponse { Decision = LicenseMapper.Decision(judgement) };
            if (judgement.Licensed)
            {
                response.Limits.Add(LicenseMapper.Limits(judgement.License!));
                response.Exceeded.Add(Exceeded(judgement.License!, request.Usage));
            }

            return response;
        });

    public override Task<Wire.ReleaseInstanceResponse> ReleaseInstance(
        Wire.ReleaseInstanceRequest request, ServerCallContext context) => GuardedAsync(context, async () =>
        {
            var question = Read(request.LicenseKey, request.InstanceHash, "", null, context);
            var released = await desk.ReleaseAsync(question, context.CancellationToken).ConfigureAwait(false);
            return new Wire.ReleaseInstanceResponse { Released = released ?? throw NotStored() };
        });

    public override Task<Wire.GetSigningKeysResponse> GetSigningKeys(
        Wire.GetSigningKeysRequest request, ServerCallContext context) => GuardedAsync(context, () =>
            Task.FromResult(new Wire.GetSigningKeysResponse
            {
                Keys = { keys.Published.Select(ToWire) },
                SignedKeys = tokens.KeySet(),
                Root = ToWire(keys.Root),
            }));

    public override Task<Wire.GetRevocationListResponse> GetRevocationList(
        Wire.GetRevocationListRequest request, ServerCallContext context) => GuardedAsync(context, () =>
        {
            var (list, count) = tokens.Revocations();
            return Task.FromResult(new Wire.GetRevocationListResponse { List = list, Count = (uint)count });
        });

    /// <summary>In place of the interceptor, which costs every check three tasks.</summary>
    private async Task<T> GuardedAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (CallFailures.IsFailure(e, context))
        {
            throw failures.Report(e, context);
        }
    }

    private Wire.CheckLicenseResponse ResponseOf(Wire.CheckLicenseRequest request, LicenseJudgement judgement)
    {
        var response = new Wire.CheckLicenseResponse { Decision = LicenseMapper.Decision(judgement) };
        if (judgement is not { Licensed: true, License: { } license })
        {
            if (!request.WithoutToken)
            {
                response.Token = tokens.ForRefusal(judgement, SubjectOf(request));
            }

            return response;
        }

        response.Edition = license.Edition;
        foreach (var (name, limit) in license.Limits)
        {
            response.Limits.Add(name, limit);
        }

        response.ExpiresAt = LicenseMapper.ToWire(license.ExpiresAt);
        if (!request.WithoutToken)
        {
            response.Token = tokens.ForLicense(judgement, SubjectOf(request));
        }

        return response;
    }

    private static TokenSubject SubjectOf(Wire.CheckLicenseRequest request) => new(
        LicenseKey.Canonical(request.LicenseKey), request.InstanceHash, request.App, request.Nonce.Span);

    private LicenseQuestion Read(
        string key, string hash, string previousHash, string? app, ServerCallContext context)
    {
        var question = questions.Read(
            key, hash, previousHash, app, context.GetHttpContext().Connection.RemoteIpAddress, out var violations);
        return question ?? throw RpcErrors.Invalid(
            ErrorReasons.RequestInvalid, string.Join(' ', violations.Select(broken => $"{broken.Field} {broken.Rule}.")),
            violations);
    }

    private LicenseJudgement Answered(LicenseOutcome outcome) => outcome switch
    {
        LicenseOutcome.Answered answered => answered.Judgement,
        LicenseOutcome.Throttled throttled => throw RpcErrors.TooManyWrongKeys(
            LicenseSentences.Throttled(throttled.RetryAfter, time.GetUtcNow()), throttled.RetryAfter),
        LicenseOutcome.Unavailable => throw NotStored(),
        _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
    };

    private static RpcException NotStored() => RpcErrors.StoreUnavailable(
        "The server cannot store anything right now. Try again in a minute.", LicenseDesk.UnavailableRetry).ToRpcException();

    private static IEnumerable<string> Exceeded(License license, IEnumerable<KeyValuePair<string, ulong>> usage) => usage
        .Where(count => license.Limits.TryGetValue(count.Key, out var limit) && count.Value > limit)
        .Select(count => count.Key)
        .Order(StringComparer.Ordinal);

    private static Wire.SigningKey ToWire(SigningKey key) => new()
    {
        KeyId = key.Id,
        PublicKeyPem = key.PublicPem,
        CreatedAt = LicenseMapper.ToWire(key.CreatedAt),
    };
}
