namespace Telemetry.Client.Licensing;

/// <summary>Finds out how wrong this machine's clock is, so that a proof ends when it should and not before.</summary>
internal static class ClockCorrection
{
    /// <summary>What to add to this machine's clock to have the server's.</summary>
    /// <param name="sent">When the question went out, by this machine's clock.</param>
    /// <param name="received">When the answer came in.</param>
    /// <param name="answered">When the server answered, by its clock, in whole seconds.</param>
    /// <param name="tolerance">A clock that is fast by no more is taken to be right.</param>
    /// <remarks>
    /// Only what is certain is corrected: a server that answered after its answer came in shows a slow clock, one that
    /// answered before it was asked a fast one. A slow one is corrected always, since it would prolong the proof.
    /// </remarks>
    public static TimeSpan Between(DateTimeOffset sent, DateTimeOffset received, DateTimeOffset answered, TimeSpan tolerance)
    {
        if (answered > received)
        {
            return answered - received;
        }

        return answered + tolerance < sent ? answered - sent : TimeSpan.Zero;
    }
}
