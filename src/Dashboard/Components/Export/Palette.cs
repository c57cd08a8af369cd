namespace Telemetry.Dashboard.Components.Export;

/// <summary>The colors of a picture that leaves the page, where no style sheet follows. A test holds them to the tokens.</summary>
public sealed record Palette(IReadOnlyDictionary<string, string> Colors)
{
    public static Palette Light { get; } = Of(0);
    public static Palette Dark { get; } = Of(1);

    public string this[string token] => Colors[token];

    private static Palette Of(int theme) => new(Tokens.ToDictionary(pair => pair.Name, pair => theme == 0 ? pair.Light : pair.Dark));

    private static (string Name, string Light, string Dark)[] Tokens =>
    [
        ("surface", "#ffffff", "#161b1d"), ("sunken", "#f0f0eb", "#11171a"),
        ("ink", "#141d1f", "#e8eeee"), ("ink-2", "#465153", "#b3bebf"), ("ink-3", "#5f6a6c", "#95a2a4"),
        ("s1", "#03697b", "#59d1e6"), ("s2", "#df6815", "#f3af49"), ("s3", "#5e2b9a", "#6064d5"),
        ("s4", "#52a185", "#53a675"), ("s5", "#a25cc8", "#c17bea"), ("s6", "#862628", "#c4422c"),
        ("s2-ink", "#a64a08", "#f3af49"), ("s3-ink", "#5e2b9a", "#a3a5f0"), ("s4-ink", "#2c7257", "#6fc092"),
        ("s5-ink", "#8640ad", "#cf97f0"), ("s6-ink", "#862628", "#f08a78"),
        ("bar", "#03697b", "#3da6b8"), ("rest", "#7b8485", "#859093"), ("unknown", "#8d8a80", "#8a877c"), ("previous", "#767f81", "#8d999c"),
        ("q0", "#eff6f6", "#182427"), ("q1", "#d6ecee", "#1b3237"), ("q2", "#b4dce1", "#21434b"), ("q3", "#88c3cb", "#275861"),
        ("q4", "#63aeba", "#2c717c"), ("q5", "#3b97a7", "#4fb0bc"), ("q6", "#006677", "#6cd0dc"), ("q7", "#004b59", "#a5e9f1"),
        ("q-ink", "#0b2328", "#e8eeee"), ("q-ink-strong", "#ffffff", "#06181c"), ("q4-ink", "#06181c", "#f4f8f8"), ("q5-ink", "#06181c", "#06181c"),
        ("grid", "#e7e7e1", "#273035"), ("axis", "#9aa19f", "#5d6a6f"), ("land", "#e6e7e1", "#232b2f"),
    ];
}
