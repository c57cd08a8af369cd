using System.Globalization;
using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge of the audit log.</summary>
internal sealed class AuditGrpcService(ITelemetryStore store, Pseudonyms pseudonyms, GrantedStreams streams) : Wire.AuditService.AuditServiceBase
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;
    private const int EntriesPerRead = 256;

    /// <summary>Entries that one call looks at: a filter that nothing meets must not cost a read of all.</summary>
    private const int MostLookedAt = 20_000;

    private const int MaxText = 100;

    public override async Task<Wire.ListAuditEntriesResponse> ListAuditEntries(Wire.ListAuditEntriesRequest request, ServerCallContext context)
    {
        var meets = FilterOf(request.Filter ?? new Wire.AuditFilter());
        var question = new Wire.ListAuditEntriesRequest { Filter = request.Filter };
        var size = Paging.Size(request.PageSize, DefaultPage, MaxPage);
        var next = PageToken.Read("page_token", request.PageToken, question) is { } place
            ? long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw PageToken.Refused("page_token")
            : store.AuditHead.Number;
        var response = new Wire.ListAuditEntriesResponse { Head = AuditMapper.ToWire(store.AuditHead), OldestNumber = (ulong)store.OldestAuditNumber };
        var end = Math.Max(next - MostLookedAt, 0);
        while (response.Entries.Count < size && next > end)
        {
            var read = await store.ReadAuditAsync(0, next, newestFirst: true, EntriesPerRead, context.CancellationToken).ConfigureAwait(false);
            next = 0;
            foreach (var entry in read)
            {
                if (response.Entries.Count == size)
                {
                    next = entry.Number;
                    break;
                }

                next = entry.Number - 1;
                if (AuditMapper.ToWire(entry) is var shown && meets(shown.Record))
                {
                    response.Entries.Add(shown);
                }
            }
        }

        response.NextPageToken = next >= Math.Max(store.OldestAuditNumber, 1) ? PageToken.Of(question, next.ToString(CultureInfo.InvariantCulture)) : "";
        return response;
    }

    public override Task ExportAuditEntries(
        Wire.ExportAuditEntriesRequest request, IServerStreamWriter<Wire.ExportAuditEntriesResponse> responseStream, ServerCallContext context)
    {
        var head = store.AuditHead.Number;
        return streams.RunAsync(context, async ended =>
        {
            for (var after = (long)Math.Min(request.AfterNumber, long.MaxValue - 1); after < head;)
            {
                var read = await store.ReadAuditAsync(after + 1, head, newestFirst: false, EntriesPerRead, ended).ConfigureAwait(false);
                if (read.Count == 0)
                {
                    return;
                }

                await responseStream.WriteAsync(new() { Entries = { read.Select(AuditMapper.ToWire) } }, ended).ConfigureAwait(false);
                after = read[^1].Number;
            }
        });
    }

    private Func<Wire.AuditRecord, bool> FilterOf(Wire.AuditFilter filter)
    {
        Short("filter.actor", filter.Actor);
        Short("filter.action", filter.Action);
        var kinds = Paging.Enums<Wire.AuditKind, AuditKind>("filter.kinds", filter.Kinds)?.Select(kind => (Wire.AuditKind)kind).ToHashSet();
        var time = Paging.Range("filter.time", filter.Time);
        var subject = SubjectOf(filter);
        return record =>
            (filter.Actor.Length == 0 || record.Actor.Name == filter.Actor)
            && kinds?.Contains(record.Kind) != false
            && record.Action.Contains(filter.Action, StringComparison.OrdinalIgnoreCase)
            && time?.Contains(record.Time.ToDateTimeOffset().ToUnixTimeMilliseconds()) != false
            && (!filter.Refused || record.Code != 0)
            && (subject is null || record.Subjects.Any(of => subject.Contains(of.Id)));
    }

    /// <summary>An installation has one pseudonym for what its reports say, and another for its licenses.</summary>
    private HashSet<string>? SubjectOf(Wire.AuditFilter filter)
    {
        switch (filter.AboutCase)
        {
            case Wire.AuditFilter.AboutOneofCase.SubjectId:
                Short("filter.subject_id", filter.SubjectId);
                return InstanceId.TryParse(filter.SubjectId, out var id) ? [filter.SubjectId, pseudonyms.OfAudited(id)] : [filter.SubjectId];
            case Wire.AuditFilter.AboutOneofCase.InstanceHash:
                return InstanceHashFormat.BrokenRule(filter.InstanceHash) is { } rule
                    ? throw RpcErrors.InvalidField("filter.instance_hash", rule)
                    : [pseudonyms.OfAudited(pseudonyms.Of(filter.InstanceHash)), pseudonyms.OfAudited(pseudonyms.OfLicensed(filter.InstanceHash))];
            case Wire.AuditFilter.AboutOneofCase.InstanceUrl:
                return filter.InstanceUrl.Length is > 0 and <= NamedInstance.MaxUrlLength
                    ? [pseudonyms.OfAudited(pseudonyms.OfUrl(filter.InstanceUrl)), pseudonyms.OfAudited(pseudonyms.OfLicensedUrl(filter.InstanceUrl))]
                    : throw RpcErrors.InvalidField("filter.instance_url", "must be the installation's URL, at most 2048 characters");
            default:
                return null;
        }
    }

    private static void Short(string field, string text)
    {
        if (text.Length > MaxText)
        {
            throw RpcErrors.InvalidField(field, $"must have at most {MaxText} characters");
        }
    }
}
