using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Telemetry.Dashboard.Components.Data;

/// <summary>A column of a table.</summary>
/// <param name="Name">The header, with its unit.</param>
public sealed record Column<T>(string Name)
{
    /// <summary>What the column is sorted by: its name in a question, or here the reason that it can be sorted.</summary>
    public string? Sort { get; init; }

    /// <summary>The value: shown where nothing else says how, and sorted by where the table sorts by itself. Nothing is unknown.</summary>
    public Func<T, IComparable?>? Value { get; init; }

    /// <summary>As it is written; else numbers are counts and the rest is text.</summary>
    public Func<T, string?>? Text { get; init; }

    public RenderFragment<T>? Cell { get; init; }

    /// <summary>As a file has it, where that is neither the value nor what is written.</summary>
    public Func<T, string>? Raw { get; init; }

    /// <summary>What the figures are, of what and when; said on hover and focus of the heading.</summary>
    public string? Explanation { get; init; }

    /// <summary>Of the row header: where it leads.</summary>
    public Func<T, string?>? Href { get; init; }

    public bool Numeric { get; init; }

    /// <summary>Long text that may break.</summary>
    public bool Wrap { get; init; }

    public bool Mono { get; init; }

    /// <summary>Whether it says something that a file can hold; a drawing does not.</summary>
    internal bool IsWritten => Raw is not null || Value is not null || Text is not null;

    internal string RawOf(T row) => Raw?.Invoke(row) ?? Value?.Invoke(row) switch
    {
        null => Value is null ? Text?.Invoke(row) ?? "" : "",
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString() ?? "",
    };
}

/// <summary>By which column, and which way.</summary>
public sealed record SortOrder(string Column, bool Descending = false);
