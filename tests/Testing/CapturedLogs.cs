using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Telemetry.Testing;

/// <summary>Keeps every log line with its category, so that tests can search them.</summary>
[ProviderAlias("Captured")]
internal sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = [];
    private readonly AwaitedLines _awaited = new();

    public IReadOnlyCollection<(LogLevel Level, string Text)> Lines => _lines;

    /// <summary>Waits for a line with these words; those that are there already count.</summary>
    public Task WaitForAsync(string words) => _awaited.WaitForAsync(words);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var text = $"{category}: {formatter(state, exception)} {exception}";
            logs._lines.Enqueue((logLevel, text));
            logs._awaited.Add(text);
        }
    }
}
