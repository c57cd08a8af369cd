using Mono.Cecil;
using Telemetry.Schema;
using Telemetry.Server.Storage;

namespace Telemetry.Architecture.Tests;

/// <summary>Who may use whom inside the server. A new arrow is a decision: change the table and say why.</summary>
public sealed class ImportTableTests
{
    private const string Root = "Telemetry.Server.";
    private const string Generated = "Telemetry.Contracts.";

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        // The contract, made ready: the only place that knows what a report may say.
        ["Schema"] = [],
        ["Model"] = ["Schema"],
        // Who calls, and how much each may.
        ["Callers"] = [],
        ["Rpc"] = ["Model", "Schema"],
        ["Storage"] = ["Model", "Schema"],
        ["Privacy"] = ["Model", "Schema", "Storage"],
        // Rpc and Privacy: the license service is its own edge, and re-keys what it gets.
        ["Licensing"] = ["Model", "Schema", "Callers", "Storage", "Rpc", "Privacy", "Audit"],
        // Who did what, whoever knows who that is.
        ["Audit"] = ["Model", "Rpc", "Storage"],
        // Callers: guesses are counted by caller. Audit: what is changed, and what is refused, is recorded.
        ["Access"] = ["Model", "Schema", "Callers", "Rpc", "Storage", "Audit"],
        // Access: streams end with their token, and a limited one sees its apps alone.
        ["Feed"] = ["Model", "Schema", "Storage", "Rpc", "Access", "Audit"],
        ["Ingestion"] = ["Model", "Schema", "Callers", "Rpc", "Storage", "Privacy", "Licensing"],
        // Ingestion: data quality tells which rules reports broke. Licensing: what needs a person. Privacy: who is read about has a pseudonym in the audit log.
        ["Insights"] = ["Model", "Schema", "Rpc", "Storage", "Access", "Audit", "Licensing", "Ingestion", "Privacy"],
        // Rpc: at the contract's own paths a refusal is one of the contract.
        ["Compatibility"] = ["Model", "Schema", "Callers", "Ingestion", "Licensing", "Rpc"],
        // Backups: what is erased is noted beside them.
        ["Admin"] = ["Model", "Schema", "Rpc", "Storage", "Access", "Audit", "Feed", "Licensing", "Privacy", "Insights", "Backups"],
        // An edge for everybody: Callers, because guesses are counted; Admin, because what it hands out and erases is the same.
        ["OwnData"] = ["Model", "Schema", "Callers", "Rpc", "Storage", "Access", "Audit", "Admin", "Privacy", "Ingestion"],
        // Licensing, Insights: what each class keeps is dropped where it is.
        ["Retention"] = ["Model", "Storage", "Audit", "Privacy", "Licensing", "Insights"],
        // Insights: their files are part of a backup. Licensing: a restored server gives up seats again. Access: whoever asks for one does it as long as his token is good.
        ["Backups"] = ["Model", "Schema", "Rpc", "Storage", "Access", "Audit", "Privacy", "Licensing", "Insights"],
        // Files of what others select.
        ["Export"] = ["Model", "Schema", "Rpc", "Storage", "Insights"],
        // The contract's calls as JSON, with bodies taken as at the other HTTP paths.
        ["Transcoding"] = ["Schema", "Rpc", "Feed", "Compatibility"],
        ["OpenApi"] = ["Schema", "Rpc"],
        // Gives its fleet a past by the way that reports and licenses take inside; then reports from outside, as a client does.
        ["Demo"] = ["Model", "Schema", "Storage", "Audit", "Privacy", "Licensing", "Ingestion", "Admin"],
        // Composes everything.
        ["Hosting"] = ["Model", "Schema", "Callers", "Access", "Audit", "Rpc", "Storage", "Privacy", "Licensing", "Feed", "Ingestion", "Compatibility", "Transcoding", "OpenApi", "Admin", "Insights", "Retention", "Backups", "Export", "OwnData", "Demo"],
    };

    /// <summary>The classes that stand at an edge and speak the contract; everything else speaks the model.</summary>
    private static readonly string[] Edges =
    [
        "GrpcService", "Mapper", "ServiceBinding", "ReportingMessages", "SubmitAnswers", "FieldRegister", "FeedRequestReader",
        "EventMessages", "AuditInterceptor", "QueryReader", "FeedMessage", "FeedSession", "StoredMessages", "CollectedData", "CurrentReflection", "BatchMethod", "ContractEndpoint", "TranscodedCalls", "ContractDocument", "ContractFiles", "MessageSchemas", "ExampleReport", "ServerHost", "RequestLimits", "IExport",
    ];

    private static readonly TypeDefinition[] Types = [.. new[] { typeof(ReportSchema), typeof(ITelemetryStore) }
        .SelectMany(type => AssemblyDefinition.ReadAssembly(type.Assembly.Location).MainModule.GetTypes())
        .Where(type => FolderOf(type.FullName) is not null)];

    [Fact]
    public void No_feature_uses_another_that_the_table_does_not_allow()
    {
        var forbidden = Types
            .SelectMany(type => References.Of(type).Select(used => (From: FolderOf(type.FullName), To: FolderOf(used), type.FullName, used)))
            .Where(arrow => arrow.From is not null && arrow.To is not null && arrow.From != arrow.To)
            .Where(arrow => !Allowed[arrow.From!].Contains(arrow.To))
            .Select(arrow => $"{arrow.FullName} uses {arrow.used}")
            .Distinct();

        Assert.Empty(forbidden);
    }

    [Fact]
    public void Every_folder_is_in_the_table() =>
        Assert.Empty(Types.Select(type => FolderOf(type.FullName)).Where(folder => folder is not null).Distinct().Except(Allowed.Keys));

    [Fact]
    public void Only_edges_speak_the_contract()
    {
        var others = Types
            // The demo is a client.
            .Where(type => FolderOf(type.FullName) is not ("Schema" or "Demo"))
            // The rules speak of contracts, and are no messages.
            .Where(type => References.Of(type).Any(used =>
                used.StartsWith(Generated, StringComparison.Ordinal) && !used.StartsWith(Generated + "Rules.", StringComparison.Ordinal)))
            .Select(type => References.Outermost(type).Name)
            .Distinct()
            .Where(name => !Edges.Any(edge => name.EndsWith(edge, StringComparison.Ordinal)));

        Assert.Empty(others);
    }

    /// <summary>An app is its contract: the server has no line that names one, but for the demo's fleet.</summary>
    [Fact]
    public void No_code_names_an_app()
    {
        string[] apps = [.. new AppRegistry().All.Select(schema => schema.App)];
        var server = Types.Where(type => FolderOf(type.FullName) != "Demo").ToList();

        var types = server.SelectMany(References.Of).Where(used => used.StartsWith(Generated + "Apps.", StringComparison.Ordinal));
        var texts = server.SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions).Select(instruction => instruction.Operand).OfType<string>();
        var names = server.SelectMany(type => type.Methods.Select(method => method.Name).Append(type.Name));

        Assert.Equal(5, apps.Length);
        Assert.Empty(types);
        Assert.DoesNotContain(texts.Concat(names), text => apps.Any(app => text.Contains(app, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Log_event_ids_are_unique()
    {
        var ids = Types.SelectMany(type => type.Methods)
            .SelectMany(method => method.CustomAttributes)
            .Where(attribute => attribute.AttributeType.Name == "LoggerMessageAttribute")
            .Select(attribute => (int)attribute.Properties.Single(property => property.Name == "EventId").Argument.Value)
            .ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void The_check_sees_what_a_method_body_uses()
    {
        // In an asynchronous method the body is in a nested type.
        var pipeline = Types.Where(type => References.Outermost(type).Name == "IngestionPipeline");

        Assert.Contains("Telemetry.Server.Storage.CommitRules", pipeline.SelectMany(References.Of));
    }

    /// <summary>The server's folder, or the library beside it, in which a type is.</summary>
    private static string? FolderOf(string type) =>
        type.StartsWith("Telemetry.Schema.", StringComparison.Ordinal) ? "Schema"
        : type.StartsWith(Root, StringComparison.Ordinal) && type.IndexOf('.', Root.Length) is var end and > 0
            ? type[Root.Length..end]
            : null;

    /// <summary>A stolen database must not tell which customer a report came from.</summary>
    [Fact]
    public void Nothing_that_ingestion_stores_can_hold_a_license()
    {
        string[] licenses = ["LicenseId", "LicensedInstanceId", "License", "LicenseLease", "SubscriptionKeyHash"];
        var stored = Reachable("Report", "StoredReport", "InstanceState", "InstanceRow", "ReportValues", "ReportBody");

        Assert.Contains("Claim", stored);
        Assert.Contains("ReportSchema", stored);
        Assert.Empty(stored.Intersect(licenses));
        // The check must be able to fail.
        Assert.Contains("SubscriptionKeyHash", Reachable("License"));
    }

    /// <summary>Names of the server's types that values of the named ones are made of.</summary>
    private static HashSet<string> Reachable(params string[] names)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(names);
        while (open.TryDequeue(out var name))
        {
            if (found.Add(name))
            {
                foreach (var used in Types.Where(type => type.Name == name).SelectMany(type => type.Fields)
                    .SelectMany(field => References.PartsOf(field.FieldType))
                    .Where(used => FolderOf(used) is not null))
                {
                    open.Enqueue(used[(used.LastIndexOf('.') + 1)..]);
                }
            }
        }

        return found;
    }
}
