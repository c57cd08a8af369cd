using Google.Protobuf;
using Grpc.Core;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>Asks the server. What a network or a server can do comes back as a failure, never as an exception.</summary>
internal sealed class LicenseServer(CallInvoker invoker, LicenseClientOptions options)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromDays(1);

    private readonly LicenseService.LicenseServiceClient _client = new(invoker);

    public Task<(CheckLicenseResponse? Answer, LicenseCheckFailure? Failure)> CheckAsync(
        byte[] nonce, CancellationToken deadline, CancellationToken cancellationToken) =>
        AskAsync(
            () => _client.CheckLicenseAsync(
                new CheckLicenseRequest
                {
                    LicenseKey = options.Key,
                    InstanceHash = options.InstanceHash.ToLowerInvariant(),
                    PreviousInstanceHash = options.PreviousInstanceHash?.ToLowerInvariant() ?? "",
                    App = options.App,
                    Nonce = ByteString.CopyFrom(nonce),
                },
                cancellationToken: deadline),
            deadline, cancellationToken);

    public Task<(GetSigningKeysResponse? Answer, LicenseCheckFailure? Failure)> KeysAsync(
        CancellationToken deadline, CancellationToken cancellationToken) =>
        AskAsync(
            () => _client.GetSigningKeysAsync(new GetSigningKeysRequest(), cancellationToken: deadline),
            deadline, cancellationToken);

    public Task<(GetRevocationListResponse? Answer, LicenseCheckFailure? Failure)> RevocationsAsync(
        CancellationToken deadline, CancellationToken cancellationToken) =>
        AskAsync(
            () => _client.GetRevocationListAsync(new GetRevocationListRequest(), cancellationToken: deadline),
            deadline, cancellationToken);

    public Task<(ReportLicenseUsageResponse? Answer, LicenseCheckFailure? Failure)> ReportUsageAsync(
        IReadOnlyDictionary<string, ulong> usage, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var request = new ReportLicenseUsageRequest
        {
            LicenseKey = options.Key,
            InstanceHash = options.InstanceHash.ToLowerInvariant(),
            PreviousInstanceHash = options.PreviousInstanceHash?.ToLowerInvariant() ?? "",
            App = options.App,
        };
        foreach (var (name, count) in usage)
        {
            request.Usage.Add(name, count);
        }

        return AskAsync(
            () => _client.ReportLicenseUsageAsync(request, cancellationToken: deadline), deadline, cancellationToken);
    }

    public Task<(ReleaseInstanceResponse? Answer, LicenseCheckFailure? Failure)> ReleaseAsync(
        CancellationToken deadline, CancellationToken cancellationToken) =>
        AskAsync(
            () => _client.ReleaseInstanceAsync(
                new ReleaseInstanceRequest
                {
                    LicenseKey = options.Key,
                    InstanceHash = options.InstanceHash.ToLowerInvariant(),
                },
                cancellationToken: deadline),
            deadline, cancellationToken);

    private async Task<(T? Answer, LicenseCheckFailure? Failure)> AskAsync<T>(
        Func<AsyncUnaryCall<T>> ask, CancellationToken deadline, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var call = ask();
            // The library ends a canceled call as well; the timeout must hold even where it does not.
            return (await call.ResponseAsync.WaitAsync(deadline).ConfigureAwait(false), null);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, e switch
            {
                RpcException refused => Explain(refused),
                OperationCanceledException => TimedOut(),
                // Answers that the library did not foresee either.
                _ => new LicenseCheckFailure(Rejected: false, $"the server's answer cannot be read ({e.GetType().Name})"),
            });
        }
    }

    private LicenseCheckFailure TimedOut() =>
        new(Rejected: false, $"the server did not answer within {options.Timeout.TotalSeconds:0.#} seconds");

    private LicenseCheckFailure Explain(RpcException e) => e.StatusCode switch
    {
        // Cancelled by us, and not by the caller: the time was up.
        StatusCode.Cancelled or StatusCode.DeadlineExceeded => TimedOut(),
        StatusCode.InvalidArgument => new LicenseCheckFailure(
            Rejected: false, "the server could not answer: " + ServerWords.Text(e.Status.Detail).TrimEnd('.'), OutOfForm: true),
        _ => new LicenseCheckFailure(
            Rejected: false,
            (e.StatusCode == StatusCode.Unavailable ? "the server cannot be reached: " : "the server could not answer: ")
            + ServerWords.Text(Innermost(e.Status.DebugException)?.Message ?? e.Status.Detail).TrimEnd('.'),
            RetryAfter(e)),
    };

    /// <summary>At most a day, so that no answer silences a client for good.</summary>
    private static TimeSpan RetryAfter(RpcException e)
    {
        var asked = ServerWords.Of(e).RetryAfter ?? TimeSpan.Zero;
        return asked < LongestRetry ? asked : LongestRetry;
    }

    /// <summary>It names the cause: the name, the refused connection, the certificate.</summary>
    private static Exception? Innermost(Exception? exception) =>
        exception?.InnerException is { } inner ? Innermost(inner) : exception;
}
