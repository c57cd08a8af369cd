namespace Telemetry.Cli;

/// <summary>Keeps one line in a file; a crash leaves the old line or the new one.</summary>
internal sealed class PositionFile(string path)
{
    public string? Read() => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    public void Write(string line)
    {
        var temporary = path + ".new";
        File.WriteAllText(temporary, line + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
