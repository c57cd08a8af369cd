namespace Bench.Load;

/// <summary>How much load, and for how long.</summary>
internal sealed record LoadPlan(int Connections, int Streams, TimeSpan WarmUp, TimeSpan Duration);
