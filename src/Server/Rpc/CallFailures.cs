using Grpc.Core;
using Telemetry.Server.Model;

namespace Telemetry.Server.Rpc;

/// <summary>Turns a bug into a failure with an incident number, and logs it under that number without content.</summary>
internal sealed partial class CallFailures(ILogger<CallFailures> logger)
{
    /// <summary>Whether an exception is a bug: neither a refusal nor the caller's leaving.</summary>
    public static bool IsFailure(Exception e, ServerCallContext context) =>
        e is not RpcException && !context.CancellationToken.IsCancellationRequested;

    /// <summary>Runs a call without an interceptor, which costs three tasks.</summary>
    public async Task<T> GuardAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e, context))
        {
            throw Report(e, context);
        }
    }

    public RpcException Report(Exception e, ServerCallContext context)
    {
        var incident = Note(e, context.Method);
        return e is StoreDamagedException ? RpcErrors.DataDamaged(incident) : RpcErrors.Internal(incident).ToRpcException();
    }

    /// <summary>Logs a failure.</summary>
    /// <param name="e">What happened.</param>
    /// <param name="what">What failed, in words of ours.</param>
    /// <returns>The number of the incident, for the answer.</returns>
    public string Note(Exception e, string what)
    {
        var incident = Guid.NewGuid().ToString("N")[..12];
        Log.CallFailed(logger, e, what, incident);
        return incident;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "{Call} failed; incident {Incident}.")]
        public static partial void CallFailed(ILogger logger, Exception exception, string call, string incident);
    }
}
