using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Features;
using Telemetry.Contracts.V1;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Transcoding;

/// <summary>Stands around the transcoded calls: what the library reads was checked before, and its refusals get a reason and the way out.</summary>
/// <remarks>
/// The library passes over query parameters that it does not know, and says what it made of the input in the words of an
/// exception. As for gRPC (decision 17), a status without details is its own and is replaced.
/// </remarks>
internal sealed class TranscodedCalls(TimeProvider time, CallFailures failures)
{
    /// <summary>Registering an app takes a megabyte in base64; nothing else takes more than a report.</summary>
    private const int MaxContractBytes = 3 * 512 * 1024;

    private static readonly MethodDescriptor Registering = AppService.Descriptor.FindMethodByName(nameof(AppService.AppServiceBase.RegisterApp));

    private readonly JsonRequests _requests = new(time);
    private readonly JsonRequests _contracts = new(time, MaxContractBytes);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var call = context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>();
        if (call is null)
        {
            return next(context);
        }

        if (BrokenInHead(context.Request, call) is var (name, rule))
        {
            return RefuseAsync(context, name, rule);
        }

        if (call.HttpRule.Body.Length > 0)
        {
            return (call.MethodDescriptor.FullName == Registering.FullName ? _contracts : _requests).HandleAsync(
                context, body => (Body: body.ToArray(), Broken: RequestFields.BrokenIn(call.MethodDescriptor.InputType, body)),
                (_, read) =>
                {
                    context.Request.Body = new MemoryStream(read.Body, writable: false);
                    return read.Broken is var (field, broken) ? RefuseAsync(context, field, broken) : AnswerAsync(context, call, next);
                });
        }

        // Of no interest where no body is read; the library would look at its charset.
        context.Request.Headers.ContentType = default;
        return AnswerAsync(context, call, next);
    }

    private static Task RefuseAsync(HttpContext context, string field, string rule) =>
        JsonAnswers.RefuseAsync(context, RpcErrors.InvalidField(field, rule).GetRpcStatus()!);

    /// <summary>What is wrong with the variables of the path or the names and values of the query.</summary>
    private static (string Field, string Rule)? BrokenInHead(HttpRequest request, GrpcJsonTranscodingMetadata call)
    {
        var all = call.MethodDescriptor.InputType.Fields.InDeclarationOrder();
        foreach (var field in all)
        {
            if (request.RouteValues.TryGetValue(field.Name, out var value) && RequestFields.BrokenRule(field, (string)value!) is { } rule)
            {
                return (field.Name, rule);
            }
        }

        var inQuery = call.HttpRule.Body.Length > 0 ? [] : all.Where(field => !request.RouteValues.ContainsKey(field.Name)).ToList();
        foreach (var (name, values) in request.Query)
        {
            if (Find(inQuery, name, "") is not var (path, field))
            {
                return ("query", inQuery.Count == 0
                    ? "must be empty: this call takes everything in its path or its body"
                    : "must name only what this call takes: " + string.Join(", ", inQuery.Select(field => field.Name)));
            }

            if (values.Select(value => RequestFields.BrokenRule(field, value!)).FirstOrDefault(rule => rule is not null) is { } rule)
            {
                return (path, rule);
            }

            if (values.Count > 1 && !field.IsRepeated)
            {
                return (path, "must come once");
            }
        }

        return null;
    }

    /// <summary>The field that a name in a query stands for, with its path in the contract's names.</summary>
    private static (string Path, FieldDescriptor Field)? Find(IEnumerable<FieldDescriptor> fields, string name, string prefix)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? name : name[..dot];
        return fields.FirstOrDefault(field => field.Name == first || field.JsonName == first) is not { } found ? null
            : dot < 0 ? (prefix + found.Name, found)
            : found is { FieldType: FieldType.Message, IsRepeated: false }
                ? Find(found.MessageType.Fields.InDeclarationOrder(), name[(dot + 1)..], $"{prefix}{found.Name}.")
            : null;
    }

    private async Task AnswerAsync(HttpContext context, GrpcJsonTranscodingMetadata call, RequestDelegate next)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        JsonAnswers.Prepare(context.Response);
        context.Response.Body = new SuccessBody(context.Response, body.Stream);
        await next(context).ConfigureAwait(false);
        context.Features.Set(body);
        if (SuccessBody.IsRefusal(context.Response) && !context.Response.HasStarted)
        {
            await JsonAnswers.RefuseAsync(context, RefusalOf(context, call)).ConfigureAwait(false);
        }
    }

    private RpcStatus RefusalOf(HttpContext context, GrpcJsonTranscodingMetadata call)
    {
        var details = context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.ResponseTrailers.GetValueBytes(StatusHeaders.Details);
        if (details is not null)
        {
            return RpcStatus.Parser.ParseFrom(details);
        }

        // What it cannot read is the caller's, what it cannot write is ours.
        return context.Response.StatusCode == StatusCodes.Status400BadRequest
            ? RpcErrors.JsonMalformed()
            : RpcErrors.Internal(failures.Note(
                new InvalidOperationException("The answer could not be written as JSON."), call.MethodDescriptor.FullName));
    }

    /// <summary>Lets a success through as it is written, and nothing of a refusal.</summary>
    private sealed class SuccessBody(HttpResponse response, Stream body) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public static bool IsRefusal(HttpResponse response) => response.StatusCode >= StatusCodes.Status400BadRequest;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            IsRefusal(response) ? ValueTask.CompletedTask : body.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            IsRefusal(response) ? Task.CompletedTask : body.FlushAsync(cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
