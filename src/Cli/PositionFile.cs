namespace Telemetry.Cli;

/// <summary>Keeps a position in a file; a crash leaves the old one or the new one.</summary>
internal sealed class PositionFile
{
    /// <summary>As the contract says.</summary>
    private const int LongestCursor = 64;

    private readonly string _path;

    /// <summary>Finds out at once whether the file can be written, instead of after the first event.</summary>
    /// <exception cref="CliUsageException">It cannot.</exception>
    public PositionFile(string path)
    {
        _path = path;
        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException("it is a directory.");
            }

            File.WriteAllText(Temporary, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliUsageException($"The state file '{path}' cannot be written: {e.Message}");
        }
    }

    private string Temporary => _path + ".new";

    /// <returns>The position's cursor; null when nothing was written yet.</returns>
    /// <exception cref="CliUsageException">It holds something else.</exception>
    public string? Read()
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        var text = File.ReadAllText(_path).Trim();
        return text.Length switch
        {
            0 => null,
            <= LongestCursor when !text.AsSpan().ContainsAnyExceptInRange('!', '~') => text,
            _ => throw new CliUsageException(
                $"The state file '{_path}' holds no position. If it is another program's, name another one; to begin anew, delete it."),
        };
    }

    public void Write(string cursor)
    {
        try
        {
            File.WriteAllText(Temporary, cursor + "\n");
            File.Move(Temporary, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The position {cursor} cannot be written to '{_path}': {e.Message} Some events from here "
                + "on may be repeated the next time.", e);
        }
    }
}
