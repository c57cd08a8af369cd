using System.Text;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>No secret and no person comes out anywhere: data files, logs, lists, refusals.</summary>
public sealed class NothingOfTokensTests
{
    [Fact]
    public async Task Secrets_and_people_are_in_no_file_no_log_and_no_answer()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-access-").FullName;
        try
        {
            await using var issuer = await TestIssuer.StartAsync();
            var secrets = new List<string>();
            var answers = new StringBuilder();
            IReadOnlyCollection<(Microsoft.Extensions.Logging.LogLevel Level, string Text)> logs;
            await using (var server = await TestServer.StartAsync(
                data, settings: issuer.Settings("0:Name=Readers", "0:Claim=groups", "0:Value=readers", "0:Scopes:0=read")))
            {
                var token = await server.MakeAsync(Wire.Scope.Read);
                var rotated = await server.Access.RotateTokenAsync(new() { TokenId = token.Id }, server.Authorized);
                var person = issuer.Token(server.Time.GetUtcNow());
                secrets.AddRange([server.AdminToken, token.Secret, rotated.Secret, person, "tlm_guessed", issuer.Token(server.Time.GetUtcNow(), audience: "other")]);
                foreach (var secret in secrets)
                {
                    answers.Append(await AskAsync(server, secret));
                }

                answers.Append(await server.Access.ListTokensAsync(new(), server.Authorized));
                logs = server.Logs.Lines;
            }

            var text = answers + string.Join('\n', logs.Select(line => line.Text))
                + string.Concat(Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
            Assert.All([.. secrets, .. secrets.Select(secret => secret[(secret.Length / 2)..])], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            Assert.DoesNotContain("erika", text, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<string> AskAsync(TestServer server, string secret)
    {
        try
        {
            return (await server.Access.WhoAmIAsync(new(), Tokens.Bearer(secret))).ToString() + await server.Admin.ListInstancesAsync(new(), Tokens.Bearer(secret));
        }
        catch (RpcException e)
        {
            return e.ToString() + e.Trailers.GetValueBytes("grpc-status-details-bin")?.Length;
        }
    }
}
