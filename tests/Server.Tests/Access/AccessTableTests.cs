using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Telemetry.Server.Access;
using Telemetry.Server.Tests.Transcoding;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>Every call and every path with every kind of token, from the descriptors: a new call is in it, or closed.</summary>
public sealed class AccessTableTests
{
    private static readonly Wire.Scope[] Scopes = [Wire.Scope.Live, Wire.Scope.Read, Wire.Scope.Licenses, Wire.Scope.Privacy, Wire.Scope.Owner];

    [Fact]
    public void Every_call_of_the_contract_says_who_may_make_it()
    {
        Assert.InRange(ContractCalls.All.Count, 36, 100);
        Assert.Empty(ContractCalls.All.Where(method => CallPolicyMapper.AccessOf(method)?.WhoCase is null or Wire.AccessPolicy.WhoOneofCase.None
            || CallPolicyMapper.AccessOf(method)!.Scope == Wire.Scope.Unspecified && CallPolicyMapper.AccessOf(method)!.WhoCase == Wire.AccessPolicy.WhoOneofCase.Scope)
            .Select(method => method.FullName));
    }

    [Fact]
    public void What_a_call_says_of_apps_names_fields_of_its_request()
    {
        foreach (var method in ContractCalls.All.Where(method => CallPolicyMapper.AccessOf(method)?.Apps is not null))
        {
            var apps = CallPolicyMapper.AccessOf(method)!.Apps;
            foreach (var path in apps.SelectedBy.Concat(apps.NamedBy))
            {
                var message = method.InputType;
                var names = path.Split('.');
                foreach (var name in names[..^1])
                {
                    message = message.FindFieldByName(name).MessageType;
                }

                Assert.Equal(Google.Protobuf.Reflection.FieldType.String, message.FindFieldByName(names[^1]).FieldType);
            }
        }
    }

    [Fact]
    public void Requests_that_name_apps_are_held_to_those_of_a_token()
    {
        // A field that is called so and is not in the policy would let a limited token ask for anything.
        foreach (var method in ContractCalls.Guarded.Where(method => method.Service.Name is not nameof(Wire.AccessService)))
        {
            var names = method.InputType.Fields.InDeclarationOrder().Where(field => field.Name is "app" or "apps").Select(field => field.Name);
            var apps = CallPolicyMapper.AccessOf(method)!.Apps;
            Assert.Empty(names.Except([.. apps?.SelectedBy ?? [], .. apps?.NamedBy ?? []]));
        }
    }

    [Fact]
    public async Task Every_endpoint_is_open_by_its_contract_or_has_a_policy()
    {
        await using var server = await TestServer.StartAsync();
        var mapped = server.Part<IEnumerable<Microsoft.AspNetCore.Routing.EndpointDataSource>>().SelectMany(source => source.Endpoints).ToList();

        var closed = mapped.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<CallPolicy>() is null);

        Assert.Empty(closed.Select(endpoint => endpoint.DisplayName));
        Assert.All(ContractCalls.All, method => Assert.Contains(
            ContractCalls.EndpointsOf(server), endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName == $"/{method.Service.FullName}/{method.Name}"));
        // An endpoint that is open though its call needs a token.
        Assert.Empty(ContractCalls.EndpointsOf(server)
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName)
            .Intersect(ContractCalls.Guarded.Select(method => $"/{method.Service.FullName}/{method.Name}")));
    }

    [Theory]
    [InlineData("native")]
    [InlineData("web")]
    public async Task Each_scope_opens_its_calls_and_no_other(string door)
    {
        await using var server = await TestServer.StartAsync();
        var invoker = (door == "web" ? server.Web : server.Native).CreateCallInvoker();
        foreach (var scope in Scopes)
        {
            var token = await server.MakeAsync(scope);
            foreach (var method in ContractCalls.Guarded.Where(method => !method.IsClientStreaming))
            {
                var access = CallPolicyMapper.AccessOf(method)!;
                var refusal = await ContractCalls.CallAsync(invoker, method, Tokens.Bearer(token.Secret));

                var what = $"{method.FullName} with {scope}: {refusal?.Status}";
                if (access.AnyToken || access.Scope == scope || scope == Wire.Scope.Owner)
                {
                    Assert.False(refusal?.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Internal or StatusCode.Unknown, what);
                }
                else
                {
                    Assert.True(refusal?.StatusCode == StatusCode.PermissionDenied, what);
                    Assert.Equal("SCOPE_MISSING", Tokens.ReasonOf(refusal!));
                    Assert.Contains("scope " + ScopeNames.NameOf(AccessMapper.ToModel(access.Scope)), refusal!.Status.Detail, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Without_a_good_token_every_call_is_refused_with_what_to_do()
    {
        await using var server = await TestServer.StartAsync(settings: "Limits:WrongTokensPerMinute=0");
        var invoker = server.Native.CreateCallInvoker();
        var revoked = await server.MakeAsync(Wire.Scope.Owner);
        await server.Access.RevokeTokenAsync(new() { TokenId = revoked.Id }, server.Authorized);
        var expired = await server.MakeAsync(Wire.Scope.Owner, end: server.Time.GetUtcNow().AddMinutes(1));
        var rotated = await server.MakeAsync(Wire.Scope.Owner);
        await server.Access.RotateTokenAsync(new() { TokenId = rotated.Id, Overlap = new() }, server.Authorized);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        (Metadata Headers, string Reason)[] bad =
        [
            ([], "TOKEN_MISSING"), (Tokens.Bearer("tlm_" + new string('0', 64)), "TOKEN_UNKNOWN"), (Tokens.Bearer(revoked.Secret), "TOKEN_REVOKED"),
            (Tokens.Bearer(expired.Secret), "TOKEN_EXPIRED"), (Tokens.Bearer(rotated.Secret), "TOKEN_REPLACED"),
        ];

        foreach (var method in ContractCalls.Guarded)
        {
            foreach (var (headers, reason) in bad)
            {
                var refusal = await ContractCalls.CallAsync(invoker, method, headers);
                Assert.Equal((method.FullName, StatusCode.Unauthenticated, reason), (method.FullName, refusal?.StatusCode, Tokens.ReasonOf(refusal!)));
            }
        }
    }

    [Fact]
    public async Task Every_path_is_held_to_the_same_policy()
    {
        await using var server = await TestServer.StartAsync();
        var secrets = new Dictionary<Wire.Scope, string>();
        foreach (var scope in Scopes)
        {
            secrets[scope] = (await server.MakeAsync(scope)).Secret;
        }

        foreach (var method in ContractCalls.Guarded)
        {
            var access = CallPolicyMapper.AccessOf(method)!;
            Assert.NotEmpty(ContractCalls.Paths(method));
            foreach (var (verb, path) in ContractCalls.Paths(method))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(server, verb, path, null)).Status);
                foreach (var (scope, secret) in secrets)
                {
                    var (status, body) = await SendAsync(server, verb, path, secret);
                    var allowed = access.AnyToken || access.Scope == scope || scope == Wire.Scope.Owner;
                    Assert.True(
                        allowed ? status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) : status == HttpStatusCode.Forbidden && body.Contains("SCOPE_MISSING", StringComparison.Ordinal),
                        $"{verb} {path} with {scope}: {(int)status} {body}");
                }
            }
        }
    }

    [Fact]
    public async Task A_token_for_one_app_is_refused_by_every_call_that_concerns_all()
    {
        await using var server = await TestServer.StartAsync();
        var invoker = server.Native.CreateCallInvoker();
        foreach (var scope in new[] { Wire.Scope.Live, Wire.Scope.Read, Wire.Scope.Licenses, Wire.Scope.Privacy })
        {
            var token = await server.MakeAsync(scope, apps: ["roomvox"]);
            foreach (var method in ContractCalls.Guarded.Where(method => CallPolicyMapper.AccessOf(method) is var access && (access!.AnyToken || access.Scope == scope)))
            {
                var refusal = await ContractCalls.CallAsync(invoker, method, Tokens.Bearer(token.Secret));
                var closed = CallPolicyMapper.AccessOf(method)!.Apps is null;
                Assert.True(closed == (refusal?.StatusCode == StatusCode.PermissionDenied), $"{method.FullName}: {refusal?.Status}");
            }
        }
    }

    [Fact]
    public async Task Asking_for_another_app_is_refused_with_the_apps_of_the_token_by_every_field_that_names_one()
    {
        await using var server = await TestServer.StartAsync();
        var invoker = server.Native.CreateCallInvoker();
        foreach (var method in ContractCalls.Guarded.Where(method => CallPolicyMapper.AccessOf(method)!.Apps is not null))
        {
            var access = CallPolicyMapper.AccessOf(method)!;
            var token = await server.MakeAsync(access.AnyToken ? Wire.Scope.Read : access.Scope, apps: ["roomvox", "metavox"]);
            foreach (var path in access.Apps.SelectedBy.Concat(access.Apps.NamedBy))
            {
                var refusal = await ContractCalls.CallAsync(invoker, method, Tokens.Bearer(token.Secret), RequestFor(method.InputType, path.Split('.'), "formvox"));

                Assert.Equal((method.FullName, StatusCode.PermissionDenied), (method.FullName, refusal?.StatusCode));
                Assert.Equal("APP_NOT_ALLOWED", Tokens.ReasonOf(refusal!));
                Assert.Contains($"{path} asks for 'formvox'", refusal!.Status.Detail, StringComparison.Ordinal);
                Assert.Contains("metavox, roomvox", refusal.Status.Detail, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task What_says_nothing_of_who_may_call_it_is_closed_to_an_owner_too()
    {
        await using var server = await TestServer.StartAsync();
        var policies = server.Part<IAuthorizationPolicyProvider>();
        var authorization = server.Part<IAuthorizationService>();

        var fallback = await policies.GetFallbackPolicyAsync();
        var owner = Granted.Principal(AccessSchemes.Own);

        Assert.False((await authorization.AuthorizeAsync(owner, null, fallback!)).Succeeded);
    }

    private static byte[] RequestFor(Google.Protobuf.Reflection.MessageDescriptor type, ReadOnlySpan<string> path, string app)
    {
        var field = type.FindFieldByName(path[0]);
        var inner = path.Length == 1 ? Encoding.UTF8.GetBytes(app) : RequestFor(field.MessageType, path[1..], app);
        return [(byte)((field.FieldNumber << 3) | 2), (byte)inner.Length, .. inner];
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(TestServer server, string verb, string path, string? secret)
    {
        using var request = JsonCalls.Request(server, verb, path, verb == "GET" ? null : "{}");
        request.Headers.Authorization = secret is null ? null : new AuthenticationHeaderValue("Bearer", secret);
        using var response = await server.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (response.StatusCode, response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync());
    }
}
