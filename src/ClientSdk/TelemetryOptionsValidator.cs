using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Options;
using Telemetry.Client.Contract;

namespace Telemetry.Client;

/// <summary>Finds what is wrong with options, all at once: the developer's mistakes, found at the first start.</summary>
/// <param name="usage">The app's usage message.</param>
/// <remarks>What is a fact of the machine, such as a directory that cannot be written, is no mistake here.</remarks>
internal sealed partial class TelemetryOptionsValidator(MessageDescriptor usage) : IValidateOptions<TelemetryOptions>
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestCollecting = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
        Problems(options, usage).ToList() is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;

    /// <exception cref="ArgumentException">Something is wrong; the message names every option and its rule.</exception>
    public static void ThrowIfWrong(TelemetryOptions options, MessageDescriptor usage)
    {
        var problems = Problems(options, usage).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }
    }

    private static IEnumerable<string> Problems(TelemetryOptions options, MessageDescriptor usage)
    {
        foreach (var problem in ReportContract.ProblemsOf(usage))
        {
            yield return problem;
        }

        if (options.AppVersion is not { Length: <= 64 } version || !Version().IsMatch(version))
        {
            yield return "AppVersion must be one to four numbers separated by dots, then optionally a label such as "
                + "\"-rc1\", at most 64 characters.";
        }

        if (TelemetryChannel.ProblemOf(options.Server) is { } wrong)
        {
            yield return $"Server {wrong}.";
        }

        if (!Enum.IsDefined(options.Transport))
        {
            yield return "Transport must be Grpc or GrpcWeb.";
        }

        if (options.InstanceHash is { } hash ? !Hash().IsMatch(hash) : string.IsNullOrWhiteSpace(options.InstanceUrl))
        {
            yield return "InstanceUrl must be the installation's URL, or InstanceHash 64 lower-case hexadecimal digits.";
        }

        if (options.StateDirectory is { } directory && (string.IsNullOrWhiteSpace(directory) || directory.Contains('\0')))
        {
            yield return "StateDirectory must be the path of a directory, or left out.";
        }

        if (!Enum.IsDefined(options.Consent))
        {
            yield return "Consent must be OptIn, BySchema or OptOut.";
        }

        if (options.CommandLineMode is { } mode && !Enum.IsDefined(mode))
        {
            yield return "CommandLineMode must be Off, Local or On, or left out.";
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
        {
            yield return "Timeout must be positive and at most a minute.";
        }

        if (options.CollectTimeout <= TimeSpan.Zero || options.CollectTimeout > LongestCollecting)
        {
            yield return "CollectTimeout must be positive and at most 5 minutes.";
        }
    }

    [GeneratedRegex(@"\A[0-9]+(\.[0-9]+){0,3}([-.+]?[0-9A-Za-z.+-]+)?\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Hash();
}
