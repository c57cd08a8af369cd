using Google.Protobuf;

namespace Telemetry.Client;

/// <summary>What an app implements: its own figures. Everything else the SDK knows or finds out.</summary>
/// <typeparam name="TUsage">The app's usage message, generated from its contract.</typeparam>
public interface IUsageCollector<TUsage>
    where TUsage : class, IMessage<TUsage>
{
    /// <summary>
    /// Counts, at most about once a day and whenever an administrator looks at a preview. What it throws ends the
    /// attempt, never the host; the administrator is told the exception's type, not its text.
    /// </summary>
    /// <param name="cancellationToken">Set when the host stops or reports are switched off.</param>
    ValueTask<UsageSnapshot<TUsage>> CollectAsync(CancellationToken cancellationToken);
}
