namespace Telemetry.Server.Model;

/// <summary>What a report says about its subscription, without the key.</summary>
internal readonly record struct SubscriptionFlags(bool? ValidSubscription, bool? ExtendedSupport);
