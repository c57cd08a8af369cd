using Microsoft.Extensions.Options;

namespace Telemetry.Server.Licensing;

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class LicensingOptionsValidator : IValidateOptions<LicensingOptions>;
