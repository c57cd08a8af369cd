using System.CommandLine;
using System.Text.RegularExpressions;
using Telemetry.Cli.Commands.Installation;

namespace Telemetry.Cli.Tests.Installation;

/// <summary>Scripts rely on docs/cli.md.</summary>
public sealed partial class CliDocumentationTests
{
    [Theory]
    [InlineData("`status`", typeof(StatusDocument))]
    [InlineData("`on`, `local`, `off`", typeof(ChoiceDocument))]
    [InlineData("`preview`", typeof(PreviewDocument))]
    [InlineData("`send`", typeof(SendDocument))]
    [InlineData("`history`", typeof(HistoryDocument))]
    [InlineData("`doctor`", typeof(CheckupDocument))]
    [InlineData("`collected delete`", typeof(CollectedDocument))]
    [InlineData("`receipts`", typeof(DeletionDocument))]
    [InlineData("`environment`", typeof(VariableDocument))]
    [InlineData("`receipt`", typeof(ReceiptDocument))]
    [InlineData("`violations`", typeof(ViolationDocument))]
    [InlineData("`checks`", typeof(CheckDocument))]
    public void Every_field_is_listed_and_no_other(string row, Type document)
    {
        var cells = Document.Split("### JSON")[1].Split('\n').Single(line => line.StartsWith($"| {row} |", StringComparison.Ordinal));

        Assert.Equal(
            InstallationJson.Default.GetTypeInfo(document)!.Properties.Select(property => property.Name),
            Quoted().Matches(cells[(row.Length + 3)..]).Select(name => name.Groups[1].Value));
    }

    [Fact]
    public void Every_verb_and_every_option_is_described()
    {
        var root = CliProgram.CommandLine(new CliConsole(TextReader.Null, TextWriter.Null, TextWriter.Null));
        // The terms of a license are in its own document.
        var documents = Document + File.ReadAllText(Repository.PathOf("docs/licensing.md"));

        Assert.Equal(23, root.Subcommands.Count);
        Assert.All(Within(root), verb => Assert.Matches($"`([a-z]+ )*{verb.Name}\\b", documents));
        Assert.All(
            Within(root).SelectMany(verb => verb.Options).Select(option => option.Name).Distinct(),
            option => Assert.Matches($"{option}\\b", documents));

        static IEnumerable<Command> Within(Command command) =>
            command.Subcommands.SelectMany(verb => Within(verb).Prepend(verb));
    }

    [Fact]
    public void Every_exit_code_is_described() => Assert.All(
        typeof(ExitCodes).GetFields().Select(code => code.GetRawConstantValue()),
        code => Assert.Contains($"| {code} |", Document, StringComparison.Ordinal));

    private static string Document => File.ReadAllText(Repository.PathOf("docs/cli.md"));

    [GeneratedRegex("`([a-zA-Z]+)`")]
    private static partial Regex Quoted();
}
