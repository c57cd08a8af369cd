using Microsoft.Extensions.Options;

namespace Telemetry.Server.Feed;

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class FeedOptionsValidator : IValidateOptions<FeedOptions>;
