namespace Telemetry.Client;

/// <summary>What a <see cref="TelemetryClient"/> must know of its app. Read once, when the client is made.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The app's version, e.g. "1.6.0": one to four numbers, then optionally a label such as "-rc1". Required.</summary>
    public string AppVersion { get; set; } = "";

    /// <summary>
    /// The server's address, without path and credentials: of its gRPC port, or with gRPC-Web of its HTTP port. Required.
    /// </summary>
    public Uri? Server { get; set; }

    /// <summary>How to talk to the server. Default: native gRPC.</summary>
    public TelemetryTransport Transport { get; set; }

    /// <summary>The installation's URL, which is hashed and never sent. Required, unless the hash is given.</summary>
    public string? InstanceUrl { get; set; }

    /// <summary>64 lower-case hexadecimal digits in place of the URL, for apps that have the hash already.</summary>
    public string? InstanceHash { get; set; }

    /// <summary>
    /// Where the installation's choice and its record of reports are kept; made when missing. Default:
    /// telemetry/APP in the user's local application data. Shared by all processes of an installation. While it cannot
    /// be written, nothing is sent.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>What holds while nobody decided. Default: <see cref="ConsentModel.OptOut"/>.</summary>
    public ConsentModel Consent { get; set; } = ConsentModel.OptOut;

    /// <summary>What the host's command line asked for; can only restrict. Null: nothing.</summary>
    public ReportingMode? CommandLineMode { get; set; }

    /// <summary>
    /// Whether an app that runs in the Development environment of its host reports like any other; otherwise it collects,
    /// to be looked at, and sends nothing. Default: false.
    /// </summary>
    public bool ReportInDevelopment { get; set; }

    /// <summary>What only the app knows of its surroundings.</summary>
    public HostFacts Host { get; } = new();

    /// <summary>How long one report may take in all. Positive, at most a minute. Default: 15 s.</summary>
    public TimeSpan Timeout { get; set; } = ReportingClient.DefaultTimeout;

    /// <summary>How long the app's collector may take. Positive, at most 5 minutes. Default: 30 s.</summary>
    public TimeSpan CollectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Makes the connection of each report, e.g. through a proxy of the host's; disposed after it. Null: one of the SDK's
    /// own, which heeds the system's proxy settings.
    /// </summary>
    public Func<HttpMessageHandler>? HttpHandlerFactory { get; set; }

    /// <summary>Whether the host runs in its Development environment; set by the host.</summary>
    internal bool IsDevelopment { get; set; }

    /// <summary>The environment, replaced in tests.</summary>
    internal Func<string, string?> Variable { get; set; } = System.Environment.GetEnvironmentVariable;
}
