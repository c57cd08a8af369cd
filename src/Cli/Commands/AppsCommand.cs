using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;
using Telemetry.Schema;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry apps</c>: whose reports the server takes.</summary>
internal sealed class AppsCommand : Command
{
    private static readonly string Header = $"{"APP",-20} {"NAME",-20} {"REVISION",-10} {"FIELDS",6}  USAGE";

    public AppsCommand(ConnectionOptions connection, CliConsole console)
        : base("apps", "List, check and register apps.")
    {
        Subcommands.Add(new ListCommand(connection, console));
        Subcommands.Add(new ShowCommand(connection, console));
        Subcommands.Add(new CheckCommand(connection, console));
        Subcommands.Add(new RegisterCommand(connection, console));
    }

    private static Argument<string> FileArgument() => new("file")
    {
        Description = "A descriptor set, as 'buf build -o' and 'protoc --include_imports -o' write it.",
    };

    private static string LineOf(App app) => string.Create(CultureInfo.InvariantCulture,
        $"{app.Slug,-20} {app.DisplayName,-20} {(app.BuiltIn ? "built in" : app.Revision.ToString(CultureInfo.InvariantCulture)),-10} {app.UsageFields,6}  {app.UsageType}");

    private static IEnumerable<string> LinesOf(IEnumerable<RegisteredField> fields) =>
        fields.Select(field => $"  {field.Path,-40} {field.Purpose}");

    /// <summary><c>telemetry apps list</c>.</summary>
    private sealed class ListCommand(ConnectionOptions connection, CliConsole console)
        : ServerVerb("list", "List the apps whose reports the server takes.", connection, console)
    {
        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var apps = new AdminClient(channel, TokenOf(parsed)).ListAppsAsync(cancellation);
            await WriteTableAsync(parsed, Header, apps, LineOf).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
    }

    /// <summary><c>telemetry apps show APP</c>.</summary>
    private sealed class ShowCommand : ServerVerb
    {
        private readonly Argument<string> _app = new("app") { Description = "The app's slug, e.g. roomvox." };

        public ShowCommand(ConnectionOptions connection, CliConsole console)
            : base("show", "Show every field that an app's reports can carry, and why.", connection, console) => Arguments.Add(_app);

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var response = await new AdminClient(channel, TokenOf(parsed))
                .GetAppAsync(AppName.Parse(parsed.GetRequiredValue(_app)), cancellation).ConfigureAwait(false);
            Write(parsed, response, [LineOf(response.App), .. LinesOf(response.Fields)]);
            return ExitCodes.Ok;
        }
    }

    /// <summary>What checking and registering share: a contract in a file, and refusals by field.</summary>
    private abstract class ContractVerb : ServerVerb
    {
        private readonly Argument<string> _file = FileArgument();

        protected ContractVerb(string name, string description, ConnectionOptions connection, CliConsole console)
            : base(name, description, connection, console) => Arguments.Add(_file);

        protected Task<byte[]> ReadAsync(ParseResult parsed, CancellationToken cancellation) =>
            InputFile.ReadBytesAsync(parsed.GetRequiredValue(_file), cancellation);

        /// <summary>Asks the server; null when it refuses, with the rules told.</summary>
        protected async Task<App?> AskAsync(
            TelemetryChannel channel, ParseResult parsed, byte[] set, bool checkOnly, CancellationToken cancellation)
        {
            try
            {
                return await new AdminClient(channel, TokenOf(parsed)).RegisterAppAsync(set, checkOnly, cancellation).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.GetRpcStatus()?.GetDetail<Google.Rpc.BadRequest>() is { FieldViolations.Count: > 0 } broken)
            {
                Refuse(broken.FieldViolations.Select(violation => (violation.Field, violation.Description)));
                return null;
            }
        }

        protected void Refuse(IEnumerable<(string Field, string Rule)> problems)
        {
            foreach (var (field, rule) in problems)
            {
                Terminal.Error.WriteLine($"{(field.Length > 0 ? field : "The contract")} {rule}.");
            }
        }
    }

    /// <summary><c>telemetry apps register FILE</c>.</summary>
    private sealed class RegisterCommand(ConnectionOptions connection, CliConsole console) : ContractVerb(
        "register", "Register an app, or its next contract: its reports are taken from then on.", connection, console)
    {
        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var set = await ReadAsync(parsed, cancellation).ConfigureAwait(false);
            if (await AskAsync(channel, parsed, set, checkOnly: false, cancellation).ConfigureAwait(false) is not { } app)
            {
                return ExitCodes.Refused;
            }

            Write(parsed, app, LineOf(app));
            return ExitCodes.Ok;
        }
    }

    /// <summary><c>telemetry apps check FILE</c>: here, and by a server's registered contracts when one is named.</summary>
    private sealed class CheckCommand(ConnectionOptions connection, CliConsole console) : ContractVerb(
        "check", "Say every rule that a contract breaks, or what it would collect. Asks only a server that is named, and registers nothing.",
        connection, console)
    {
        protected override Task<int> ActAsync(ParseResult parsed, CancellationToken cancellation) =>
            IsServerNamed(parsed) ? base.ActAsync(parsed, cancellation) : RunAsync(null, parsed, cancellation);

        protected override async Task<int> RunAsync(TelemetryChannel? channel, ParseResult parsed, CancellationToken cancellation)
        {
            var set = await ReadAsync(parsed, cancellation).ConfigureAwait(false);
            if (Check(set) is not { } schema)
            {
                return ExitCodes.Refused;
            }

            var app = channel is null
                ? AppDescription.Of(schema, null)
                : await AskAsync(channel, parsed, set, checkOnly: true, cancellation).ConfigureAwait(false);
            if (app is null)
            {
                return ExitCodes.Refused;
            }

            var response = new GetAppResponse { App = app, Fields = { FieldRegister.Of(schema, kept: null).Fields } };
            var place = channel is null ? "" : $" as revision {app.Revision} on {channel.Address}";
            Write(parsed, response, [$"The contract of {app.DisplayName} ({app.Slug}) is good{place}. It collects:", .. LinesOf(response.Fields)]);
            return ExitCodes.Ok;
        }

        /// <summary>By the server's own rules; what other apps are registered, only a server knows.</summary>
        private ReportSchema? Check(byte[] set)
        {
            try
            {
                var schema = AppContract.ReadNew(UnsafeByteOperations.UnsafeWrap(set)).Schema;
                return new AppRegistry().ConflictsOf(schema) is { Count: > 0 } conflicts
                    ? throw new SchemaException(conflicts, isConflict: true)
                    : schema;
            }
            catch (SchemaException e)
            {
                Refuse(e.Problems.Select(problem => (problem.Field, problem.Rule)));
                return null;
            }
        }
    }
}
