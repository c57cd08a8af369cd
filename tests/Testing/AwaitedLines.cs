namespace Telemetry.Testing;

/// <summary>Lines that somebody writes while a test waits for certain words in them.</summary>
internal sealed class AwaitedLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Words, TaskCompletionSource Seen)> _waiting = [];
    private bool _ended;

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            _waiting.Where(waiting => line.Contains(waiting.Words, StringComparison.Ordinal)).ToList()
                .ForEach(waiting => waiting.Seen.TrySetResult());
        }
    }

    /// <summary>No more will come.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _waiting.ForEach(waiting => waiting.Seen.TrySetException(Ended(waiting.Words)));
        }
    }

    /// <summary>Waits for a line with these words; those that are there already count.</summary>
    public Task WaitForAsync(string words) => WaitForAsync(words, Patience.Limit);

    public async Task WaitForAsync(string words, TimeSpan atMost)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Exists(line => line.Contains(words, StringComparison.Ordinal)))
            {
                return;
            }

            if (_ended)
            {
                throw Ended(words);
            }

            _waiting.Add((words, seen));
        }

        await Patience.For(seen.Task, $"a line with '{words}'", atMost);
    }

    private InvalidOperationException Ended(string words) => new($"No line had '{words}': {string.Join('\n', _lines)}");
}
