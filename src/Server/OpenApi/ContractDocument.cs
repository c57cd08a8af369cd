using System.Reflection;
using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using Telemetry.Schema;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.OpenApi;

/// <summary>Describes the contract's calls over HTTP: a path for each google.api.http rule, a schema for each message.</summary>
internal sealed class ContractDocument
{
    private const string TokenScheme = "token";
    private const string Refusal = "refusal";

    private readonly OpenApiDocument _document;
    private readonly MessageSchemas _schemas;
    private readonly IReadOnlyList<ReportSchema> _apps;

    private ContractDocument(IReadOnlyList<ReportSchema> apps)
    {
        _apps = apps;
        _document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "Telemetry",
                Version = typeof(ContractDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                Description = "Every call of the contract as JSON. Counts of 64 bits are texts in answers, and texts or numbers in requests. "
                    + "What is empty or zero is left out.",
            },
            Servers = [new OpenApiServer { Url = "/" }],
            Paths = [],
            Components = new OpenApiComponents
            {
                Schemas = new Dictionary<string, IOpenApiSchema>(),
                Responses = new Dictionary<string, IOpenApiResponse>(),
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [TokenScheme] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        Description = "A token; each call says which scope it needs. The server prints the first token, which has scope owner, when it starts for the first time.",
                    },
                },
            },
        };
        _schemas = new MessageSchemas(_document, apps);
    }

    public static OpenApiDocument Of(IReadOnlyList<ReportSchema> apps)
    {
        var contract = new ContractDocument(apps);
        contract.AddRefusal();
        foreach (var service in ContractFiles.Services)
        {
            contract.Add(service);
        }

        contract._document.RegisterComponents();
        return contract._document;
    }

    private void AddRefusal() => _document.Components!.Responses![Refusal] = new OpenApiResponse
    {
        Description = "A refusal: a code of gRPC, words that say what to do next, and details by \"@type\": an ErrorInfo with a stable reason, "
            + "and a BadRequest or a RetryInfo where they apply.",
        Content = Json(_schemas.Of(Google.Rpc.Status.Descriptor)),
    };

    private void Add(ServiceDescriptor service)
    {
        (_document.Tags ??= new HashSet<OpenApiTag>()).Add(new OpenApiTag { Name = service.Name, Description = service.Comment() });
        foreach (var call in service.Methods)
        {
            if (call.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule)
            {
                foreach (var (binding, index) in rule.AdditionalBindings.Prepend(rule).Select((binding, index) => (binding, index)))
                {
                    Add(call, binding, index == 0 ? call.Name : $"{call.Name}{index + 1}");
                }
            }
        }
    }

    private void Add(MethodDescriptor call, HttpRule rule, string id)
    {
        var (verb, path) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethod.Get, rule.Get),
            HttpRule.PatternOneofCase.Patch => (HttpMethod.Patch, rule.Patch),
            _ => (HttpMethod.Post, rule.Post),
        };
        var inPath = call.InputType.Fields.InDeclarationOrder().Where(field => path.Contains($"{{{field.Name}}}", StringComparison.Ordinal)).ToList();
        var operation = new OpenApiOperation
        {
            OperationId = id,
            Tags = new HashSet<OpenApiTagReference> { new(call.Service.Name, _document) },
            Description = call.Comment(),
            Parameters = [.. inPath.Select(field => Parameter(field, field.Name, ParameterLocation.Path))],
            RequestBody = BodyOf(call, rule, inPath),
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse
                {
                    Description = call.IsServerStreaming ? "One object in each line, for as long as the caller stays." : "Done.",
                    Content = Json(_schemas.Of(call.OutputType)),
                },
                ["default"] = new OpenApiResponseReference(Refusal, _document),
            },
        };
        if (rule.Body.Length == 0)
        {
            foreach (var (name, field) in InQuery(call.InputType, "").Where(part => !inPath.Contains(part.Field)))
            {
                operation.Parameters.Add(Parameter(field, name, ParameterLocation.Query));
            }
        }

        var access = call.GetOptions().GetExtension(Wire.AccessExtensions.Access);
        if (!access.Everybody)
        {
            operation.Description += access.AnyToken ? " Needs a token." : $" Needs a token with scope {access.Scope.ToString().ToLowerInvariant()}.";
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(TokenScheme, _document)] = [] }];
        }

        if (!_document.Paths.TryGetValue(path, out var item))
        {
            _document.Paths[path] = item = new OpenApiPathItem { Operations = [] };
        }

        item.Operations![verb] = operation;
    }

    private OpenApiRequestBody? BodyOf(MethodDescriptor call, HttpRule rule, List<FieldDescriptor> inPath)
    {
        if (rule.Body.Length == 0)
        {
            return null;
        }

        var field = call.InputType.FindFieldByName(rule.Body);
        var content = Json(field is null ? _schemas.Without(call.InputType, inPath) : _schemas.Of(field.MessageType));
        if (field?.MessageType.FullName == Wire.Report.Descriptor.FullName)
        {
            ((OpenApiMediaType)content.Values.Single()).Examples = _apps.ToDictionary(
                app => app.App, app => (IOpenApiExample)new OpenApiExample { Value = ExampleReport.Of(app) });
        }

        return new OpenApiRequestBody { Required = true, Content = content };
    }

    private OpenApiParameter Parameter(FieldDescriptor field, string name, ParameterLocation place) => new()
    {
        Name = name,
        In = place,
        Required = place == ParameterLocation.Path,
        Description = field.Comment(),
        Schema = _schemas.Of(field),
    };

    /// <summary>The fields that a query can hold: those of messages inside have the way to them in their names.</summary>
    private static IEnumerable<(string Name, FieldDescriptor Field)> InQuery(MessageDescriptor message, string prefix) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            field.FieldType != FieldType.Message || (WellKnown.Of(field.MessageType) is { } text && text.Type == JsonSchemaType.String)
                ? [(prefix + field.Name, field)]
            : field.IsRepeated || WellKnown.Of(field.MessageType) is not null ? []
            : InQuery(field.MessageType, prefix + field.Name + "."));

    private static Dictionary<string, IOpenApiMediaType> Json(IOpenApiSchema schema) =>
        new() { ["application/json"] = new OpenApiMediaType { Schema = schema } };
}
