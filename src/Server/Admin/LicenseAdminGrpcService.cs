using Grpc.Core;
using Microsoft.Extensions.Options;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge for those who sell licenses.</summary>
internal sealed partial class LicenseAdminGrpcService(
    LicenseBook book, LicenseClerk clerk, IssueCalls calls, SigningKeyRing keys, ITelemetryStore store,
    Pseudonyms pseudonyms, AppRegistry apps, IOptions<LicensingOptions> options)
    : Wire.LicenseAdminService.LicenseAdminServiceBase
{
    private const int MinExistingKey = 16;

    public override async Task<Wire.IssueLicenseResponse> IssueLicense(
        Wire.IssueLicenseRequest request, ServerCallContext context)
    {
        var order = LicenseOrderMapper.Read(request, apps);
        var existing = request.ExistingKey;
        if (existing.Length > LicenseKey.MaxLength
            || (existing.Length > 0 && LicenseKey.Canonical(existing).Length < MinExistingKey))
        {
            throw RpcErrors.InvalidField("existing_key", "must have 16 to 256 characters");
        }

        var prefix = PrefixOf(request);
        var key = existing.Length > 0 ? existing : calls.KeyFor(request.RequestId, prefix);
        var call = calls.Of(request.RequestId, order, prefix, existing);
        return await StoredAsync(clerk.IssueAsync(order, key, call, context.CancellationToken, context.Audit())).ConfigureAwait(false) switch
        {
            IssueOutcome.Issued issued => new Wire.IssueLicenseResponse
            {
                License = ToWire(issued.Entry),
                LicenseKey = existing.Length > 0 ? "" : key,
            },
            IssueOutcome.RequestIdUsed => throw RpcErrors.InvalidField(
                "request_id", "issued another license before; draw a new id for each license"),
            _ => throw RpcErrors.AlreadyExists("A license has this key already; get it by its key."),
        };
    }

    public override async Task<Wire.ChangeLicenseResponse> ChangeLicense(
        Wire.ChangeLicenseRequest request, ServerCallContext context)
    {
        var change = LicenseOrderMapper.Read(request, apps);
        return new() { License = await ChangeAsync(request.LicenseId, change, context).ConfigureAwait(false) };
    }

    public override async Task<Wire.SuspendLicenseResponse> SuspendLicense(
        Wire.SuspendLicenseRequest request, ServerCallContext context) => new()
        {
            // A revoked license stays so: suspending must not be a way back.
            License = await ChangeAsync(request.LicenseId, license => license.State == LicenseState.Active
                ? license with { State = LicenseState.Suspended }
                : license, context).ConfigureAwait(false),
        };

    public override async Task<Wire.ResumeLicenseResponse> ResumeLicense(
        Wire.ResumeLicenseRequest request, ServerCallContext context) => new()
        {
            License = await ChangeAsync(request.LicenseId, license => license.State == LicenseState.Revoked
                ? throw RpcErrors.FailedPrecondition("A revoked license never counts again; issue another one.")
                : license with { State = LicenseState.Active }, context).ConfigureAwait(false),
        };

    public override async Task<Wire.RevokeLicenseResponse> RevokeLicense(
        Wire.RevokeLicenseRequest request, ServerCallContext context) => new()
        {
            License = await ChangeAsync(
                request.LicenseId, license => license with { State = LicenseState.Revoked }, context).ConfigureAwait(false),
        };

    public override async Task<Wire.ReleaseLicenseInstanceResponse> ReleaseLicenseInstance(
        Wire.ReleaseLicenseInstanceRequest request, ServerCallContext context)
    {
        var id = Changeable(Seen(book.Find(IdOf(request.LicenseId)), context.Grant()).License, context.Grant()).Id;
        var instance = InstanceOf(request);
        var audit = context.Audit().On(AuditSubjectKind.License, id.ToString()).On(AuditSubjectKind.Instance, pseudonyms.OfAudited(instance));
        var released = await StoredAsync(clerk.ReleaseAsync(id, instance, context.CancellationToken, audit)).ConfigureAwait(false);
        return new Wire.ReleaseLicenseInstanceResponse { Released = released ?? throw NotFound() };
    }

    public override async Task<Wire.RotateSigningKeyResponse> RotateSigningKey(
        Wire.RotateSigningKeyRequest request, ServerCallContext context)
    {
        // Keys are files, not in the store: rather one that is recorded and does not come than one that nobody recorded.
        await StoredAsync(RecordAsync(context.Audit().Done())).ConfigureAwait(false);
        try
        {
            return new Wire.RotateSigningKeyResponse { KeyId = keys.Rotate().Id };
        }
        catch (SigningKeyException e)
        {
            throw RpcErrors.FailedPrecondition(e.Message);
        }
    }

    private async ValueTask<bool> RecordAsync(AuditDraft draft)
    {
        await store.AppendAuditAsync([draft], CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private string PrefixOf(Wire.IssueLicenseRequest request)
    {
        var prefix = request.KeyPrefix.Length == 0 ? options.Value.KeyPrefix : request.KeyPrefix;
        return LicenseKey.IsPrefix(prefix)
            ? prefix
            : throw RpcErrors.InvalidField("key_prefix", "must be 2 to 8 capital letters and digits");
    }

    private async Task<Wire.License> ChangeAsync(string id, Func<License, License> change, ServerCallContext context)
    {
        var grant = context.Grant();
        var license = Seen(book.Find(IdOf(id)), grant).License.Id;
        var changed = await StoredAsync(clerk.ChangeAsync(
            license, current => change(Changeable(current, grant)), context.CancellationToken, context.Audit().On(AuditSubjectKind.License, license.ToString())))
            .ConfigureAwait(false);
        return ToWire(changed ?? throw NotFound());
    }

    private Wire.License ToWire(LicenseEntry entry) => LicenseMapper.ToWire(entry, clerk.SeatsOf(entry).Count);

    private LicensedInstanceId InstanceOf(Wire.ReleaseLicenseInstanceRequest request)
    {
        switch (request.InstanceCase)
        {
            case Wire.ReleaseLicenseInstanceRequest.InstanceOneofCase.InstanceId:
                return LicensedInstanceId.TryParse(request.InstanceId, out var id)
                    ? id
                    : throw RpcErrors.InvalidField("instance_id", "must be 32 hexadecimal digits, as GetLicenseUsage shows them");
            case Wire.ReleaseLicenseInstanceRequest.InstanceOneofCase.InstanceHash:
                return InstanceHashFormat.BrokenRule(request.InstanceHash) is { } rule
                    ? throw RpcErrors.InvalidField("instance_hash", rule)
                    : pseudonyms.OfLicensed(request.InstanceHash);
            case Wire.ReleaseLicenseInstanceRequest.InstanceOneofCase.InstanceUrl:
                return request.InstanceUrl.Length is > 0 and <= NamedInstance.MaxUrlLength
                    ? pseudonyms.OfLicensedUrl(request.InstanceUrl)
                    : throw RpcErrors.InvalidField("instance_url", "must be the installation's URL, at most 2048 characters");
            default:
                throw RpcErrors.InvalidField("instance", "is required: set instance_id, instance_hash or instance_url");
        }
    }

    private static LicenseId IdOf(string text) => LicenseId.TryParse(text, out var id)
        ? id
        : throw RpcErrors.InvalidField("license_id", "must be 16 hexadecimal digits, as ListLicenses shows them");

    /// <summary>A license for none of the token's apps is none for it.</summary>
    private static LicenseEntry Seen(LicenseEntry? entry, Grant grant) =>
        entry is not null && (!grant.IsLimited || entry.License.Apps.Any(grant.Covers)) ? entry : throw NotFound();

    /// <summary>Who changes a license changes it for all its apps.</summary>
    private static License Changeable(License license, Grant grant)
    {
        foreach (var app in license.Apps)
        {
            grant.Check(null, app);
        }

        return license;
    }

    private static RpcException NotFound() => RpcErrors.NotFound("There is no such license.");

    private static async ValueTask<T> StoredAsync<T>(ValueTask<T> change)
    {
        try
        {
            return await change.ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            throw RpcErrors.StoreUnavailable(
                "The change cannot be stored right now. Try again in a minute.", LicenseDesk.UnavailableRetry).ToRpcException();
        }
    }
}
