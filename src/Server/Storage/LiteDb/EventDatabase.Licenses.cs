using LiteDB;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class EventDatabase
{
    private const string Licenses = "licenses";
    private const string Leases = "leases";

    public IEnumerable<Model.License> ReadLicenses() =>
        Read(Licenses, [], Query.Ascending).Select(LicenseDocument.ToLicense);

    public IEnumerable<Model.LicenseLease> ReadLeases() =>
        Read(Leases, [], Query.Ascending).Select(LicenseDocument.ToLease);

    public void ChangeLicenses(LicenseChanges changes)
    {
        // LiteDB writes a log page, which is what a commit is waited for by, only when something is changed.
        if (changes.Licenses.Count > 0)
        {
            _engine.Upsert(Licenses, changes.Licenses.Select(LicenseDocument.Of), BsonAutoId.Int64);
        }

        if (changes.Leases.Count > 0)
        {
            _engine.Upsert(Leases, changes.Leases.Select(LicenseDocument.Of), BsonAutoId.ObjectId);
        }

        if (changes.Forgotten.Count > 0)
        {
            _engine.Delete(Licenses, changes.Forgotten.Select(id => new BsonValue((long)id.Value)));
        }

        if (changes.Released.Count > 0)
        {
            var gone = _engine.Delete(
                Leases, changes.Released.Select(seat => LicenseDocument.IdOf(seat.License, seat.Instance)));
            if (gone + changes.Licenses.Count + changes.Leases.Count + changes.Forgotten.Count == 0)
            {
                _engine.Upsert(Meta, [new BsonDocument { [Id] = "released nothing" }], BsonAutoId.Int64);
            }
        }
    }
}
