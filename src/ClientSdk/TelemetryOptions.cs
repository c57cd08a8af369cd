using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>What a <see cref="TelemetryClient"/> must know of its app. Read once, when the client is made.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The app. Required.</summary>
    public App App { get; set; }

    /// <summary>The app's version, e.g. "1.6.0": one to four numbers, then optionally a label such as "-rc1". Required.</summary>
    public string AppVersion { get; set; } = "";

    /// <summary>The server's address: of its gRPC port, or with gRPC-Web of its HTTP port. Required.</summary>
    public Uri? Server { get; set; }

    /// <summary>How to talk to the server. Default: native gRPC.</summary>
    public TelemetryTransport Transport { get; set; }

    /// <summary>The installation's URL, which is hashed and never sent. Required, unless the hash is given.</summary>
    public string? InstanceUrl { get; set; }

    /// <summary>64 lower-case hexadecimal digits in place of the URL, for apps that have the hash already.</summary>
    public string? InstanceHash { get; set; }

    /// <summary>
    /// Where the installation's choice and its record of reports are kept; made when missing. Default:
    /// telemetry/APP in the user's local application data. Shared by all processes of an installation.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>What holds while nobody decided. Default: <see cref="ConsentModel.OptOut"/>.</summary>
    public ConsentModel Consent { get; set; }

    /// <summary>What the host's command line asked for; can only restrict. Null: nothing.</summary>
    public ReportingMode? CommandLineMode { get; set; }

    /// <summary>What only the app knows of its surroundings.</summary>
    public HostFacts Host { get; } = new();

    /// <summary>How long one report may take in all. Positive, at most a minute. Default: 15 s.</summary>
    public TimeSpan Timeout { get; set; } = ReportingClient.DefaultTimeout;

    /// <summary>The environment, replaced in tests.</summary>
    internal Func<string, string?> Variable { get; set; } = System.Environment.GetEnvironmentVariable;
}
