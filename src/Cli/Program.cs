using Telemetry.Cli;

using var interruption = new Interruption();
var code = await CliProgram.RunAsync(args, CliConsole.OfThisProcess(), interruption.Token).ConfigureAwait(false);
return code == ExitCodes.Interrupted ? interruption.ExitCode : code;
