using Grpc.Core;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

internal sealed partial class LicenseAdminGrpcService
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;

    public override Task<Wire.ListLicensesResponse> ListLicenses(
        Wire.ListLicensesRequest request, ServerCallContext context)
    {
        var size = Paging.Size("page_size", request.PageSize, DefaultPage, MaxPage);
        var next = (int)Paging.Token("page_token", request.PageToken, 0, int.MaxValue);
        var app = Paging.App(apps, request.App);
        var state = WireEnums.Read<Wire.LicenseState, LicenseState>("state", request.State);
        var order = book.InOrder;
        var response = new Wire.ListLicensesResponse { Total = (ulong)order.Count };
        for (; next < order.Count && response.Licenses.Count < size; next++)
        {
            if (book.Find(order[next]) is { } entry && Matches(entry.License, request.CustomerReference, app, state))
            {
                response.Licenses.Add(ToWire(entry));
            }
        }

        response.NextPageToken = next < order.Count ? Paging.Token(next) : "";
        return Task.FromResult(response);
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
        return Task.FromResult(new Wire.GetLicenseResponse { License = ToWire(entry ?? throw NotFound()) });
    }

    public override Task<Wire.GetLicenseUsageResponse> GetLicenseUsage(
        Wire.GetLicenseUsageRequest request, ServerCallContext context)
    {
        var entry = book.Find(IdOf(request.LicenseId)) ?? throw NotFound();
        var size = Paging.Size("page_size", request.PageSize, DefaultPage, MaxPage);
        var first = (int)Paging.Token("page_token", request.PageToken, 0, int.MaxValue - MaxPage);
        var seats = clerk.SeatsOf(entry);
        var response = new Wire.GetLicenseUsageResponse
        {
            License = LicenseMapper.ToWire(entry, seats.Count),
            Instances = { seats.Skip(first).Take(size).Select(seat => LicenseMapper.ToWire(seat.Lease, seat.End)) },
            NextPageToken = first + size < seats.Count ? Paging.Token(first + size) : "",
        };
        return Task.FromResult(response);
    }

    public override Task<Wire.GetRefusedClaimsResponse> GetRefusedClaims(
        Wire.GetRefusedClaimsRequest request, ServerCallContext context) => Task.FromResult(new Wire.GetRefusedClaimsResponse
        {
            Counts =
            {
                store.RefusedClaims.OrderBy(pair => pair.Key).Select(pair => new Wire.RefusedClaims
                {
                    App = pair.Key.App,
                    Reason = (Wire.LicenseVerdict)pair.Key.Reason,
                    Installations = (ulong)pair.Value,
                }),
            },
        });

    private static bool Matches(License license, string customer, string? app, LicenseState? state) =>
        (customer.Length == 0 || license.CustomerReference == customer)
        && (app is null || license.Apps.Contains(app))
        && (state is null || license.State == state);
}
