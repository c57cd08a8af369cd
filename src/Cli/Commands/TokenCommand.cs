using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Cli.Commands.Licenses;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry token</c>: what an owner does with tokens.</summary>
internal sealed class TokenCommand : Command
{
    private static readonly string Header = $"{"ID",-16} {"NAME",-24} {"STATE",-8} {"SCOPES",-24} {"APPS",-20} {"EXPIRES",-20} LAST USED";

    public TokenCommand(ConnectionOptions connection, CliConsole console)
        : base("token", "Make, list, rotate and revoke tokens.")
    {
        Subcommands.Add(new CreateCommand(connection, console));
        Subcommands.Add(new ListCommand(connection, console));
        Subcommands.Add(new RotateCommand(connection, console));
        Subcommands.Add(new RevokeCommand(connection, console));
    }

    private static string LineOf(Token token) => string.Create(CultureInfo.InvariantCulture,
        $"{token.TokenId,-16} {token.Name,-24} {EventText.NameOf(token.State),-8} {string.Join(',', token.Scopes.Select(EventText.NameOf)),-24} "
        + $"{(token.Apps.Count == 0 ? "all" : string.Join(',', token.Apps)),-20} {EndOf(token),-20} {(token.LastUsedOn is { } day ? DayOption.TextOf(day) : "never")}");

    private static string EndOf(Token token) => token.ExpiresAt is { } end ? LicenseDates.OfEnd(end) : "never";

    private static IEnumerable<string> WordsOf(Token token, string secret) =>
    [
        $"Token: {secret}",
        $"Token id: {token.TokenId}",
        $"Ends: {EndOf(token)}",
        "The token is shown this once; the server keeps only its hash.",
    ];

    /// <summary>What all of them share.</summary>
    private abstract class TokenVerb(string name, string description, ConnectionOptions connection, CliConsole console)
        : ServerVerb(name, description, connection, console)
    {
        protected static AccessService.AccessServiceClient ClientOf(TelemetryChannel channel) => new(channel.Invoker);

        protected Metadata HeadersOf(ParseResult parsed) => new() { { "authorization", "Bearer " + TokenOf(parsed) } };
    }

    /// <summary><c>telemetry token create NAME --scope SCOPE</c>: shows the token, this once.</summary>
    private sealed class CreateCommand : TokenVerb
    {
        private readonly Argument<string> _name = new("name") { Description = "What it is called in lists." };
        private readonly Option<string[]> _scopes = new("--scope") { Description = "What it may do: live, read, licenses, privacy or owner. Can be repeated.", Required = true };
        private readonly Option<string[]> _apps = new("--app") { Description = "Only for this app, e.g. roomvox. Can be repeated. Default: all apps." };
        private readonly Option<string?> _expires = new("--expires") { Description = "Its last day (UTC), or the moment of its end. Default: never." };
        private readonly Option<bool> _quiet = new("--quiet") { Description = "Print the token and nothing else." };

        public CreateCommand(ConnectionOptions connection, CliConsole console)
            : base("create", "Make a token.", connection, console)
        {
            Arguments.Add(_name);
            foreach (var option in (Option[])[_scopes, _apps, _expires, _quiet])
            {
                Options.Add(option);
            }
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var response = await ClientOf(channel).CreateTokenAsync(new CreateTokenRequest
            {
                Name = parsed.GetRequiredValue(_name),
                Scopes = { parsed.GetRequiredValue(_scopes).Select(scope => EventText.Parse<Scope>("--scope", scope)) },
                Apps = { (parsed.GetValue(_apps) ?? []).Select(AppName.Parse) },
                ExpiresAt = parsed.GetValue(_expires) is { } end ? LicenseDates.ParseEnd("--expires", end) : null,
            }, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
            Write(parsed, response, parsed.GetValue(_quiet) ? [response.Secret] : WordsOf(response.Token, response.Secret));
            return ExitCodes.Ok;
        }
    }

    /// <summary><c>telemetry token list</c>: the newest first.</summary>
    private sealed class ListCommand(ConnectionOptions connection, CliConsole console)
        : TokenVerb("list", "List tokens, without their secrets.", connection, console)
    {
        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            await WriteTableAsync(parsed, Header, TokensAsync(ClientOf(channel), HeadersOf(parsed), cancellation), LineOf).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        private static async IAsyncEnumerable<Token> TokensAsync(
            AccessService.AccessServiceClient client, Metadata headers, [EnumeratorCancellation] CancellationToken cancellation)
        {
            var request = new ListTokensRequest();
            do
            {
                var page = await client.ListTokensAsync(request, headers, cancellationToken: cancellation).ConfigureAwait(false);
                foreach (var token in page.Tokens)
                {
                    yield return token;
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        }
    }

    /// <summary><c>telemetry token rotate ID</c>: shows the new secret, this once.</summary>
    private sealed class RotateCommand : TokenVerb
    {
        private readonly Argument<string> _id = new("id") { Description = "The token's id." };
        private readonly NumberOption _overlap = new("--overlap-hours", 0, 720) { Description = "How long the secret before stays good. Default: 24." };
        private readonly Option<string?> _expires = new("--expires")
        {
            Description = "Its last day (UTC), or the moment of its end. Default: as long from now as it was made for.",
        };

        private readonly Option<bool> _quiet = new("--quiet") { Description = "Print the token and nothing else." };

        public RotateCommand(ConnectionOptions connection, CliConsole console)
            : base("rotate", "Give a token a new secret; the one before stays good for a while.", connection, console)
        {
            Arguments.Add(_id);
            foreach (var option in (Option[])[_overlap, _expires, _quiet])
            {
                Options.Add(option);
            }
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var response = await ClientOf(channel).RotateTokenAsync(new RotateTokenRequest
            {
                TokenId = parsed.GetRequiredValue(_id),
                Overlap = parsed.GetValue(_overlap) is { } hours ? Duration.FromTimeSpan(TimeSpan.FromHours(hours)) : null,
                ExpiresAt = parsed.GetValue(_expires) is { } end ? LicenseDates.ParseEnd("--expires", end) : null,
            }, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
            Write(parsed, response, parsed.GetValue(_quiet) ? [response.Secret] :
            [
                .. WordsOf(response.Token, response.Secret),
                response.Token.EarlierSecretUntil is { } until
                    ? $"The one before stays good until {LicenseDates.OfMoment(until)} UTC."
                    : "The one before is good no longer.",
            ]);
            return ExitCodes.Ok;
        }
    }

    /// <summary><c>telemetry token revoke ID --yes</c>: ends it and its streams.</summary>
    private sealed class RevokeCommand : TokenVerb
    {
        private readonly Argument<string> _id = new("id") { Description = "The token's id." };
        private readonly Option<bool> _yes = new("--yes") { Description = "Revoke it, for good." };

        public RevokeCommand(ConnectionOptions connection, CliConsole console)
            : base("revoke", "Let a token count no longer. Cannot be undone.", connection, console)
        {
            Arguments.Add(_id);
            Options.Add(_yes);
        }

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var id = parsed.GetRequiredValue(_id);
            if (!parsed.GetValue(_yes))
            {
                throw new CliUsageException(
                    "A revoked token never counts again, and its streams end; this cannot be undone. To revoke it all the same, add --yes. "
                    + $"To give it another secret: telemetry token rotate {id}");
            }

            var response = await ClientOf(channel).RevokeTokenAsync(new() { TokenId = id }, HeadersOf(parsed), cancellationToken: cancellation).ConfigureAwait(false);
            Write(parsed, response, $"Token {response.Token.TokenId} ({response.Token.Name}) counts no longer.");
            return ExitCodes.Ok;
        }
    }
}
