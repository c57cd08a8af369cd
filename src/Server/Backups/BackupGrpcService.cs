using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Backups;

/// <summary>The gRPC edge of backups.</summary>
internal sealed class BackupGrpcService(BackupKeeper keeper, GrantedStreams streams, TimeProvider time) : Wire.BackupService.BackupServiceBase
{
    /// <summary>Often enough that no proxy takes the connection for idle.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    public override Task CreateBackup(
        Wire.CreateBackupRequest request, IServerStreamWriter<Wire.CreateBackupResponse> responseStream, ServerCallContext context)
    {
        RefuseUnconfigured();
        var audit = context.Audit();
        return streams.RunAsync(context, async ended =>
        {
            var progress = new CopyProgress();
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(ended);
            var backup = await TellingAsync(
                keeper.CreateAsync(name => audit.On(AuditSubjectKind.Backup, name).Done(), progress, giveUp.Token),
                () => responseStream.WriteAsync(new() { Progress = BackupMapper.ToWire(progress) }, ended), giveUp).ConfigureAwait(false);
            await responseStream.WriteAsync(
                new() { Backup = BackupMapper.ToWire(backup ?? throw RpcErrors.BackupIsMade(Retry)) }, ended).ConfigureAwait(false);
        });
    }

    public override Task<Wire.ListBackupsResponse> ListBackups(Wire.ListBackupsRequest request, ServerCallContext context)
    {
        var (backups, problems) = keeper.List();
        return Task.FromResult(new Wire.ListBackupsResponse
        {
            Backups = { backups.Select(BackupMapper.ToWire) },
            Problems = { problems },
            Kept = (uint)keeper.Kept,
            NextDue = keeper.NextDue is { } due ? Timestamp.FromDateTimeOffset(due) : null,
        });
    }

    public override Task VerifyBackup(
        Wire.VerifyBackupRequest request, IServerStreamWriter<Wire.VerifyBackupResponse> responseStream, ServerCallContext context)
    {
        RefuseUnconfigured();
        var backup = keeper.List().Backups.FirstOrDefault(backup => request.Name.Length == 0 || backup.Name == request.Name)
            ?? throw RpcErrors.NotFound("There is no whole backup of this name. ListBackups shows them, and what is wrong with others.");
        return streams.RunAsync(context, async ended =>
        {
            var progress = new CopyProgress();
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(ended);
            var findings = await TellingAsync(
                BackupKeeper.VerifyAsync(backup, progress, giveUp.Token),
                () => responseStream.WriteAsync(new() { Progress = BackupMapper.ToWire(progress) }, ended), giveUp).ConfigureAwait(false);
            await responseStream.WriteAsync(new() { Verified = new() { Name = backup.Name, Findings = { findings } } }, ended).ConfigureAwait(false);
        });
    }

    /// <summary>Tells now and then that it goes on; whoever cannot be told any more has left, and ends it.</summary>
    private async Task<T> TellingAsync<T>(Task<T> work, Func<Task> tell, CancellationTokenSource giveUp)
    {
        try
        {
            while (await Task.WhenAny(work, Task.Delay(ProgressInterval, time, giveUp.Token)).ConfigureAwait(false) != work && !giveUp.IsCancellationRequested)
            {
                await tell().ConfigureAwait(false);
            }
        }
        catch
        {
            await giveUp.CancelAsync().ConfigureAwait(false);
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (BackupException)
        {
            throw RpcErrors.BackupFailed(Retry);
        }
    }

    private void RefuseUnconfigured()
    {
        if (!keeper.IsConfigured)
        {
            throw RpcErrors.FailedPrecondition("This server has no directory for backups. Its operator names one with Backup:Directory, best on another disk.");
        }
    }
}
