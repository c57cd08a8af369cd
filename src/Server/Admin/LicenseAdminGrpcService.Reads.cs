using System.Globalization;
using Grpc.Core;
using Telemetry.Server.Access;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

internal sealed partial class LicenseAdminGrpcService
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    private static readonly Dictionary<string, LicenseOrdering> Orders = new(StringComparer.Ordinal)
    {
        ["issued_at"] = LicenseOrdering.IssuedAt,
        ["expires_at"] = LicenseOrdering.ExpiresAt,
        ["customer_reference"] = LicenseOrdering.CustomerReference,
    };

    public override Task<Wire.ListLicensesResponse> ListLicenses(
        Wire.ListLicensesRequest request, ServerCallContext context)
    {
        var (order, descending) = Paging.Order(request.OrderBy, Orders);
        var selected = Selected(request.Filter ?? new Wire.LicenseFilter());
        var question = new Wire.ListLicensesRequest { Filter = request.Filter, OrderBy = request.OrderBy };
        var size = Paging.Size(request.PageSize, DefaultPage, MaxPage);
        IEnumerable<(string Rank, LicenseEntry Entry)> ordered = selected
            .Select(entry => (Rank: RankOf(entry.License, order), Entry: entry))
            .OrderBy(place => place, Comparer<(string Rank, LicenseEntry Entry)>.Create((a, b) =>
                Compare(a.Rank, a.Entry.License.Sequence, b.Rank, b.Entry.License.Sequence, descending)));
        if (PageToken.Read("page_token", request.PageToken, question) is { } place)
        {
            var space = place.IndexOf(' ', StringComparison.Ordinal);
            var sequence = space > 0 && long.TryParse(place.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? at
                : throw PageToken.Refused("page_token");
            ordered = ordered.SkipWhile(next =>
                Compare(next.Rank, next.Entry.License.Sequence, place[(space + 1)..], sequence, descending) <= 0);
        }

        // One more than asked for tells whether there is a next page.
        var page = ordered.Take(size + 1).ToList();
        return Task.FromResult(new Wire.ListLicensesResponse
        {
            Licenses = { page.Take(size).Select(next => ToWire(next.Entry)) },
            NextPageToken = page.Count > size
                ? PageToken.Of(question, string.Create(
                    CultureInfo.InvariantCulture, $"{page[size - 1].Entry.License.Sequence} {page[size - 1].Rank}"))
                : "",
            TotalSize = (ulong)selected.Count,
        });
    }

    public override Task<Wire.GetLicenseResponse> GetLicense(Wire.GetLicenseRequest request, ServerCallContext context)
    {
        var entry = request.LicenseCase switch
        {
            Wire.GetLicenseRequest.LicenseOneofCase.LicenseId => book.Find(IdOf(request.LicenseId)),
            Wire.GetLicenseRequest.LicenseOneofCase.LicenseKey when request.LicenseKey.Length <= LicenseKey.MaxLength =>
                book.Find(pseudonyms.OfKey(LicenseKey.Canonical(request.LicenseKey))),
            Wire.GetLicenseRequest.LicenseOneofCase.LicenseKey =>
                throw RpcErrors.InvalidField("license_key", "must have at most 256 characters"),
            _ => throw RpcErrors.InvalidField("license", "is required: set license_id or license_key"),
        };
        return Task.FromResult(new Wire.GetLicenseResponse { License = ToWire(Seen(entry, context.Grant())) });
    }

    public override Task<Wire.GetLicenseUsageResponse> GetLicenseUsage(
        Wire.GetLicenseUsageRequest request, ServerCallContext context)
    {
        var entry = Seen(book.Find(IdOf(request.LicenseId)), context.Grant());
        var size = Paging.Size(request.PageSize, DefaultPage, MaxPage);
        var question = new Wire.GetLicenseUsageRequest { LicenseId = entry.License.Id.ToString() };
        var seats = clerk.SeatsOf(entry);
        var left = seats.AsEnumerable();
        if (PageToken.Read("page_token", request.PageToken, question) is { } place)
        {
            // Seats come in the order of their pseudonyms, so those that are taken or freed meanwhile move no other.
            var last = UInt128.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw PageToken.Refused("page_token");
            left = left.SkipWhile(seat => seat.Lease.Instance.Value <= last);
        }

        var page = left.Take(size + 1).ToList();
        return Task.FromResult(new Wire.GetLicenseUsageResponse
        {
            License = LicenseMapper.ToWire(entry, seats.Count),
            Instances = { page.Take(size).Select(seat => LicenseMapper.ToWire(seat.Lease, seat.End)) },
            NextPageToken = page.Count > size
                ? PageToken.Of(question, page[size - 1].Lease.Instance.Value.ToString(CultureInfo.InvariantCulture))
                : "",
            TotalSize = (ulong)seats.Count,
        });
    }

    public override Task<Wire.GetRefusedClaimsResponse> GetRefusedClaims(
        Wire.GetRefusedClaimsRequest request, ServerCallContext context)
    {
        var slugs = Paging.Set("apps", request.Apps, slug => apps.Find(slug)?.App, apps.Rule);
        return Task.FromResult(new Wire.GetRefusedClaimsResponse
        {
            Counts =
            {
                store.RefusedClaims.Where(pair => slugs?.Contains(pair.Key.App) != false).OrderBy(pair => pair.Key).Select(pair => new Wire.RefusedClaims
                {
                    App = pair.Key.App,
                    Reason = (Wire.LicenseVerdict)pair.Key.Reason,
                    Installations = (ulong)pair.Value,
                }),
            },
        });
    }

    private List<LicenseEntry> Selected(Wire.LicenseFilter filter)
    {
        var customers = Paging.Set("filter.customer_references", filter.CustomerReferences, customer => customer, "");
        var slugs = Paging.Set("filter.apps", filter.Apps, slug => apps.Find(slug)?.App, apps.Rule);
        var states = Paging.Enums<Wire.LicenseState, LicenseState>("filter.states", filter.States);
        var issued = Paging.Range("filter.issued_at", filter.IssuedAt);
        var expires = Paging.Range("filter.expires_at", filter.ExpiresAt);
        return [.. book.InOrder.Select(book.Find).OfType<LicenseEntry>().Where(entry => entry.License is var license
            && customers?.Contains(license.CustomerReference) != false
            && (slugs is null || license.Apps.Any(slugs.Contains))
            && states?.Contains(license.State) != false
            && issued?.Contains(license.IssuedAt.ToUnixTimeMilliseconds()) != false
            && (expires is null || (license.ExpiresAt is { } end && expires.Value.Contains(end.ToUnixTimeMilliseconds()))))];
    }

    /// <summary>What an order compares, as a text; the order of issue decides between equal ones.</summary>
    private static string RankOf(License license, LicenseOrdering order) => order switch
    {
        LicenseOrdering.CustomerReference => license.CustomerReference,
        LicenseOrdering.ExpiresAt => license.ExpiresAt is { } end ? end.ToString("O", CultureInfo.InvariantCulture) : "never",
        _ => "",
    };

    private static int Compare(string rank, long sequence, string otherRank, long otherSequence, bool descending) =>
        (string.CompareOrdinal(rank, otherRank) is var ranks and not 0 ? ranks : sequence.CompareTo(otherSequence))
        * (descending ? -1 : 1);

    /// <summary>What a list of licenses is ordered by.</summary>
    private enum LicenseOrdering
    {
        IssuedAt,
        ExpiresAt,
        CustomerReference,
    }
}
