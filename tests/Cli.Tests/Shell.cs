using System.Text;
using System.Text.RegularExpressions;

namespace Telemetry.Cli.Tests;

/// <summary>Finds the commands in the shell blocks of a document, and the inline ones of <c>telemetry</c>.</summary>
internal static partial class Shell
{
    private static readonly string[] Separators = ["|", "||", "&", "&&", ";"];

    public static IEnumerable<Command> CommandsOf(string document)
    {
        var lines = File.ReadAllLines(Repository.PathOf(document));
        string? block = null;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                block = block is null ? lines[i].TrimStart()[3..] : null;
            }
            else if (block is "sh")
            {
                var (first, line) = (i + 1, lines[i]);
                while (line.EndsWith('\\') && i + 1 < lines.Length)
                {
                    line = line[..^1] + lines[++i];
                }

                foreach (var words in Split(line))
                {
                    yield return new(first, words);
                }
            }
            else if (block is null)
            {
                foreach (Match inline in Inline().Matches(lines[i]))
                {
                    foreach (var words in Split(inline.Groups[1].Value))
                    {
                        yield return new(i + 1, words);
                    }
                }
            }
        }
    }

    /// <summary>Without assignments, redirections, comments, and the user of <c>sudo -u</c>.</summary>
    private static IEnumerable<string[]> Split(string line)
    {
        var command = new List<string>();
        foreach (var word in WordsOf(line).Append(";"))
        {
            if (!Separators.Contains(word))
            {
                command.Add(word);
                continue;
            }

            var words = command.SkipWhile(one => Assignment().IsMatch(one)).TakeWhile(one => one[0] is not ('>' or '<')).ToArray();
            words = words is ["sudo", "-u", _, .. var rest] ? rest : words is ["sudo", .. var all] ? all : words;
            if (words.Length > 0)
            {
                yield return words;
            }

            command.Clear();
        }
    }

    private static IEnumerable<string> WordsOf(string line)
    {
        var word = new StringBuilder();
        var (quote, any) = ('\0', false);
        foreach (var letter in line)
        {
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
                word.Append(letter);
            }
            else if (letter is '"' or '\'')
            {
                (quote, any) = (letter, true);
                word.Append(letter);
            }
            else if (letter == '#' && !any)
            {
                break;
            }
            else if (letter == '(' && !any)
            {
                // A subshell.
            }
            else if (letter is ' ' or ';')
            {
                if (any)
                {
                    yield return word.ToString();
                }

                if (letter == ';')
                {
                    yield return ";";
                }

                word.Clear();
                any = false;
            }
            else
            {
                word.Append(letter);
                any = true;
            }
        }

        if (any)
        {
            yield return word.ToString();
        }
    }

    [GeneratedRegex(@"`(telemetry [a-z][^`…]*)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"^\w+=")]
    private static partial Regex Assignment();

    /// <param name="Line">Where in the document it begins.</param>
    /// <param name="Words">The program and its arguments.</param>
    internal sealed record Command(int Line, string[] Words);
}
