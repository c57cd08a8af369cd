using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary>Licenses and their installations as text.</summary>
internal static class LicenseText
{
    public static string Header { get; } =
        $"{"LICENSE",-16}  {"KEY",-17} {"CUSTOMER",-20} {"EDITION",-12} {"APPS",-18} {"STATE",-9} {"EXPIRES",-10}  INSTANCES";

    public static string UsageHeader { get; } =
        $"{"INSTANCE",-32}  {"SINCE",-10}  {"LAST CHECK",-10}  {"FREE AFTER",-19}  USAGE";

    public static string LineOf(License license) => string.Create(CultureInfo.InvariantCulture,
        $"{license.LicenseId,-16}  {license.MaskedKey,-17} {license.CustomerReference,-20} {license.Edition,-12} "
        + $"{AppsOf(license, ","),-18} {EventText.NameOf(license.State),-9} {ExpiryOf(license),-10}  {SeatsOf(license, "/")}");

    public static string LineOf(LicensedInstance instance) =>
        ($"{instance.InstanceId,-32}  {LicenseDates.OfDay(instance.BoundOn),-10}  "
        + $"{LicenseDates.OfDay(instance.LastCheckOn),-10}  {LicenseDates.OfMoment(instance.LeaseUntil),-19}  "
        + $"{CountsOf(instance.Usage)}").TrimEnd();

    public static IEnumerable<string> DetailsOf(License license) =>
    [
        $"License:    {license.LicenseId}",
        $"Key:        {license.MaskedKey}",
        $"Customer:   {license.CustomerReference}",
        $"Edition:    {license.Edition}",
        $"Apps:       {AppsOf(license, ", ")}",
        $"Limits:     {(license.Limits.Count == 0 ? "none" : CountsOf(license.Limits))}",
        $"Instances:  {SeatsOf(license, " of ")}, {OverageOf(license)}",
        $"State:      {EventText.NameOf(license.State)}",
        $"From:       {(license.NotBefore is { } start ? LicenseDates.OfStart(start) : "the day it was issued")}",
        $"Expires:    {ExpiryOf(license)}",
        $"Grace:      {GraceOf(license)}",
        $"Issued:     {LicenseDates.OfMoment(license.IssuedAt)}",
        $"Changed:    {LicenseDates.OfMoment(license.ChangedAt)}",
    ];

    private static string AppsOf(License license, string separator) =>
        string.Join(separator, license.Apps);

    private static string ExpiryOf(License license) =>
        license.ExpiresAt is { } end ? LicenseDates.OfEnd(end) : "never";

    private static string SeatsOf(License license, string separator) =>
        string.Create(CultureInfo.InvariantCulture, $"{license.Instances}{separator}{license.InstancesAllowed}");

    private static string OverageOf(License license) => license.OveragePolicy == OveragePolicy.Allow
        ? "one more is let in"
        : "one more is refused";

    private static string GraceOf(License license) => license.Grace is { Seconds: > 0 } grace
        ? string.Create(CultureInfo.InvariantCulture, $"{grace.ToTimeSpan().TotalDays:0.##} days")
        : "none";

    private static string CountsOf(IEnumerable<KeyValuePair<string, ulong>> counts) =>
        string.Join(' ', counts.OrderBy(count => count.Key, StringComparer.Ordinal)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key}={count.Value}")));
}
