using System.Globalization;
using LiteDB;
using Telemetry.Schema;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class EventDatabase
{
    private const string Apps = "apps";

    /// <summary>Contracts of registered apps, each app's revisions in their order.</summary>
    public IEnumerable<(int Revision, DateTimeOffset RegisteredAt, byte[] DescriptorSet)> ReadContracts() =>
        Read(Apps, [], Query.Ascending)
            .Select(document => (
                document["revision"].AsInt32, DateTimeOffset.FromUnixTimeMilliseconds(document["registered"].AsInt64),
                document["contract"].AsBinary));

    /// <summary>The app whose contract is kept under an id.</summary>
    public static string AppOf(string id) => id.Split(' ')[0];

    public void AddContract(RegisteredContract contract) =>
        _engine.Insert(
            Apps,
            [
                new BsonDocument
                {
                    [Id] = string.Create(CultureInfo.InvariantCulture, $"{contract.Schema.App} {contract.Revision:D6}"),
                    ["revision"] = contract.Revision,
                    ["registered"] = contract.RegisteredAt.ToUnixTimeMilliseconds(),
                    ["contract"] = contract.DescriptorSet.ToArray(),
                },
            ],
            BsonAutoId.ObjectId);
}
