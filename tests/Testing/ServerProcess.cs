using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Telemetry.Testing;

/// <summary>The built server as a process of its own, so that it can be started anywhere, signalled and killed.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly AwaitedLines _lines = new();
    private int _outputs = 2;

    private ServerProcess(Process process)
    {
        _process = process;
        // For as long as it runs: a full pipe would stop it.
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Http => Address("HTTP")!;

    public Uri Grpc => Address("gRPC")!;

    public Uri Tls => Address("TLS")!;

    /// <summary>Shown at the first start of a data directory only.</summary>
    public string? AdminToken => Lines.Where(line => line.StartsWith("Owner token: ", StringComparison.Ordinal))
        .Select(line => line["Owner token: ".Length..]).SingleOrDefault();

    public int Id => _process.Id;

    /// <summary>The most physical memory it has had so far, in megabytes.</summary>
    public long PeakMegabytes => MegabytesOf("VmHWM:");

    /// <summary>The physical memory it has now, in megabytes.</summary>
    public long Megabytes => MegabytesOf("VmRSS:");

    /// <summary>What it has written since it was ready: nothing, as long as nothing is worth a person's look.</summary>
    public IEnumerable<string> LinesSinceReady => Lines.SkipWhile(line => !line.StartsWith("Ready", StringComparison.Ordinal)).Skip(1);

    /// <summary>What it has written so far, both outputs.</summary>
    public IReadOnlyCollection<string> Lines => _lines.All;

    public static Task<ServerProcess> StartAsync(string data, params string[] arguments) =>
        StartAsync(ServerStart.On(data, arguments));

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(ServerStart start)
    {
        var server = new ServerProcess(start.Start());
        try
        {
            await server._lines.WaitForAsync("Ready", start.ReadyWithin);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it and waits until it is ready or has given up.</summary>
    /// <returns>The server, or null with its exit code and what it wrote, both outputs.</returns>
    public static async Task<(ServerProcess? Server, int ExitCode, string Output)> TryStartAsync(ServerStart start)
    {
        var server = new ServerProcess(start.Start());
        try
        {
            await server._lines.WaitForAsync("Ready", start.ReadyWithin);
            return (server, 0, "");
        }
        catch (InvalidOperationException)
        {
            using (server)
            {
                return (null, await server.EndAsync(), string.Join('\n', server.Lines));
            }
        }
    }

    /// <summary>Starts it and waits until it has given up.</summary>
    /// <returns>Its exit code and what it wrote, both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(ServerStart start)
    {
        using var server = new ServerProcess(start.Start());
        var exitCode = await server.EndAsync();
        return (exitCode, string.Join('\n', server.Lines));
    }

    public Task WaitForLineAsync(string words) => _lines.WaitForAsync(words);

    /// <summary>SIGKILL: no handler, no flush, no goodbye.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal, e.g. "TERM".</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(null as IFormatProvider)]);
        kill.WaitForExit();
    }

    /// <summary>Asks it to stop and waits until it has.</summary>
    public Task<int> StopAsync()
    {
        Signal("TERM");
        return EndAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            _lines.Add(line);
        }
        else if (Interlocked.Decrement(ref _outputs) == 0)
        {
            _lines.End();
        }
    }

    private async Task<int> EndAsync()
    {
        await Patience.For(_process.WaitForExitAsync(), "the server ends; it wrote: " + string.Join('\n', Lines));
        return _process.ExitCode;
    }

    private long MegabytesOf(string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/status"))
            .First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    private Uri? Address(string name) => Lines.Select(line => AddressLine().Match(line))
        .Where(match => match.Success && match.Groups["name"].Value == name)
        .Select(match => new Uri(match.Groups["address"].Value)).FirstOrDefault();

    [GeneratedRegex(@"^(?<name>\w+) +(?<address>http\S+)")]
    private static partial Regex AddressLine();
}
