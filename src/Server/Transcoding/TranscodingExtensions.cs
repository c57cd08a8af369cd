using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Options;
using Telemetry.Schema;

namespace Telemetry.Server.Transcoding;

/// <summary>The calls of the contract as JSON over HTTP, by its google.api.http rules.</summary>
internal static class TranscodingExtensions
{
    public static IGrpcServerBuilder AddTranscoding(this IGrpcServerBuilder grpc)
    {
        grpc.AddJsonTranscoding(options =>
        {
            // ProtoJSON, as protobuf's own formatter writes it.
            options.JsonSettings.IgnoreDefaultValues = true;
            options.JsonSettings.WriteInt64sAsStrings = true;
        });
        grpc.Services.AddSingleton<IPostConfigureOptions<GrpcJsonTranscodingOptions>, OwnConverters>();
        grpc.Services.AddSingleton<TranscodedCalls>();
        return grpc;
    }

    public static void UseTranscodedCalls(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<TranscodedCalls>().InvokeAsync);

    /// <summary>Teaches the library what it cannot know.</summary>
    /// <remarks>
    /// It finds the type of an Any in a registry that is made once, and reads it with a generated class; apps are registered
    /// while the server runs, and have none. Its serializer is not public: a later version may call it otherwise, and then no
    /// server starts.
    /// </remarks>
    private sealed class OwnConverters(AppRegistry apps) : IPostConfigureOptions<GrpcJsonTranscodingOptions>
    {
        public void PostConfigure(string? name, GrpcJsonTranscodingOptions options)
        {
            foreach (var serializer in new[] { Unary(options), Streaming(options) })
            {
                serializer.Converters.Insert(0, new UsageConverter(apps));
                serializer.Converters.Insert(0, new FeedMessageConverter());
                // ProtoJSON takes a number as a text, too.
                serializer.NumberHandling |= JsonNumberHandling.AllowReadingFromString;
            }
        }

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_UnarySerializerOptions")]
        private static extern JsonSerializerOptions Unary(GrpcJsonTranscodingOptions options);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ServerStreamingSerializerOptions")]
        private static extern JsonSerializerOptions Streaming(GrpcJsonTranscodingOptions options);
    }
}
