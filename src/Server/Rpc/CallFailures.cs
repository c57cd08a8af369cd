using Grpc.Core;
using Telemetry.Server.Model;

namespace Telemetry.Server.Rpc;

/// <summary>Turns a bug into INTERNAL with an incident number, and logs it under that number without content.</summary>
internal sealed partial class CallFailures(ILogger<CallFailures> logger)
{
    /// <summary>Whether an exception is a bug: neither a refusal nor the caller's leaving.</summary>
    public static bool IsFailure(Exception e, ServerCallContext context) =>
        e is not RpcException && !context.CancellationToken.IsCancellationRequested;

    public RpcException Report(Exception e, ServerCallContext context)
    {
        var incident = Guid.NewGuid().ToString("N")[..12];
        Log.CallFailed(logger, e, context.Method, incident);
        return e is StoreDamagedException ? RpcErrors.DataDamaged(incident) : RpcErrors.Internal(incident);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "{Method} failed; incident {Incident}.")]
        public static partial void CallFailed(ILogger logger, Exception exception, string method, string incident);
    }
}
