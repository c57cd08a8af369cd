using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Tests.Access;

/// <summary>What a browser would fetch, from a handler of .NET's own client.</summary>
internal sealed class FetchingFrom(HttpMessageHandler handler) : IFetching
{
    private readonly HttpMessageInvoker _invoker = new(handler);

    public async Task<Fetched> SendAsync(string path, string[] headers, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(new Uri("http://fleet.test"), path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var header in headers.Chunk(2))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(header[0], header[1]) || request.Content!.Headers.TryAddWithoutValidation(header[0], header[1]), header[0]);
        }

        try
        {
            var answer = await _invoker.SendAsync(request, cancellationToken);
            var told = answer.Headers.NonValidated.Select(header => (header.Key, header.Value.ToString()));
            return new((int)answer.StatusCode, [.. told], await answer.Content.ReadAsStreamAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
