namespace Telemetry.Schema;

/// <summary>Where the values stand that the server itself works with: the same in every schema.</summary>
internal static class CoreFields
{
    public static readonly ReportSchema Schema = SchemaBuilder.Core("");

    /// <summary>The names of a report whose app is not known.</summary>
    public static readonly JsonNames Names = JsonNames.OfContract(Schema);

    public static readonly int ReportId = IndexOf("report_id");
    public static readonly int InstanceHash = IndexOf("instance_hash");
    public static readonly int App = IndexOf("app");
    public static readonly int AppVersion = IndexOf("app_version");
    public static readonly int Country = IndexOf("environment.country");
    public static readonly int Timezone = IndexOf("environment.timezone");
    public static readonly int Key = IndexOf("subscription.key");
    public static readonly int ValidSubscription = IndexOf("subscription.valid_subscription");
    public static readonly int ExtendedSupport = IndexOf("subscription.extended_support");

    public static bool? Flag(this ReportValues values, int index) =>
        values.Numbers[index] is var cell && Cell.IsValue(cell) ? cell != 0 : null;

    private static int IndexOf(string path) => Schema.Fields.Single(field => field.Path == path).Index;
}
