using System.CommandLine;
using System.Globalization;
using Telemetry.Client.Licensing;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances receipt FILE --root-key FILE</c>: whether an erasure's receipt is the server's, without the server.</summary>
internal sealed class VerifyReceiptCommand : Command
{
    private readonly Argument<string> _file = new("file") { Description = "The file with the receipt, or - for standard input." };
    private readonly Option<string> _rootKey = new("--root-key") { Description = "The file with the server's public root key, as 'licenses root-key' prints it.", Required = true };
    private readonly CliConsole _console;

    public VerifyReceiptCommand(CliConsole console)
        : base("receipt", "Verify the receipt of an erasure, without a server.")
    {
        _console = console;
        Arguments.Add(_file);
        Options.Add(_rootKey);
        SetAction(ActAsync);
    }

    private async Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var text = (await InputFile.ReadAsync(_console, parsed.GetRequiredValue(_file), cancellation).ConfigureAwait(false)).Trim();
        var rootKey = await InputFile.ReadAsync(_console, parsed.GetRequiredValue(_rootKey), cancellation).ConfigureAwait(false);
        ErasureReceipt? receipt;
        string problem;
        try
        {
            receipt = ErasureReceipt.Verify(text, rootKey, out problem);
        }
        catch (ArgumentException)
        {
            throw new CliUsageException("--root-key names a file that holds no public key in PEM (BEGIN PUBLIC KEY).");
        }

        if (receipt is null)
        {
            _console.Error.WriteLine($"telemetry: this is no receipt of that server: {problem}.");
            return ExitCodes.Refused;
        }

        _console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Genuine: {receipt.Reports} reports of {receipt.App} of the installation {receipt.Instance} were erased, {MomentText.Of(receipt.ErasedAt)}."));
        return ExitCodes.Ok;
    }
}
