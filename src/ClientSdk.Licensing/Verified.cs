using System.Diagnostics.CodeAnalysis;

namespace Telemetry.Client.Licensing;

/// <summary>Something whose origin was checked, or why it is not believed.</summary>
internal readonly record struct Verified<T>(T? Value, string Problem)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool Ok => Value is not null;

    public static implicit operator Verified<T>(T value) => new(value, "");

    public static Verified<T> Not(string problem) => new(null, problem);
}
