using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Features;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Transcoding;

/// <summary>Stands around the transcoded calls: what the library reads was checked before, and its refusals get a reason and the way out.</summary>
/// <remarks>
/// The library passes over query parameters and says what it made of the input in the words of an exception. As for gRPC
/// (decision 17), a status without details is its own and is replaced.
/// </remarks>
internal sealed class TranscodedCalls(TimeProvider time)
{
    /// <summary>The largest request registers an app: a megabyte in base64.</summary>
    private const int MaxBodyBytes = 3 * 512 * 1024;

    private readonly JsonRequests _requests = new(time, MaxBodyBytes);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var call = context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>();
        if (call is null)
        {
            return next(context);
        }

        if (QueryRule(context.Request, call) is { } rule)
        {
            return JsonAnswers.RefuseAsync(context, RpcErrors.InvalidField("query", rule).GetRpcStatus()!);
        }

        if (call.HttpRule.Body.Length > 0)
        {
            return _requests.HandleAsync(context, static body => body.ToArray(), (_, body) =>
            {
                context.Request.Body = new MemoryStream(body, writable: false);
                return AnswerAsync(context, next);
            });
        }

        // Of no interest where no body is read; the library would look at its charset.
        context.Request.Headers.ContentType = default;
        return AnswerAsync(context, next);
    }

    /// <summary>The rule that the query breaks; null when all its names are fields that the call takes there.</summary>
    private static string? QueryRule(HttpRequest request, GrpcJsonTranscodingMetadata call)
    {
        if (call.HttpRule.Body.Length > 0)
        {
            return request.Query.Count > 0 ? "must be empty: this call takes everything in its path and its body" : null;
        }

        var fields = call.MethodDescriptor.InputType.Fields.InDeclarationOrder()
            .Where(field => !request.RouteValues.ContainsKey(field.Name)).ToList();
        return request.Query.Keys.All(name => IsField(fields, name))
            ? null
            : fields.Count == 0 ? "must be empty: this call takes no parameters"
            : "must name only what this call takes: " + string.Join(", ", fields.Select(field => field.Name));
    }

    private static bool IsField(IEnumerable<FieldDescriptor> fields, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? path : path[..dot];
        return fields.FirstOrDefault(field => field.Name == name || field.JsonName == name) is { } field
            && (dot < 0 || (field is { FieldType: FieldType.Message, IsRepeated: false }
                && IsField(field.MessageType.Fields.InDeclarationOrder(), path[(dot + 1)..])));
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        JsonAnswers.Prepare(context.Response);
        context.Response.Body = new SuccessBody(context.Response, body.Stream);
        await next(context).ConfigureAwait(false);
        context.Features.Set(body);
        if (SuccessBody.IsRefusal(context.Response) && !context.Response.HasStarted)
        {
            var details = context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.ResponseTrailers
                .GetValueBytes(StatusHeaders.Details);
            await JsonAnswers.RefuseAsync(
                context, details is null ? RpcErrors.JsonMalformed() : RpcStatus.Parser.ParseFrom(details)).ConfigureAwait(false);
        }
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
