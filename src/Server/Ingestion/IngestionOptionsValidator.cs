using Microsoft.Extensions.Options;

namespace Telemetry.Server.Ingestion;

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class IngestionOptionsValidator : IValidateOptions<IngestionOptions>;
