namespace Telemetry.Cli.Commands.Installation.Checks;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">Its name, which never changes.</param>
/// <param name="Level">How it ended.</param>
/// <param name="Message">What was found, and what to do about it.</param>
internal sealed record Check(string Name, CheckLevel Level, string Message)
{
    public static Check Ok(string name, string message) => new(name, CheckLevel.Ok, message);

    public static Check Skip(string name, string message) => new(name, CheckLevel.Skip, message);

    public static Check Warn(string name, string message) => new(name, CheckLevel.Warn, message);

    public static Check Fail(string name, string message) => new(name, CheckLevel.Fail, message);
}
