namespace Telemetry.Testing;

/// <summary>Waits for what is about to happen, and says what did not.</summary>
internal static class Patience
{
    /// <summary>Generous: it is reached only when the thing never happens.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task For(Task task, string what) => For(Completed(task), what);

    public static Task For(Task task, string what, TimeSpan atMost) => For(Completed(task), what, atMost);

    public static Task<T> For<T>(Task<T> task, string what) => For(task, what, Limit);

    public static async Task<T> For<T>(Task<T> task, string what, TimeSpan atMost)
    {
        try
        {
            return await task.WaitAsync(atMost);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Did not happen within {atMost.TotalSeconds} s: {what}");
        }
    }

    /// <summary>For what ends only when something else goes on meanwhile, e.g. a clock.</summary>
    public static async Task<T> For<T>(Task<T> task, Action meanwhile, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!task.IsCompleted && !limit.IsCancellationRequested)
        {
            meanwhile();
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None));
        }

        return await For(task, what);
    }

    /// <summary>For what can only be looked at.</summary>
    public static Task Until(Func<bool> condition, string what) => Until(condition, what, Limit);

    public static async Task Until(Func<bool> condition, string what, TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        while (!condition())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Did not happen within {atMost.TotalSeconds} s: {what}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private static async Task<bool> Completed(Task task)
    {
        await task;
        return true;
    }
}
