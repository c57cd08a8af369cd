using System.Text;

namespace Telemetry.Cli;

/// <summary>Reads what a command is given in a file, or on standard input under the name "-".</summary>
internal static class InputFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="CliUsageException">It cannot be read.</exception>
    public static async Task<string> ReadAsync(CliConsole console, string file, CancellationToken cancellation)
    {
        try
        {
            // A terminal's read cannot be canceled; waiting for it can.
            return file == "-"
                ? await Task.Run(console.In.ReadToEnd, cancellation).WaitAsync(cancellation).ConfigureAwait(false)
                : await File.ReadAllTextAsync(file, Utf8, cancellation).ConfigureAwait(false);
        }
        catch (DecoderFallbackException)
        {
            throw new CliUsageException(file == "-" ? "Standard input is not UTF-8." : $"'{file}' is not UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliUsageException($"'{file}' cannot be read: {e.Message}");
        }
    }

    /// <exception cref="CliUsageException">It cannot be read.</exception>
    public static async Task<byte[]> ReadBytesAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliUsageException($"'{file}' cannot be read: {e.Message}");
        }
    }

    /// <summary>A secret such as a license key, which is no argument because other users see arguments.</summary>
    /// <exception cref="CliUsageException">It cannot be read, or there is nothing in it.</exception>
    public static async Task<string> ReadSecretAsync(CliConsole console, string file, CancellationToken cancellation)
    {
        var secret = (await ReadAsync(console, file, cancellation).ConfigureAwait(false)).Trim();
        return secret.Length > 0
            ? secret
            : throw new CliUsageException(file == "-" ? "Standard input holds no key." : $"'{file}' holds no key.");
    }
}
