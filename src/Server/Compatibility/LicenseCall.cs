using System.Text.Json.Serialization;

namespace Telemetry.Server.Compatibility;

/// <summary>What the five apps send in a license call; every other member (a name, a count method) is passed over.</summary>
internal sealed class LicenseCall
{
    public string? LicenseKey { get; set; }

    public string? InstanceUrlHash { get; set; }

    public string? PreviousInstanceUrlHash { get; set; }

    public string? AppType { get; set; }

    public string? Language { get; set; }

    public uint? CurrentRooms { get; set; }

    public uint? CurrentRoomGroups { get; set; }

    public uint? CurrentForms { get; set; }

    public uint? TotalResponses { get; set; }

    public uint? CurrentTeamFolders { get; set; }

    public uint? TotalMetadataEntries { get; set; }

    public uint? CurrentPages { get; set; }

    public uint? CurrentUsers { get; set; }

    [JsonConverter(typeof(LanguageCountsConverter))]
    public Dictionary<string, uint>? PageCountsPerLanguage { get; set; }

    /// <summary>The counts under the names of limits.</summary>
    public Dictionary<string, ulong> Usage()
    {
        var usage = new Dictionary<string, ulong>(StringComparer.Ordinal);
        Add("rooms", CurrentRooms);
        Add("room_groups", CurrentRoomGroups);
        Add("forms", CurrentForms);
        Add("responses", TotalResponses);
        Add("team_folders", CurrentTeamFolders);
        Add("metadata_entries", TotalMetadataEntries);
        Add("pages", CurrentPages);
        Add("users", CurrentUsers);
        // The fullest language is what a limit per language is about; which one it is, is nobody's business here.
        Add("pages_per_language", PageCountsPerLanguage is { Count: > 0 } counts ? counts.Values.Max() : null);
        return usage;

        void Add(string name, uint? count)
        {
            if (count is { } known)
            {
                usage.Add(name, known);
            }
        }
    }
}
