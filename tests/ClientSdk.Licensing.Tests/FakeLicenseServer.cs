using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>A license server in place of a connection: it answers from these properties, by a clock of its own.</summary>
internal sealed class FakeLicenseServer : CallInvoker
{
    public const string LicenseId = "00f1e2d3c4b5a697";
    public const string Instance = "dde6068c160e46f4681d3a8173133e13be9a5a9a7817c222cfe3c1cf9631a3be";
    public const string Key = "RVOX-AAAA-BBBB-7K2M";

    /// <summary>Base64url of the first 16 bytes of SHA-256 over "telemetry license key\nRVOXAAAABBBB7K2M", computed elsewhere.</summary>
    public const string KeyThumbprint = "uZCDd3PqVH-JRPT5M4_4Ug";

    public FakeLicenseServer(DateTimeOffset now) => Now = now;

    public TokenSigner Root { get; } = new();

    public TokenSigner Signer { get; set; } = new();

    /// <summary>The server's clock; true time.</summary>
    public DateTimeOffset Now { get; set; }

    public bool Blocked { get; set; }

    public bool ChecksFail { get; set; }

    /// <summary>What every call fails with.</summary>
    public RpcException? Trouble { get; set; }

    /// <summary>Takes questions and never answers.</summary>
    public bool Silent { get; set; }

    public Wire.LicenseVerdict? Refusal { get; set; }

    /// <summary>Says no as anybody can who answers in the server's place.</summary>
    public bool RefusesUnsigned { get; set; }

    /// <summary>What every call throws before it has begun, as no server does.</summary>
    public Exception? Failure { get; set; }

    public TimeSpan ProofLifetime { get; set; } = TimeSpan.FromDays(14);

    public DateTimeOffset? LicenseExpiresAt { get; set; }

    /// <summary>Beyond the license's expiry.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromDays(7);

    public List<ulong> Revoked { get; } = [];

    public DateTimeOffset? ListIssuedAt { get; set; }

    public DateTimeOffset? KeysIssuedAt { get; set; }

    /// <summary>Changes a license token's claims before they are signed.</summary>
    public Action<JsonObject>? Claims { get; set; }

    /// <summary>Changes answers on their way.</summary>
    public Func<string, string>? Token { get; set; }

    public Func<string, string>? Keys { get; set; }

    public Func<string, string>? List { get; set; }

    public int Checks { get; private set; }

    public int Calls { get; private set; }

    public Wire.CheckLicenseRequest? LastRequest { get; private set; }

    public Wire.ReportLicenseUsageRequest? LastUsage { get; private set; }

    /// <summary>Whether the installation has a seat: a check takes one, a release gives it up.</summary>
    public bool HasPlace { get; private set; }

    /// <summary>Completes before a release is answered.</summary>
    public Task ReleaseMayEnd { get; set; } = Task.CompletedTask;

    public JsonObject ProofClaims(string nonce)
    {
        var ends = Now + ProofLifetime;
        var claims = new JsonObject
        {
            ["iss"] = "telemetry",
            ["iat"] = Now.ToUnixTimeSeconds(),
            ["refresh_after"] = (Now + TimeSpan.FromDays(1)).ToUnixTimeSeconds(),
            ["nonce"] = nonce,
            ["instance"] = Instance,
            ["app"] = "roomvox",
            ["key"] = KeyThumbprint,
            ["license"] = LicenseId,
            ["verdict"] = LicenseExpiresAt <= Now ? "valid_in_grace" : "valid",
            ["edition"] = "enterprise",
            ["limits"] = new JsonObject { ["rooms"] = 50 },
        };
        if (LicenseExpiresAt is { } expires)
        {
            claims["expires_at"] = expires.ToUnixTimeSeconds();
            ends = ends < expires + Grace ? ends : expires + Grace;
        }

        claims["exp"] = ends.ToUnixTimeSeconds();
        return claims;
    }

    public string SignedRefusal(Wire.LicenseVerdict verdict, string nonce)
    {
        var claims = new JsonObject
        {
            ["iss"] = "telemetry",
            ["iat"] = Now.ToUnixTimeSeconds(),
            ["exp"] = (Now + TimeSpan.FromDays(30)).ToUnixTimeSeconds(),
            ["nonce"] = nonce,
            ["instance"] = Instance,
            ["app"] = "roomvox",
            ["key"] = KeyThumbprint,
            ["verdict"] = (int)verdict,
            ["message"] = "The server says no.",
            ["next_step"] = "Ask the vendor.",
        };
        Claims?.Invoke(claims);
        return Signer.Sign("telemetry-refusal+jwt", claims);
    }

    public string SignedKeys() => Root.Sign("telemetry-keys+jwt", new JsonObject
    {
        ["iss"] = "telemetry",
        ["iat"] = (KeysIssuedAt ?? Now).ToUnixTimeSeconds(),
        ["exp"] = ((KeysIssuedAt ?? Now) + TimeSpan.FromDays(90)).ToUnixTimeSeconds(),
        ["keys"] = new JsonArray(Signer.Jwk()),
    });

    public string SignedList()
    {
        var bytes = new byte[Revoked.Count * 8];
        foreach (var (i, id) in Revoked.Order().Index())
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * 8), id);
        }

        return Signer.Sign("telemetry-revocations+jwt", new JsonObject
        {
            ["iss"] = "telemetry",
            ["iat"] = (ListIssuedAt ?? Now).ToUnixTimeSeconds(),
            ["exp"] = ((ListIssuedAt ?? Now) + TimeSpan.FromDays(30)).ToUnixTimeSeconds(),
            ["revoked"] = Base64Url.EncodeToString(bytes),
        });
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Calls++;
        if (Failure is not null)
        {
            throw Failure;
        }

        var answer = Silent || options.CancellationToken.IsCancellationRequested
            ? NeverAsync<TResponse>(options.CancellationToken)
            : Trouble is not null
                ? Task.FromException<TResponse>(Trouble)
            : Blocked || (ChecksFail && request is Wire.CheckLicenseRequest)
                ? Task.FromException<TResponse>(new RpcException(new Status(StatusCode.Unavailable, "No route to host.")))
                : AnswerAsync<TResponse>(request);
        return new AsyncUnaryCall<TResponse>(
            answer, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    private static Task<TResponse> NeverAsync<TResponse>(CancellationToken cancellation)
    {
        var never = new TaskCompletionSource<TResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellation.Register(() =>
            never.SetException(new RpcException(new Status(StatusCode.Cancelled, "Call canceled by the client."))));
        return never.Task;
    }

    private async Task<TResponse> AnswerAsync<TResponse>(object request)
    {
        if (request is Wire.ReleaseInstanceRequest)
        {
            await ReleaseMayEnd;
        }

        return (TResponse)Answer(request);
    }

    private IMessage Answer(object request) => request switch
    {
        Wire.CheckLicenseRequest check => Answer(check),
        Wire.ReportLicenseUsageRequest usage => Answer(usage),
        Wire.ReleaseInstanceRequest release => Answer(release),
        Wire.GetSigningKeysRequest => new Wire.GetSigningKeysResponse { SignedKeys = Keys?.Invoke(SignedKeys()) ?? SignedKeys() },
        Wire.GetRevocationListRequest => new Wire.GetRevocationListResponse { List = List?.Invoke(SignedList()) ?? SignedList() },
        _ => throw new NotSupportedException(),
    };

    private Wire.CheckLicenseResponse Answer(Wire.CheckLicenseRequest request)
    {
        Checks++;
        LastRequest = request;
        if (Refusal is { } verdict)
        {
            var refusal = SignedRefusal(verdict, Base64Url.EncodeToString(request.Nonce.Span));
            return new Wire.CheckLicenseResponse
            {
                Decision = new() { Verdict = verdict, Message = "The server says no.", NextStep = "Ask the vendor." },
                Token = RefusesUnsigned ? "" : Token?.Invoke(refusal) ?? refusal,
            };
        }

        HasPlace = true;
        var claims = ProofClaims(Base64Url.EncodeToString(request.Nonce.Span));
        Claims?.Invoke(claims);
        var token = Signer.Sign("telemetry-license+jwt", claims);
        return new Wire.CheckLicenseResponse
        {
            Decision = new() { Verdict = Wire.LicenseVerdict.Valid, Licensed = true },
            Token = Token?.Invoke(token) ?? token,
        };
    }

    private Wire.ReportLicenseUsageResponse Answer(Wire.ReportLicenseUsageRequest request)
    {
        LastUsage = request;
        return Refusal is { } verdict
            ? new() { Decision = new() { Verdict = verdict, Message = "The server says no.", NextStep = "Ask the vendor." } }
            : new() { Decision = new() { Verdict = Wire.LicenseVerdict.Valid, Licensed = true, Message = "Fine." } };
    }

    private Wire.ReleaseInstanceResponse Answer(Wire.ReleaseInstanceRequest request)
    {
        var released = HasPlace && request is { InstanceHash: Instance, LicenseKey: Key };
        HasPlace = HasPlace && !released;
        return new() { Released = released };
    }
}
