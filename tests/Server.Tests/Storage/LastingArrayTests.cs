using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Tests.Storage;

public sealed class LastingArrayTests
{
    [Fact]
    public void A_lasting_array_is_where_the_collector_never_moves_it_from_the_beginning()
    {
        // What is moved begins in generation 0.
        Assert.Equal(GC.MaxGeneration, GC.GetGeneration(LastingArray.Of<InstanceRow>(512)));
    }
}
