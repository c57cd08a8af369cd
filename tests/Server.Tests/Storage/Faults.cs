namespace Telemetry.Server.Tests.Storage;

/// <summary>Says when a disk operation fails.</summary>
internal sealed class Faults
{
    /// <summary>Operations until one fails; after that one, everything works again until this is set.</summary>
    public int FailIn { get; set; } = int.MaxValue;

    public void Operation()
    {
        if (FailIn != int.MaxValue && FailIn-- == 0)
        {
            FailIn = int.MaxValue;
            throw new IOException("No space left on device");
        }
    }
}
