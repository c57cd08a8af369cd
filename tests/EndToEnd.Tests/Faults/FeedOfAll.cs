using Grpc.Core;
using Grpc.Net.Client;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Everything a server has, as the feed hands it out.</summary>
internal static class FeedOfAll
{
    /// <returns>The report ids by number; numbers that are gone are not there.</returns>
    public static async Task<SortedDictionary<ulong, string>> ReadAsync(Uri grpc, string token)
    {
        using var channel = GrpcChannel.ForAddress(grpc);
        using var call = new Wire.FeedService.FeedServiceClient(channel).StreamEvents(
            new Wire.StreamEventsRequest { Beginning = new() }, new Metadata { { "authorization", "Bearer " + token } });
        var reports = new SortedDictionary<ulong, string>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            switch (call.ResponseStream.Current.MessageCase)
            {
                case Wire.StreamEventsResponse.MessageOneofCase.Event:
                    var next = call.ResponseStream.Current.Event;
                    reports.Add(next.Position.Number, next.Report.Report.ReportId);
                    break;
                case Wire.StreamEventsResponse.MessageOneofCase.CaughtUp:
                    return reports;
            }
        }

        throw new InvalidOperationException("The feed ended.");
    }
}
