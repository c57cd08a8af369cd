using Telemetry.Schema;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    public async ValueTask AddContractAsync(RegisteredContract contract, AuditDraft? audit, CancellationToken cancellation) =>
        await ChangeAsync(() =>
        {
            CommitWithAudit(audit, database => database.AddContract(contract));
            return true;
        }).ConfigureAwait(false);

    /// <summary>Before any report is read: what it means is in its app's contract.</summary>
    private static void RestoreApps(EventDatabase database, AppRegistry apps)
    {
        foreach (var (revision, registeredAt, descriptorSet) in database.ReadContracts())
        {
            try
            {
                apps.Add(new RegisteredContract(AppContract.Read(descriptorSet), revision, registeredAt, descriptorSet));
            }
            catch (SchemaException e)
            {
                throw new StoreOpenException(
                    $"A registered app's contract cannot be read any more: {e.Message} Install the version of the server that "
                    + "registered it, or a newer one.", e);
            }
        }
    }
}
