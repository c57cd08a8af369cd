using Grpc.Core;
using Telemetry.Server.Access;
using Telemetry.Server.Admin;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.OwnData;

/// <summary>The gRPC edge for an installation that wants to see or erase what was collected of it.</summary>
/// <remarks>
/// All that is not the owner's gets one answer, on one way: the proof is hashed whether or not anything is known of the
/// installation, and compared in one step. The audit log gets the installation only once it proved itself.
/// </remarks>
internal sealed class OwnDataGrpcService(
    ITelemetryStore store, CollectedData data, OwnershipProofs proofs, Pseudonyms pseudonyms, GrantedStreams streams)
    : Wire.OwnDataService.OwnDataServiceBase
{
    public override Task ExportOwnData(
        Wire.ExportOwnDataRequest request, IServerStreamWriter<Wire.ExportOwnDataResponse> responseStream, ServerCallContext context)
    {
        var proof = proofs.Read(request.App, request.InstanceHash, request.OwnershipSecret.Span, context.GetHttpContext());
        var state = store.FindOwned(proof.Instance, proof.App, proof.Owner) ?? throw RpcErrors.NotTheOwner();
        var audit = AuditOf(proof, context);
        return streams.RunOpenAsync(context, ended => data.SendAsync(
            state, audit, instance => responseStream.WriteAsync(new() { Instance = instance }, ended),
            report => responseStream.WriteAsync(new() { Report = report }, ended), ended));
    }

    public override async Task<Wire.EraseOwnDataResponse> EraseOwnData(Wire.EraseOwnDataRequest request, ServerCallContext context)
    {
        var proof = proofs.Read(request.App, request.InstanceHash, request.OwnershipSecret.Span, context.GetHttpContext());
        var before = ErasedOf(proof).Count;
        if (store.FindOwned(proof.Instance, proof.App, proof.Owner) is null && before == 0)
        {
            throw RpcErrors.NotTheOwner();
        }

        var audit = AuditOf(proof, context);
        await data.EraseAsync(proof.Instance, proof.App, audit, proof.Owner).ConfigureAwait(false);
        var erased = ErasedOf(proof);
        if (erased.Count == 0)
        {
            // Somebody reported in its name since the look above.
            throw RpcErrors.NotTheOwner();
        }

        return new Wire.EraseOwnDataResponse
        {
            Erased = { erased.Select(erasure => data.ToWire(erasure, request.InstanceHash)) },
            ErasedBefore = erased.Count == before,
        };
    }

    /// <summary>What was erased of what this secret owned; of other lives of the installation nothing.</summary>
    private List<Erasure> ErasedOf(OwnershipProof proof)
    {
        var mark = pseudonyms.OfErasedOwner(proof.Owner);
        return [.. data.ErasedOf(proof.Instance, proof.App).Where(erasure => erasure.OwnerMark == mark)];
    }

    private AuditCall AuditOf(OwnershipProof proof, ServerCallContext context) =>
        context.Audit().On(AuditSubjectKind.App, proof.App).On(AuditSubjectKind.Instance, pseudonyms.OfAudited(proof.Instance));
}
