using System.CommandLine;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Licensing;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses issue</c>: issues a license and shows its key, this once.</summary>
internal sealed class IssueCommand : LicenseVerb
{
    private readonly LicenseTerms _terms = new(required: true);
    private readonly Option<string?> _from = new("--from")
    {
        Description = "Its first day (UTC), e.g. 2027-01-01, or the moment of its start. Default: now.",
    };

    private readonly Option<string?> _prefix = new("--prefix") { Description = "What the key begins with, e.g. RVOX." };
    private readonly Option<string?> _existing = new("--existing-key-file")
    {
        Description = "A file with a key that was sold before, to be honored instead of a new one; - for standard input.",
    };

    private readonly Option<string?> _requestId = new("--request-id")
    {
        Description = "The id of an earlier try whose answer was lost, to get the same license and key. Default: a new one.",
    };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print the key and nothing else." };

    public IssueCommand(ConnectionOptions connection, CliConsole console)
        : base("issue", "Issue a license.", connection, console)
    {
        foreach (var option in (IEnumerable<Option>)[.. _terms.All, _from, _prefix, _existing, _requestId, _quiet])
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var quiet = parsed.GetValue(_quiet);
        if (quiet && IsJson(parsed))
        {
            throw new CliUsageException("--quiet and --json exclude each other.");
        }

        var request = await RequestOf(parsed, cancellation).ConfigureAwait(false);
        if (quiet && request.ExistingKey.Length > 0)
        {
            throw new CliUsageException("--quiet prints the new key, and an existing one stays as it is.");
        }

        if (request.ExpiresAt is { } end && end.ToDateTimeOffset() + (request.Grace?.ToTimeSpan() ?? default) <= Terminal.Time.GetUtcNow())
        {
            Terminal.Error.WriteLine(
                $"Warning: this license expired on {LicenseDates.OfEnd(end)}; no installation will be licensed by it.");
        }

        var response = await IssueAsync(ClientOf(channel, parsed), request, cancellation).ConfigureAwait(false);
        Write(parsed, response, quiet ? [response.LicenseKey] : WordsOf(response));
        return ExitCodes.Ok;
    }

    private static IEnumerable<string> WordsOf(IssueLicenseResponse response) => response.LicenseKey.Length > 0
        ?
        [
            $"License key: {response.LicenseKey}",
            $"License id: {response.License.LicenseId}",
            "The key is not kept by the server: hand it to the customer now.",
        ]
        :
        [
            $"License id: {response.License.LicenseId}",
            $"The key that was sold before ({response.License.MaskedKey}) is honored from now on.",
        ];

    /// <summary>When no answer comes, the license may have been issued: the id then gets its key.</summary>
    private async Task<IssueLicenseResponse> IssueAsync(
        LicenseAdminClient client, IssueLicenseRequest request, CancellationToken cancellation)
    {
        try
        {
            return await client.IssueAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
            or StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown)
        {
            Terminal.Error.WriteLine(
                $"The license may have been issued. To get it and its key, repeat this command with --request-id {request.RequestId}");
            throw;
        }
    }

    private async Task<IssueLicenseRequest> RequestOf(ParseResult parsed, CancellationToken cancellation)
    {
        var request = new IssueLicenseRequest
        {
            CustomerReference = _terms.CustomerOf(parsed),
            Edition = _terms.EditionOf(parsed) ?? "",
            Apps = { _terms.AppsOf(parsed) },
            Limits = { _terms.LimitsOf(parsed) },
            InstancesAllowed = _terms.InstancesOf(parsed) ?? 0,
            OveragePolicy = _terms.OverageOf(parsed),
            NotBefore = parsed.GetValue(_from) is { } start ? LicenseDates.ParseStart("--from", start) : null,
            ExpiresAt = _terms.ExpiresOf(parsed),
            Grace = _terms.GraceOf(parsed),
            KeyPrefix = parsed.GetValue(_prefix) ?? "",
            RequestId = parsed.GetValue(_requestId) ?? Guid.NewGuid().ToString("D"),
        };
        if (parsed.GetValue(_existing) is { } file)
        {
            request.ExistingKey = await InputFile.ReadSecretAsync(Terminal, file, cancellation).ConfigureAwait(false);
        }

        return request;
    }
}
