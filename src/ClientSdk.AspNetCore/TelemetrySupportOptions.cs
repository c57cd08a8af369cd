namespace Telemetry.Client.AspNetCore;

/// <summary>Who may use the support page.</summary>
public sealed class TelemetrySupportOptions
{
    /// <summary>
    /// Name of the authorization policy that the page asks for, e.g. one that lets only administrators in. Null: the
    /// host's default policy, which lets every signed-in user in unless the host says otherwise. Default: null.
    /// </summary>
    public string? Policy { get; set; }

    /// <summary>
    /// Lets everybody in who can reach the app: to look, to switch and to send. Meant for apps that listen on loopback
    /// only. Cannot be combined with <see cref="Policy"/>. Default: false.
    /// </summary>
    public bool AllowAnonymous { get; set; }
}
