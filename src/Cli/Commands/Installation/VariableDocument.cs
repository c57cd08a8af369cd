using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>An environment variable of this process that can switch reports off.</summary>
internal sealed record VariableDocument(string Name, string? Value, bool OptsOut)
{
    public static VariableDocument[] Of(string app, Func<string, string?> variable) =>
        [.. new[] { OptOutVariables.DoNotTrack, OptOutVariables.Of(app) }
            .Select(name => new VariableDocument(name, variable(name), OptOutVariables.OptsOut(variable(name))))];

    /// <summary>The variables in words: they are this command's, and the app's need not be the same.</summary>
    public static string Sentence(IEnumerable<VariableDocument> variables) =>
        string.Join(", ", variables.Select(one => one.Value is null
            ? $"{one.Name} is not set"
            : $"{one.Name} is '{one.Value}'" + (one.OptsOut ? ", which switches off" : ", which changes nothing")))
        + " for this command; the app's own environment can differ.";
}
