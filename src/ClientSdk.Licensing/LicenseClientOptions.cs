namespace Telemetry.Client.Licensing;

/// <summary>What a <see cref="LicenseClient"/> asks about and whom it believes.</summary>
public sealed class LicenseClientOptions
{
    /// <summary>The key as the administrator typed it: case, blanks, dashes and what a mail program
    /// makes of them do not matter. Not empty, at most 256 characters.</summary>
    public string Key { get; set; } = "";

    /// <summary>What stands for the installation: 64 hexadecimal digits, see <see cref="Client.InstanceHash"/>.</summary>
    public string InstanceHash { get; set; } = "";

    /// <summary>The hash under which the installation used the license before, so that its seat moves along; null: none.</summary>
    public string? PreviousInstanceHash { get; set; }

    /// <summary>The app's slug, e.g. "roomvox": 2 to 32 lower-case letters, digits and hyphens. Required.</summary>
    public string App { get; set; } = "";

    /// <summary>
    /// The vendor's root keys: public keys on P-256 in PEM (SubjectPublicKeyInfo), at least one. They belong in the
    /// app's code; two while the vendor changes keys. Nothing that a server sends is believed without them.
    /// </summary>
    public IList<string> RootKeys { get; set; } = [];

    /// <summary>How long one check may take in all. Positive, at most a day. Default: 15 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Where the state is kept over restarts; its folder must exist. Null, the default: in memory only, so that every
    /// start needs the server. One file per installation and app, used by one process at a time.
    /// </summary>
    /// <remarks>
    /// Everything that can license is signed and verified again when it is read. Plain, and so open to whoever can write
    /// the file, are the latest time that was seen, the difference to the server's clock, and the latest refusal:
    /// changing them can delay an end, never beyond what moving the machine's clock could, and cannot make a proof.
    /// </remarks>
    public string? StateFile { get; set; }

    /// <summary>
    /// How long after an answer without a proof, a refusal, a started client asks again; with a proof the server sets
    /// the pace. At least a minute, at most a year. Default: 24 h.
    /// </summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How far this machine's clock may go back before the license stops. Zero to a day. Default: 5 minutes.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Where the license server is. Needed by <c>AddTelemetryLicensing</c> alone, unless the host has a
    /// <see cref="TelemetryChannel"/> among its services.
    /// </summary>
    public Uri? Server { get; set; }

    /// <summary>How <see cref="Server"/> is talked to. Default: native gRPC.</summary>
    public TelemetryTransport Transport { get; set; }

    /// <summary>
    /// Makes the handler that talks to <see cref="Server"/>, e.g. through a proxy; disposed with its connection. Null, the
    /// default: the SDK's own.
    /// </summary>
    public Func<HttpMessageHandler>? HttpHandlerFactory { get; set; }
}
