using System.Net;
using System.Net.Sockets;
using Bench.Load;
using Bench.Servers;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Contracts.V1;

namespace Bench.Flood;

/// <summary>A caller at an address of its own: every address of 127/8 is this machine.</summary>
internal sealed class FloodCaller(ServerProcess server, IPAddress address) : IDisposable
{
    private const int FramePrefix = 5;
    private const int BatchSize = 1_000;

    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    private static readonly Method<byte[], SubmitReportsResponse> Batch = new(
        MethodType.Unary, ReportingService.Descriptor.FullName, "SubmitReports", Raw,
        Marshallers.Create(_ => throw new NotSupportedException(), SubmitReportsResponse.Parser.ParseFrom));

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(
        $"http://{server.Grpc}", new GrpcChannelOptions { HttpHandler = HandlerAt(address), DisposeHttpClient = true });

    public ReportingService.ReportingServiceClient Reporting => new(_channel);

    /// <summary>Invents a thousand installations a call, until the time is over.</summary>
    public async Task FloodWithBatchesAsync(int seed, FloodCount count, CancellationToken over)
    {
        var source = new ReportSource(seed, BatchSize);
        while (!over.IsCancellationRequested)
        {
            var bytes = source.Next()[FramePrefix..].ToArray();
            try
            {
                using var call = _channel.CreateCallInvoker().AsyncUnaryCall(Batch, null, default, bytes);
                var results = (await call.ResponseAsync.ConfigureAwait(false)).Results;
                count.Add(results.Count, results.Count(result => result.Receipt is not null));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                count.Add(BatchSize, 0);
            }
        }
    }

    /// <summary>Invents installation, version and id of each report.</summary>
    public async Task FloodWithReportsAsync(int seed, FloodCount count, CancellationToken over)
    {
        var random = new Random(seed);
        while (!over.IsCancellationRequested)
        {
            var report = new Report
            {
                ReportId = Guid.NewGuid().ToString("D"),
                InstanceHash = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"),
                App = "roomvox",
                Usage = Google.Protobuf.WellKnownTypes.Any.Pack(new Telemetry.Contracts.Apps.RoomVox.V1.Usage()),
                AppVersion = $"{random.Next(1000)}.{random.Next(1000)}.{random.Next(1000)}",
            };
            try
            {
                await Reporting.SubmitReportAsync(new SubmitReportRequest { Report = report }, cancellationToken: CancellationToken.None).ConfigureAwait(false);
                count.Add(1, 1);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                count.Add(1, 0);
            }
        }
    }

    public void Dispose() => _channel.Dispose();

    private static SocketsHttpHandler HandlerAt(IPAddress address) => new()
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}

/// <summary>What all strangers sent, and what of it was taken.</summary>
internal sealed class FloodCount
{
    private long _sent;
    private long _accepted;

    public long Sent => Interlocked.Read(ref _sent);

    public long Accepted => Interlocked.Read(ref _accepted);

    public void Add(int sent, int accepted)
    {
        Interlocked.Add(ref _sent, sent);
        Interlocked.Add(ref _accepted, accepted);
    }
}
