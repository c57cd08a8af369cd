namespace Telemetry.Cli;

/// <summary>Writes a file that is whole or not there.</summary>
internal static class WholeFile
{
    /// <summary>Waits for the first line before anything is written: a refusal leaves what was there.</summary>
    /// <param name="file">The file; one that is there is replaced.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="cancellation">Ends it, and leaves what was there.</param>
    public static async Task WriteAsync(string file, IAsyncEnumerable<string> lines, CancellationToken cancellation)
    {
        await using var next = lines.GetAsyncEnumerator(cancellation);
        var more = await next.MoveNextAsync().ConfigureAwait(false);
        var part = file + ".part";
        try
        {
            await using (var output = File.CreateText(part))
            {
                for (; more; more = await next.MoveNextAsync().ConfigureAwait(false))
                {
                    await output.WriteLineAsync(next.Current).ConfigureAwait(false);
                }
            }

            File.Move(part, file, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
