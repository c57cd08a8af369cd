using Invoicer;
using Microsoft.AspNetCore.Builder;
using Telemetry.Client;

namespace Telemetry.Docs;

/// <summary>What the documentation's C# takes for given.</summary>
internal abstract class Surroundings
{
    protected static WebApplicationBuilder builder => throw new NotSupportedException();

    protected static WebApplication app => throw new NotSupportedException();

    protected static string[] args => throw new NotSupportedException();

    protected static Settings settings => throw new NotSupportedException();

    protected static TelemetryClient client => throw new NotSupportedException();

    protected static ReceiptArchive archive => throw new NotSupportedException();

    protected static CancellationToken cancellationToken => CancellationToken.None;
}

internal sealed record Settings(string Country);

internal sealed class ReceiptArchive
{
    public Task KeepAsync(string receipt) => throw new NotSupportedException();
}

internal sealed class InvoiceStore
{
    public Task<uint> CountUsersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<uint> CountLatestAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

internal sealed class MyCollector : IUsageCollector<Usage>
{
    public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
