using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry apps</c>: whose reports the server takes.</summary>
internal sealed class AppsCommand : Command
{
    private static readonly string Header = $"{"APP",-20} {"REVISION",-10} {"FIELDS",6}  USAGE";

    public AppsCommand(ConnectionOptions connection, CliConsole console)
        : base("apps", "List and register apps.")
    {
        Subcommands.Add(new ListCommand(connection, console));
        Subcommands.Add(new ShowCommand(connection, console));
        Subcommands.Add(new ContractCommand(
            "register", "Register an app, or its next contract: its reports are taken from then on.", false, connection, console));
        Subcommands.Add(new ContractCommand(
            "check", "Say every rule that a contract breaks, and register nothing.", true, connection, console));
    }

    private static string LineOf(App app) => string.Create(CultureInfo.InvariantCulture,
        $"{app.Slug,-20} {(app.BuiltIn ? "built in" : app.Revision.ToString(CultureInfo.InvariantCulture)),-10} {app.UsageFields,6}  {app.UsageType}");

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
            Write(parsed, response, [LineOf(response.App), .. response.Fields.Select(field => $"  {field.Path,-40} {field.Purpose}")]);
            return ExitCodes.Ok;
        }
    }

    /// <summary><c>telemetry apps register FILE</c> and <c>telemetry apps check FILE</c>.</summary>
    private sealed class ContractCommand : ServerVerb
    {
        private readonly bool _checkOnly;
        private readonly Argument<string> _file = new("file")
        {
            Description = "A descriptor set, as 'buf build -o' and 'protoc --include_imports -o' write it.",
        };

        public ContractCommand(
            string name, string description, bool checkOnly, ConnectionOptions connection, CliConsole console)
            : base(name, description, connection, console)
        {
            _checkOnly = checkOnly;
            Arguments.Add(_file);
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var set = await InputFile.ReadBytesAsync(parsed.GetRequiredValue(_file), cancellation).ConfigureAwait(false);
            try
            {
                var app = await new AdminClient(channel, TokenOf(parsed))
                    .RegisterAppAsync(set, _checkOnly, cancellation).ConfigureAwait(false);
                Write(parsed, app, _checkOnly ? $"The contract of {app.Slug} is good." : LineOf(app));
                return ExitCodes.Ok;
            }
            catch (RpcException e) when (e.GetRpcStatus()?.GetDetail<Google.Rpc.BadRequest>() is { FieldViolations.Count: > 0 } broken)
            {
                foreach (var violation in broken.FieldViolations)
                {
                    Terminal.Error.WriteLine($"{(violation.Field.Length > 0 ? violation.Field : "The contract")} {violation.Description}.");
                }

                return ExitCodes.Refused;
            }
        }
    }
}
