using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Feed;

/// <summary>Section "Feed": how events are delivered.</summary>
internal sealed class FeedOptions
{
    public const string Section = "Feed";

    /// <summary>
    /// Shortest time between two deliveries to one reader. A quiet feed delivers at once; a busy one gathers, because
    /// a delivery costs far more than an event. Zero never gathers. Default: 50 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan GatherInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Heartbeat interval of a reader that asks for none. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Positions after which a live reader is told that it fell behind. Default: 5,000.</summary>
    [Range(1, 1_000_000)]
    public int FellBehindAfter { get; set; } = 5_000;

    /// <summary>
    /// How long a reader may take nothing of what waits for it before it loses its place. Default: 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Readers at a time; a further one is told to come back. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxReaders { get; set; } = 1_000;
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class FeedOptionsValidator : IValidateOptions<FeedOptions>;
