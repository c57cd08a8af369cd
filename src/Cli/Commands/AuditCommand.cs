using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Contract;
using Telemetry.Contracts.V1;
using Interval = Google.Type.Interval;
using Option = System.CommandLine.Option;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry audit</c>: who did what, and whether the log of it is whole.</summary>
internal sealed class AuditCommand : Command
{
    public AuditCommand(ConnectionOptions connection, CliConsole console)
        : base("audit", "Read, verify and export the audit log.")
    {
        Subcommands.Add(new ListCommand(connection, console));
        Subcommands.Add(new VerifyCommand(connection, console));
        Subcommands.Add(new ExportCommand(connection, console));
    }

    /// <summary>What all of them share.</summary>
    private abstract class AuditVerb(string name, string description, ConnectionOptions connection, CliConsole console)
        : ServerVerb(name, description, connection, console)
    {
        protected static AuditService.AuditServiceClient ClientOf(TelemetryChannel channel) => new(channel.Invoker);

        protected Metadata HeadersOf(ParseResult parsed) => new() { { "authorization", "Bearer " + TokenOf(parsed) } };

        protected async IAsyncEnumerable<AuditEntry> AllAsync(
            TelemetryChannel channel, ParseResult parsed, [EnumeratorCancellation] CancellationToken cancellation)
        {
            using var call = ClientOf(channel).ExportAuditEntries(new(), HeadersOf(parsed), cancellationToken: cancellation);
            await foreach (var page in call.ResponseStream.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                foreach (var entry in page.Entries)
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary><c>telemetry audit list</c>: the newest first.</summary>
    private sealed class ListCommand : AuditVerb
    {
        private static readonly string Header = $"{"NUMBER",8}  {"TIME",-19}  {"WHO",-24} {"WHAT",-42} {"RESULT",-18} {"CALLS",5} {"REPORTS",8}  ON";

        private readonly Option<string?> _actor = new("--actor") { Description = "Only what this token did, by its name." };
        private readonly Option<string[]> _kinds = new("--kind") { Description = "Only reads, or only changes: read, change." };
        private readonly Option<string?> _action = new("--action") { Description = "Only calls whose names contain this, e.g. token." };
        private readonly Option<string?> _about = new("--about") { Description = "Only about this: an id as the list shows it, or an installation's id, hash or URL." };
        private readonly Option<bool> _refused = new("--refused") { Description = "Only what was refused or failed." };
        private readonly MomentOption _since = new("--since") { Description = "Only from this time on." };
        private readonly MomentOption _before = new("--before") { Description = "Only before this time." };
        private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "At most so many. Default: 100." };

        public ListCommand(ConnectionOptions connection, CliConsole console)
            : base("list", "List who did what, the newest first.", connection, console)
        {
            foreach (var option in (Option[])[_actor, _kinds, _action, _about, _refused, _since, _before, _limit])
            {
                Options.Add(option);
            }
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            await WriteTableAsync(parsed, Header, EntriesAsync(channel, parsed, cancellation), LineOf, parsed.GetValue(_limit) ?? 100).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        private async IAsyncEnumerable<AuditEntry> EntriesAsync(TelemetryChannel channel, ParseResult parsed, [EnumeratorCancellation] CancellationToken cancellation)
        {
            var request = new ListAuditEntriesRequest { Filter = FilterOf(parsed) };
            do
            {
                var page = await ClientOf(channel).ListAuditEntriesAsync(request, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
                foreach (var entry in page.Entries)
                {
                    yield return entry;
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        }

        private AuditFilter FilterOf(ParseResult parsed)
        {
            var (since, before) = (_since.In(parsed), _before.In(parsed));
            var filter = new AuditFilter
            {
                Actor = parsed.GetValue(_actor) ?? "",
                Action = parsed.GetValue(_action) ?? "",
                Kinds = { (parsed.GetValue(_kinds) ?? []).Select(kind => EventText.Parse<AuditKind>("--kind", kind)) },
                Refused = parsed.GetValue(_refused),
                Time = since is null && before is null ? null : new Interval { StartTime = since, EndTime = before },
            };
            if (parsed.GetValue(_about) is { Length: > 0 } about)
            {
                About(filter, about);
            }

            return filter;
        }

        private static void About(AuditFilter filter, string about)
        {
            if (about.Contains("://", StringComparison.Ordinal))
            {
                filter.InstanceUrl = about;
            }
            else if (InstanceNames.KindOf(about) == InstanceName.Hash)
            {
                filter.InstanceHash = about;
            }
            else
            {
                filter.SubjectId = about;
            }
        }

        private static string LineOf(AuditEntry entry)
        {
            var record = entry.Record;
            return string.Create(CultureInfo.InvariantCulture,
                $"{entry.Number,8}  {record.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {(record.Actor.Kind == AuditActorKind.Installation ? "an installation" : record.Actor.Name),-24} {record.Action,-42} "
                + $"{ResultOf(record.Code),-18} {record.Calls,5} {record.Reports,8}  {string.Join(' ', record.Subjects.Select(Text))}").TrimEnd();
        }

        private static string Text(AuditSubject subject) => $"{EventText.NameOf(subject.Kind)}:{subject.Id}";

        private static string ResultOf(int code) => code == 0 ? "done" : EventText.NameOf((StatusCode)code);
    }

    /// <summary><c>telemetry audit verify</c>: computes the chain of hashes anew.</summary>
    private sealed class VerifyCommand : AuditVerb
    {
        private readonly Option<string?> _head = new("--head")
        {
            Description = "A file with the end of the log as it was seen last, which must still be in it; written when all is well.",
        };

        private readonly Option<string?> _file = new("--file") { Description = "Verify what 'audit export' wrote, without a server." };

        public VerifyCommand(ConnectionOptions connection, CliConsole console)
            : base("verify", "Verify that nothing in the audit log was changed.", connection, console)
        {
            Options.Add(_head);
            Options.Add(_file);
        }

        protected override Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation) =>
            parsed.GetValue(_file) is { } file ? VerifyAsync(parsed, FromFile(file), cancellation) : base.ActAsync(parsed, cancellation);

        protected override Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation) =>
            VerifyAsync(parsed, AllAsync(channel, parsed, cancellation), cancellation);

        private async Task<int> VerifyAsync(ParseResult parsed, IAsyncEnumerable<AuditEntry> entries, CancellationToken cancellation)
        {
            var file = parsed.GetValue(_head);
            var known = file is null ? null : AuditHeadFile.Read(file);
            var chain = new AuditChain(known);
            await foreach (var entry in entries.WithCancellation(cancellation).ConfigureAwait(false))
            {
                chain.Take(entry);
            }

            var findings = chain.Findings();
            foreach (var finding in findings)
            {
                Terminal.Error.WriteLine($"telemetry: {finding}");
            }

            if (findings.Count > 0)
            {
                Terminal.Error.WriteLine("The audit log is not what it was. Keep this server's files and a backup of them before anything else is done.");
                return ExitCodes.Refused;
            }

            Write(parsed, chain.Head ?? new AuditHead(), Words(chain, known));
            if (file is not null && chain.Head is { } head)
            {
                AuditHeadFile.Write(file, head);
            }

            return ExitCodes.Ok;
        }

        private static IEnumerable<string> Words(AuditChain chain, AuditHead? known)
        {
            if (chain.Head is not { } head)
            {
                return ["The audit log is empty."];
            }

            var whole = string.Create(CultureInfo.InvariantCulture, $"{chain.Count} entries, {chain.First} to {head.Number}: each continues the one before.");
            var end = string.Create(CultureInfo.InvariantCulture, $"Head: {head.Number} {Convert.ToHexStringLower(head.Hash.Span)}");
            return known is null
                ? [whole, end, "Nobody can tell by this alone whether all of it was written anew: keep the head, or use --head FILE."]
                : [whole, string.Create(CultureInfo.InvariantCulture, $"Entry {known.Number}, which was seen before, is in it."), end];
        }

        private static async IAsyncEnumerable<AuditEntry> FromFile(string file)
        {
            await foreach (var line in Lines(file).ConfigureAwait(false))
            {
                if (line.Length > 0)
                {
                    yield return Parse(file, line);
                }
            }
        }

        private static IAsyncEnumerable<string> Lines(string file)
        {
            try
            {
                // Opened before the first line is read, so that a file that is not there is told at once.
                File.OpenRead(file).Dispose();
                return File.ReadLinesAsync(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new CliUsageException($"'{file}' cannot be read: {e.Message}");
            }
        }

        private static AuditEntry Parse(string file, string line)
        {
            try
            {
                return JsonParser.Default.Parse<AuditEntry>(line);
            }
            catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
            {
                throw new CliUsageException($"'{file}' holds a line that is no entry of an audit log; 'telemetry audit export' writes such files.");
            }
        }
    }

    /// <summary><c>telemetry audit export -o FILE</c>: every entry with what verifies it.</summary>
    private sealed class ExportCommand : AuditVerb
    {
        private readonly Option<string> _output = new("--output", "-o") { Description = "The file, one entry as JSON per line; one that is there is replaced.", Required = true };

        public ExportCommand(ConnectionOptions connection, CliConsole console)
            : base("export", "Write all entries to a file that 'verify --file' takes.", connection, console) => Options.Add(_output);

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            await WholeFile.WriteAsync(
                parsed.GetRequiredValue(_output), AllAsync(channel, parsed, cancellation).Select(entry => ContractJson.Of(entry, static _ => null)), cancellation)
                .ConfigureAwait(false);
            return ExitCodes.Ok;
        }
    }
}
