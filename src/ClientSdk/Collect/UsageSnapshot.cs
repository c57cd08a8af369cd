using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>An app's figures at one moment. What is null or unset is unknown, which is not zero.</summary>
/// <typeparam name="TUsage">The app's usage message, generated from its contract.</typeparam>
public sealed record UsageSnapshot<TUsage>
    where TUsage : class, IMessage<TUsage>
{
    /// <summary>Accounts.</summary>
    public Users? Users { get; init; }

    /// <summary>Subscription, with the key that proves it.</summary>
    public Subscription? Subscription { get; init; }

    /// <summary>
    /// The app's own figures. Labels that the contract does not list are counted as "custom" before anything leaves the
    /// machine.
    /// </summary>
    public TUsage? Usage { get; init; }
}
