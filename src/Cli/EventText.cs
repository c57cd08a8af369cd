using System.Globalization;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Client.Contract;
using Telemetry.Contracts.Rules;
using Telemetry.Contracts.V1;
using Enum = System.Enum;

namespace Telemetry.Cli;

/// <summary>Events as text.</summary>
internal static class EventText
{
    /// <summary>How many of an app's figures are in a line.</summary>
    private const int Figures = 3;

    /// <param name="happened">The event.</param>
    /// <param name="find">Finds an app's usage message by its full name.</param>
    public static string LineOf(Event happened, Func<string, MessageDescriptor?> find)
    {
        var (stored, report) = (happened.Report, happened.Report.Report);
        var marks = string.Join(' ', happened.Kinds.Where(kind => kind != EventKind.ReportAccepted)
            .Select(kind => MarkOf(kind, stored.ClaimReason)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{happened.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {happened.Position.Number,8}  "
            + $"{stored.InstanceId[..8]}  {report.App} {report.AppVersion,-10} "
            + $"{(report.Environment is { Country: { Length: > 0 } country } ? country : "--")}  "
            + $"{NameOf(stored.Verdict),-10} {UsageOf(report, find),-40} {marks}").TrimEnd();
    }

    /// <summary>Accounts and the first of the app's figures: "users=25 rooms=5"; a type that is not known is named.</summary>
    /// <param name="report">The report.</param>
    /// <param name="find">Finds an app's usage message by its full name.</param>
    public static string UsageOf(Report report, Func<string, MessageDescriptor?> find)
    {
        IEnumerable<string> users = report.Users is { HasTotal: true, Total: var total }
            ? [string.Create(CultureInfo.InvariantCulture, $"users={total}")]
            : [];
        IEnumerable<string> figures = report.Usage switch
        {
            null => [],
            var usage when WellKnown.TryOpen(usage, find) is { } known => known.Values
                .Where(figure => !figure.Field.IsRepeated && !FieldPolicies.IsGroup(figure.Field))
                .Take(Figures)
                .Select(figure => $"{figure.Field.Name}={ContractValue.Text(figure.Field, figure.Value)}"),
            var usage => [Any.GetTypeName(usage.TypeUrl)],
        };
        return string.Join(' ', users.Concat(figures));
    }

    /// <summary>A verdict with its reason: "refused (not-found)".</summary>
    public static string VerdictOf(ClaimVerdict verdict, LicenseVerdict reason) =>
        reason == LicenseVerdict.Unspecified ? NameOf(verdict) : $"{NameOf(verdict)} ({NameOf(reason)})";

    /// <summary>A value's name as people write it: ClaimRefused is claim-refused.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((letter, index) =>
            index > 0 && char.IsUpper(letter) ? "-" + char.ToLowerInvariant(letter) : $"{char.ToLowerInvariant(letter)}"));

    /// <exception cref="CliUsageException">There is no such value.</exception>
    public static T Parse<T>(string option, string name)
        where T : struct, Enum
    {
        var known = Enum.GetValues<T>().Skip(1).ToDictionary(NameOf, StringComparer.OrdinalIgnoreCase);
        return known.TryGetValue(name, out var value)
            ? value
            : throw new CliUsageException($"{option} is one of: {string.Join(", ", known.Keys)}.");
    }

    private static string MarkOf(EventKind kind, LicenseVerdict reason) =>
        kind == EventKind.ClaimRefused && reason != LicenseVerdict.Unspecified
            ? $"{NameOf(kind)}({NameOf(reason)})"
            : NameOf(kind);

}
