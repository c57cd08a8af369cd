using Telemetry.Client.AspNetCore.Page;

namespace Telemetry.Client.AspNetCore;

/// <summary>Says what came of showing or deleting what the server collected, precisely.</summary>
internal static class CollectedNotice
{
    public static Notice Of(CollectedResult result) => new(result is CollectedResult.Deleted, Words.Of(result.Kind), result.Message)
    {
        Details = result switch
        {
            CollectedResult.Busy busy => [new("Worth trying again", Words.Of(busy.WelcomeAt))],
            CollectedResult.Unreachable unreachable => [new("Cause", Words.Of(unreachable.Cause))],
            _ => [],
        },
    };
}
