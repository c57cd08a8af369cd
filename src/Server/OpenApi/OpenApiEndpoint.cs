using System.Text;
using Microsoft.OpenApi;
using Telemetry.Schema;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.OpenApi;

/// <summary>GET /openapi.json: the contract's calls and all apps at this moment, for whoever has no stubs.</summary>
/// <remarks>Threading: any; two callers may make the same document at once.</remarks>
internal sealed class OpenApiEndpoint(AppRegistry apps)
{
    private const string Path = "/openapi.json";

    private Written? _written;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(
        Path, new OpenApiEndpoint(endpoints.ServiceProvider.GetRequiredService<AppRegistry>()).AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var all = apps.All;
        var written = Volatile.Read(ref _written);
        if (written is null || !ReferenceEquals(written.Apps, all))
        {
            var json = await ContractDocument.Of(all).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, context.RequestAborted).ConfigureAwait(false);
            Volatile.Write(ref _written, written = new Written(all, Encoding.UTF8.GetBytes(json)));
        }

        await JsonAnswers.WriteAsync(context, StatusCodes.Status200OK, written.Json).ConfigureAwait(false);
    }

    private sealed record Written(IReadOnlyList<ReportSchema> Apps, ReadOnlyMemory<byte> Json);
}
