namespace Telemetry.Server.Hosting;

/// <summary>Section "Server": where it listens and where data is.</summary>
internal sealed class ServerOptions
{
    public const string Section = "Server";
    public const string DefaultHttp = "127.0.0.1:8080";
    public const string DefaultGrpc = "127.0.0.1:8081";

    /// <summary>Data directory. Default: "data" in the working directory.</summary>
    public string Data { get; set; } = "data";

    /// <summary>
    /// Address of the HTTP/1.1 listener: browsers, gRPC-Web, HTTP/JSON, health. Default: 127.0.0.1:8080; with TLS
    /// configured, none unless given.
    /// </summary>
    public string? Http { get; set; }

    /// <summary>
    /// Address of the HTTP/2 listener: native gRPC. Default: 127.0.0.1:8081; with TLS configured, none unless given.
    /// </summary>
    public string? Grpc { get; set; }

    /// <summary>File with the secret for pseudonyms. Default: "secret.key" in the data directory.</summary>
    public string? SecretFile { get; set; }

    // Methods, because every property is a key of the configuration.
    public string SecretPath() => SecretFile ?? Path.Combine(Data, "secret.key");

    public string SigningDirectory() => Path.Combine(Data, "signing");
}
