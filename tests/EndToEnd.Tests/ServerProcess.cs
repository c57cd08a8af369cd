using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The built server as a process of its own, so that it can be killed.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri http, Uri grpc, string? token)
    {
        _process = process;
        Http = http;
        Grpc = grpc;
        AdminToken = token;
    }

    public Uri Http { get; }

    public Uri Grpc { get; }

    /// <summary>Shown at the first start of a data directory only.</summary>
    public string? AdminToken { get; }

    public static async Task<ServerProcess> StartAsync(string data, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Telemetry.Server.dll"),
                "--data", data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0",
                // All load of a test comes from one address.
                "--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0",
            },
        };
        // The server takes such variables for its settings, and refuses those that it does not know.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TELEMETRY_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var setting in settings)
        {
            start.ArgumentList.Add(setting);
        }

        var process = Process.Start(start)!;
        var complaints = new StringBuilder();
        process.ErrorDataReceived += (_, line) => complaints.AppendLine(line.Data);
        process.BeginErrorReadLine();
        Uri? http = null, grpc = null;
        string? token = null;
        // The banner ends with "Ready".
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            http ??= Address("HTTP", line);
            grpc ??= Address("gRPC", line);
            token ??= line.StartsWith("Admin token: ", StringComparison.Ordinal) ? line["Admin token: ".Length..] : null;
            if (line.StartsWith("Ready", StringComparison.Ordinal))
            {
                break;
            }
        }

        if (http is null || grpc is null)
        {
            process.Kill();
            process.WaitForExit();
            throw new InvalidOperationException($"The server did not start: {complaints}");
        }

        // Keep reading, or a full pipe stops the server.
        _ = process.StandardOutput.ReadToEndAsync();
        return new ServerProcess(process, http, grpc, token);
    }

    /// <summary>SIGKILL: no handler, no flush, no goodbye.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private static Uri? Address(string name, string line) =>
        AddressLine().Match(line) is { Success: true } match && match.Groups["name"].Value == name
            ? new Uri(match.Groups["address"].Value)
            : null;

    [GeneratedRegex(@"^(?<name>\w+) +(?<address>http\S+)")]
    private static partial Regex AddressLine();
}
