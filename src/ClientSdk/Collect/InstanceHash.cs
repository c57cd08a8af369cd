using System.Text;

namespace Telemetry.Client;

/// <summary>Computes what stands for an installation in a report.</summary>
public static class InstanceHash
{
    /// <summary>
    /// SHA-256 of the installation's URL as 64 lower-case hexadecimal digits, after trailing slashes are stripped and
    /// letters lowered; nothing else is normalized, as the existing apps do it.
    /// </summary>
    /// <param name="url">The installation's URL, e.g. "https://cloud.example.org/nextcloud/".</param>
    /// <exception cref="ArgumentException">The URL is empty.</exception>
    public static string FromUrl(string url)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        var normalized = url.TrimEnd('/').ToLowerInvariant();
        return Digest.Of(Encoding.UTF8.GetBytes(normalized));
    }
}
