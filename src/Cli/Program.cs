using Telemetry.Cli;

return await CliProgram.RunAsync(args, new CliConsole(Console.In, Console.Out, Console.Error)).ConfigureAwait(false);
