using Grpc.Core;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Shell;

/// <summary>Finds an installation by what a person has of it: its URL, the hash it reports, or its pseudonym.</summary>
public sealed class Finder(FleetClient fleet, Catalog catalog)
{
    /// <summary>Digits of a hash, and of a pseudonym.</summary>
    private const int Hash = 64, Pseudonym = 32;

    /// <returns>The installation, or nothing when no app of it ever reported.</returns>
    public async Task<Instance?> FindAsync(string text, CancellationToken cancellationToken)
    {
        // Most have one app; those with more must be asked for app by app.
        foreach (var app in (string[])["", .. catalog.Apps.Select(app => app.Slug)])
        {
            var request = RequestFor(text);
            request.App = app;
            request.HistoryPageSize = 1;
            try
            {
                return (await fleet.AskAsync(fleet.Admin.GetInstanceAsync, request, cancellationToken)).Instance;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                if (app.Length == 0)
                {
                    return null;
                }
            }
            catch (RpcException e) when (app.Length == 0 && e.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition && catalog.Apps.Count > 0)
            {
                // It has several; the next tries name one.
            }
        }

        return null;
    }

    internal static GetInstanceRequest RequestFor(string text) => text switch
    {
        { Length: Pseudonym } when text.All(char.IsAsciiHexDigit) => new() { InstanceId = text.ToLowerInvariant() },
        { Length: Hash } when text.All(char.IsAsciiHexDigit) => new() { InstanceHash = text.ToLowerInvariant() },
        _ when text.Contains("://", StringComparison.Ordinal) => new() { InstanceUrl = text },
        _ => new() { InstanceUrl = "https://" + text },
    };
}
