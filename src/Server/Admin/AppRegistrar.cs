using Google.Protobuf;
using Telemetry.Schema;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Admin;

/// <summary>Registers apps, whoever asks: a contract is checked, stored durably, and then known.</summary>
/// <remarks>Threading: any; registrations come one at a time, so that no two take the same name or number.</remarks>
internal sealed class AppRegistrar(AppRegistry apps, ITelemetryStore store, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Registers an app, or its next revision; the contract it has already makes no new one.</summary>
    /// <param name="descriptorSet">A descriptor set, as compilers write it.</param>
    /// <param name="validateOnly">Whether only to check, and to register nothing.</param>
    /// <param name="audit">Who registers it, for the audit log.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The revision that is registered, or would be.</returns>
    /// <exception cref="SchemaException">The contract breaks rules, or cannot stand beside what is registered.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be stored, and is not registered.</exception>
    public async Task<RegisteredContract> RegisterAsync(ByteString descriptorSet, bool validateOnly, AuditCall audit, CancellationToken cancellation)
    {
        var (schema, contract) = AppContract.ReadNew(descriptorSet);
        audit.On(AuditSubjectKind.App, schema.App);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var latest = apps.FindContract(schema.App);
            if (latest is not null && latest.DescriptorSet.Span.SequenceEqual(contract.Span))
            {
                return latest;
            }

            if (apps.ConflictsOf(schema) is { Count: > 0 } conflicts)
            {
                throw new SchemaException(conflicts, isConflict: true);
            }

            var next = new RegisteredContract(
                schema, (latest?.Revision ?? 0) + 1,
                DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()), contract.Memory);
            if (!validateOnly)
            {
                await store.AddContractAsync(next, audit.Done(), cancellation).ConfigureAwait(false);
                apps.Add(next);
            }

            else
            {
                audit.DoesNothing();
            }

            return next;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
