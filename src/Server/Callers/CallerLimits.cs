using Microsoft.Extensions.Options;

namespace Telemetry.Server.Callers;

/// <summary>The limits that hold for everybody who calls, see <see cref="LimitOptions"/>.</summary>
internal sealed class CallerLimits(IOptions<LimitOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>First reports of unknown installations.</summary>
    public CallerLimiter NewInstallations { get; } =
        new(options.Value.NewInstallationsPerHour, TimeSpan.FromHours(1), time);

    public CallerLimiter Requests { get; } = new(options.Value.RequestsPerMinute, TimeSpan.FromMinutes(1), time);

    /// <summary>Guesses at tokens.</summary>
    public CallerLimiter WrongTokens { get; } = new(options.Value.WrongTokensPerMinute, TimeSpan.FromMinutes(1), time);

    /// <summary>Calls with a proof of ownership: each can be a guess, and each that is right costs work and an entry of the audit log.</summary>
    public CallerLimiter OwnDataCalls { get; } = new(options.Value.OwnDataCallsPerHour, TimeSpan.FromHours(1), time);

    public CallerConcurrency RequestsAtOnce { get; } = new(options.Value.RequestsAtOnce);

    public CallerConcurrency BatchesAtOnce { get; } =
        new(options.Value.BatchesAtOnce, options.Value.BatchesAtOnce * LimitOptions.AllCallers);

    public CallerConcurrency StreamsAtOnce { get; } =
        new(options.Value.StreamsAtOnce, options.Value.StreamsAtOnce * LimitOptions.AllCallers);

    public CallerConcurrency Connections { get; } = new(options.Value.ConnectionsPerCaller);

    public void Dispose()
    {
        NewInstallations.Dispose();
        Requests.Dispose();
        WrongTokens.Dispose();
        OwnDataCalls.Dispose();
    }
}
