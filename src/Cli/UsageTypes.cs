using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Reflection.V1;
using Telemetry.Client;
using Telemetry.Client.Contract;
using Telemetry.Schema;

namespace Telemetry.Cli;

/// <summary>The apps' usage messages: those that come with the contract, and those that a server has beside them.</summary>
internal sealed class UsageTypes(TelemetryChannel channel, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What was asked for, with null for what the server could not tell: it is asked once.</summary>
    private readonly Dictionary<string, MessageDescriptor?> _asked = new(StringComparer.Ordinal);

    /// <summary>By full name. Nothing here knows which they are.</summary>
    public static IReadOnlyDictionary<string, MessageDescriptor> BuiltIn { get; } = AppRegistry.BuiltInUsages
        .ToDictionary(message => message.FullName, StringComparer.Ordinal);

    /// <summary>The message of that name; null when neither the contract has it nor the server told of it.</summary>
    public MessageDescriptor? Find(string fullName) =>
        BuiltIn.TryGetValue(fullName, out var known) ? known : _asked.GetValueOrDefault(fullName);

    /// <summary>Asks the server for the type of a usage that is not known, once. What it does not tell stays unknown.</summary>
    public async Task LearnAsync(Any? usage, CancellationToken cancellation)
    {
        var name = Any.GetTypeName(usage?.TypeUrl ?? "");
        if (name.Length == 0 || BuiltIn.ContainsKey(name) || !_asked.TryAdd(name, null))
        {
            return;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            _asked[name] = await AskAsync(name, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException)
        {
            // A server without reflection; the usage is then shown as type and bytes.
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<MessageDescriptor?> AskAsync(string name, CancellationToken cancellation)
    {
        using var call = new ServerReflection.ServerReflectionClient(channel.Invoker)
            .ServerReflectionInfo(cancellationToken: cancellation);
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = name }, cancellation)
            .ConfigureAwait(false);
        await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        return await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false)
            && call.ResponseStream.Current.FileDescriptorResponse is { } files
                ? ContractFiles.Find(files.FileDescriptorProto, name)
                : null;
    }
}
