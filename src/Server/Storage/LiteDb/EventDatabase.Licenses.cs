using System.Buffers.Binary;
using LiteDB;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class EventDatabase
{
    private const string Licenses = "licenses";
    private const string Leases = "leases";
    private const string ErasedSeats = "erased_seats";

    public IEnumerable<License> ReadLicenses() =>
        Read(Licenses, [], Query.Ascending).Select(LicenseDocument.ToLicense);

    public IEnumerable<LicenseLease> ReadLeases() =>
        Read(Leases, [], Query.Ascending).Select(LicenseDocument.ToLease);

    public IEnumerable<ErasedSeats> ReadErasedSeats() => Read(ErasedSeats, [], Query.Ascending).Select(document => new ErasedSeats(
        DateTimeOffset.FromUnixTimeMilliseconds(document["at"].AsInt64), BinaryPrimitives.ReadUInt128BigEndian(document["erased_seats"].AsBinary)));

    /// <param name="changes">What is changed.</param>
    /// <param name="erasures">How many erasures of seats there are.</param>
    public void ChangeLicenses(LicenseChanges changes, int erasures)
    {
        if (changes.Erased is { } erased)
        {
            var tombstone = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(tombstone, erased.Tombstone);
            _engine.Insert(
                ErasedSeats, [new BsonDocument { [Id] = erasures + 1L, ["at"] = erased.Time.ToUnixTimeMilliseconds(), ["erased_seats"] = tombstone }], BsonAutoId.Int64);
        }

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
            if (gone + changes.Licenses.Count + changes.Leases.Count + changes.Forgotten.Count == 0 && changes.Erased is null)
            {
                _engine.Upsert(Meta, [new BsonDocument { [Id] = "released nothing" }], BsonAutoId.Int64);
            }
        }
    }
}
