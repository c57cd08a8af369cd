namespace Telemetry.Server.Model;

/// <summary>What happens with one installation more than a licence allows. Values are stored: never change one.</summary>
internal enum OveragePolicy : byte
{
    None = 0,
    Refuse = 1,
    Allow = 2,
}
