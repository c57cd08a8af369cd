using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Contracts.V1;
using Telemetry.DataFiles;
using Option = System.CommandLine.Option;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry backup</c>: backups of a server's data, made while it runs, verified and restored without it.</summary>
internal sealed class BackupCommand : Command
{
    public BackupCommand(ConnectionOptions connection, CliConsole console)
        : base("backup", "Make, list, verify and restore backups of a server's data.")
    {
        Subcommands.Add(new CreateCommand(connection, console));
        Subcommands.Add(new ListCommand(connection, console));
        Subcommands.Add(new VerifyCommand(connection, console));
        Subcommands.Add(new RestoreCommand(console));
    }

    private static Option<string?> DirectoryOption(string description) => new("--directory") { Description = description };

    private static string Text(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    /// <exception cref="CliUsageException">There is none of this name.</exception>
    private static DataFiles.Backup Find(BackupSet set, string? name)
    {
        var (backups, problems) = set.List();
        return backups.FirstOrDefault(backup => name is null || backup.Name == name)
            ?? throw new CliUsageException(string.Join('\n', problems.Prepend(name is null
                ? $"'{set.Directory}' holds no whole backup."
                : $"'{set.Directory}' holds no whole backup '{name}'. 'telemetry backup list --directory {set.Directory}' shows them.")));
    }

    /// <summary>What all of them share that ask a server.</summary>
    private abstract class BackupVerb(string name, string description, ConnectionOptions connection, CliConsole console)
        : ServerVerb(name, description, connection, console)
    {
        protected static BackupService.BackupServiceClient ClientOf(TelemetryChannel channel) => new(channel.Invoker);

        protected Metadata HeadersOf(ParseResult parsed) => new() { { "authorization", "Bearer " + TokenOf(parsed) } };
    }

    /// <summary><c>telemetry backup create</c>: one now.</summary>
    private sealed class CreateCommand(ConnectionOptions connection, CliConsole console)
        : BackupVerb("create", "Make a backup now, in the directory that the server is configured with, and delete the oldest beyond those it keeps.", connection, console)
    {
        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            using var call = ClientOf(channel).CreateBackup(new(), HeadersOf(parsed), cancellationToken: cancellation);
            await foreach (var step in call.ResponseStream.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (step.Backup is { } backup)
                {
                    Write(parsed, backup, string.Create(CultureInfo.InvariantCulture,
                        $"Made {backup.Name}: {backup.Number} reports have been stored, {Text((long)backup.Bytes)}, of which {Text((long)backup.NewBytes)} are new."));
                }
            }

            return ExitCodes.Ok;
        }
    }

    /// <summary><c>telemetry backup list</c>: the newest first.</summary>
    private sealed class ListCommand : BackupVerb
    {
        private static readonly string Header = $"{"NAME",-24}  {"MADE",-19}  {"REPORT",12}  {"INSTALLATIONS",13}  {"SIZE",10}  {"NEW",10}";

        private readonly Option<string?> _directory = DirectoryOption("List those in this directory, without a server.");

        public ListCommand(ConnectionOptions connection, CliConsole console)
            : base("list", "List backups, the newest first.", connection, console) => Options.Add(_directory);

        protected override async Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation)
        {
            if (parsed.GetValue(_directory) is not { } directory)
            {
                return await base.ActAsync(parsed, cancellation).ConfigureAwait(false);
            }

            var (backups, problems) = new BackupSet(directory).List();
            return await ShowAsync(parsed, backups.Select(ToWire), problems).ConfigureAwait(false);
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var list = await ClientOf(channel).ListBackupsAsync(new(), HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
            var exitCode = await ShowAsync(parsed, list.Backups, list.Problems).ConfigureAwait(false);
            if (!IsJson(parsed))
            {
                Terminal.Out.WriteLine(list.Kept == 0
                    ? "This server makes no backups: its operator names a directory with Backup:Directory."
                    : list.NextDue is null
                    ? string.Create(CultureInfo.InvariantCulture, $"{list.Kept} are kept; they are made when asked for.")
                    : string.Create(CultureInfo.InvariantCulture, $"{list.Kept} are kept; the next is due {MomentText.Of(list.NextDue.ToDateTimeOffset())}."));
            }

            return exitCode;
        }

        private async Task<int> ShowAsync(ParseResult parsed, IEnumerable<Contracts.V1.Backup> backups, IReadOnlyCollection<string> problems)
        {
            await WriteTableAsync(parsed, Header, backups.ToAsyncEnumerable(), LineOf).ConfigureAwait(false);
            foreach (var problem in problems)
            {
                Terminal.Error.WriteLine($"telemetry: {problem}");
            }

            return problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Refused;
        }

        private static string LineOf(Contracts.V1.Backup backup) => string.Create(CultureInfo.InvariantCulture,
            $"{backup.Name,-24}  {backup.CreateTime.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {backup.Number,12}  {backup.Instances,13}  "
            + $"{Text((long)backup.Bytes),10}  {Text((long)backup.NewBytes),10}");

        private static Contracts.V1.Backup ToWire(DataFiles.Backup backup) => new()
        {
            Name = backup.Name,
            CreateTime = Timestamp.FromDateTimeOffset(backup.Description.Time),
            Number = (ulong)backup.Description.Position,
            Instances = (ulong)backup.Description.Installations,
            Bytes = (ulong)backup.Description.Bytes,
            NewBytes = (ulong)backup.Description.NewBytes,
        };
    }

    /// <summary><c>telemetry backup verify</c>: whether every byte is what was written.</summary>
    private sealed class VerifyCommand : BackupVerb
    {
        private readonly Argument<string?> _name = new("name") { Description = "Which; the newest when none is named.", Arity = ArgumentArity.ZeroOrOne };
        private readonly Option<string?> _directory = DirectoryOption("Verify one in this directory, without a server.");

        public VerifyCommand(ConnectionOptions connection, CliConsole console)
            : base("verify", "Read every byte of a backup and compare it with what was written.", connection, console)
        {
            Arguments.Add(_name);
            Options.Add(_directory);
        }

        protected override Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation)
        {
            if (parsed.GetValue(_directory) is not { } directory)
            {
                return base.ActAsync(parsed, cancellation);
            }

            var backup = Find(new BackupSet(directory), parsed.GetValue(_name));
            return Task.FromResult(Show(parsed, new VerifiedBackup { Name = backup.Name, Findings = { backup.Verify(static _ => { }, cancellation) } }));
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var exitCode = ExitCodes.Refused;
            using var call = ClientOf(channel).VerifyBackup(
                new() { Name = parsed.GetValue(_name) ?? "" }, HeadersOf(parsed), cancellationToken: cancellation);
            await foreach (var step in call.ResponseStream.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (step.Verified is { } verified)
                {
                    exitCode = Show(parsed, verified);
                }
            }

            return exitCode;
        }

        private int Show(ParseResult parsed, VerifiedBackup verified)
        {
            if (IsJson(parsed))
            {
                WriteJson(verified);
            }
            else if (verified.Findings.Count == 0)
            {
                Terminal.Out.WriteLine($"{verified.Name} is whole: every byte is what was written.");
            }

            foreach (var finding in IsJson(parsed) ? [] : verified.Findings)
            {
                Terminal.Error.WriteLine($"telemetry: {finding}");
            }

            if (verified.Findings.Count > 0)
            {
                Terminal.Error.WriteLine("Do not count on this backup: look at the disk, delete it, and make a new one while the server has everything.");
            }

            return verified.Findings.Count == 0 ? ExitCodes.Ok : ExitCodes.Refused;
        }
    }

    /// <summary><c>telemetry backup restore --directory DIR --data DIR</c>: a backup in the place of a server's data.</summary>
    private sealed class RestoreCommand : Command
    {
        private readonly Argument<string?> _name = new("name") { Description = "Which; the newest when none is named.", Arity = ArgumentArity.ZeroOrOne };
        private readonly Option<string> _directory = new("--directory") { Description = "The directory of the backups.", Required = true };
        private readonly Option<string> _data = new("--data") { Description = "The server's data directory; the server must not run.", Required = true };
        private readonly Option<bool> _replace = new("--replace") { Description = "Move data that is there aside, into a directory beside." };
        private readonly CliConsole _console;

        public RestoreCommand(CliConsole console)
            : base("restore", "Put a backup in the place of a server's data. What was erased since is erased again when the server starts.")
        {
            _console = console;
            Arguments.Add(_name);
            foreach (var option in (Option[])[_directory, _data, _replace])
            {
                Options.Add(option);
            }

            SetAction(Act);
        }

        private int Act(ParseResult parsed)
        {
            var set = new BackupSet(parsed.GetRequiredValue(_directory));
            var data = parsed.GetRequiredValue(_data);
            var backup = Find(set, parsed.GetValue(_name));
            var aside = BackupRestore.Run(
                backup, set.ReadErasures(), data, parsed.GetValue(_replace), _console.Time.GetUtcNow(), static _ => { }, CancellationToken.None);
            _console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Restored {backup.Name} into '{data}': what was stored up to report {backup.Description.Position}, as of {MomentText.Of(backup.Description.Time)}."));
            if (aside is not null)
            {
                _console.Out.WriteLine($"What was there is in '{aside}' now. Remove it once all is well: what was erased since is still in it.");
            }

            if (!File.Exists(Path.Combine(data, "secret.key")))
            {
                _console.Out.WriteLine("Secret and signing keys are in no backup: put 'secret.key' and 'signing/' back into the data directory before the server starts.");
            }

            _console.Out.WriteLine("Start the server. Tokens, licenses and apps are those of the backup: look at them, and revoke again what was revoked since.");
            return ExitCodes.Ok;
        }
    }
}
