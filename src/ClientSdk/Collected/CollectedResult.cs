using System.Globalization;

namespace Telemetry.Client;

/// <summary>What came of asking the server for what it collected of this installation, or of having it deleted.</summary>
public abstract class CollectedResult
{
    private CollectedResult(CollectedResultKind kind, string message)
    {
        Kind = kind;
        Message = message;
    }

    /// <summary>Which of the classes below it is.</summary>
    public CollectedResultKind Kind { get; }

    /// <summary>The result in a sentence or two that an administrator can act on; the server's words where it refused.</summary>
    public string Message { get; }

    /// <summary>Kind and message.</summary>
    public override string ToString() => $"{Kind}: {Message}";

    private static string Counted(long reports) => reports == 1 ? "1 report" : string.Create(CultureInfo.InvariantCulture, $"{reports} reports");

    /// <summary>Here is everything that the server keeps of this installation of the app.</summary>
    /// <param name="lines">JSON objects: the installation's state first, then its reports, the newest first.</param>
    public sealed class Shown(IReadOnlyList<string> lines) : CollectedResult(CollectedResultKind.Shown,
        string.Create(CultureInfo.InvariantCulture, $"The server keeps {Counted(Math.Max(0, lines.Count - 1))} of this installation."))
    {
        /// <summary>
        /// A JSON object each, as docs/protocol.md has them: first {"instance": ...}, then a {"report": ...} for each
        /// report, the newest first.
        /// </summary>
        public IReadOnlyList<string> Lines { get; } = lines;
    }

    /// <summary>The server erased all of it.</summary>
    /// <param name="receipts">What the server signed, the oldest first; usually one.</param>
    /// <param name="before">Whether all of it was erased before already.</param>
    /// <param name="problem">Why this installation could not write that down; null when it did.</param>
    public sealed class Deleted(IReadOnlyList<DeletionReceipt> receipts, bool before, string? problem = null)
        : CollectedResult(CollectedResultKind.Deleted, string.Create(CultureInfo.InvariantCulture,
            $"{(before ? "It was deleted before" : "Deleted")}: {Counted(receipts[^1].Reports)}, {receipts[^1].DeletedAt:yyyy-MM-dd HH:mm:ss} UTC.")
            + (problem is null ? "" : $" That could not be noted here, so the next report is sent under the same proof. {problem}"))
    {
        /// <summary>What the server signed, the oldest first; usually one. The last one is also in <see cref="TelemetryStatus.LastDeletion"/>.</summary>
        public IReadOnlyList<DeletionReceipt> Receipts { get; } = receipts;

        /// <summary>Whether all of it was erased before already, e.g. because the first answer was lost.</summary>
        public bool Before { get; } = before;
    }

    /// <summary>This installation has no proof to ask with: no report with one left it, or none since the last deletion. Nobody was asked.</summary>
    /// <param name="message">What that means.</param>
    public sealed class NothingSent(string message) : CollectedResult(CollectedResultKind.NothingSent, message);

    /// <summary>
    /// The server neither shows nor deletes by this installation's proof: it keeps nothing of it, or not every report since the
    /// first came with the proof.
    /// </summary>
    /// <param name="message">The server's words.</param>
    public sealed class NotTheOwner(string message) : CollectedResult(CollectedResultKind.NotTheOwner, message);

    /// <summary>Not at the moment.</summary>
    /// <param name="message">Why; the server's words if it was asked.</param>
    /// <param name="welcomeAt">When it is worth trying again, by this machine's clock.</param>
    public sealed class Busy(string message, DateTimeOffset welcomeAt) : CollectedResult(CollectedResultKind.Busy, message)
    {
        /// <summary>When it is worth trying again, by this machine's clock.</summary>
        public DateTimeOffset WelcomeAt { get; } = welcomeAt;
    }

    /// <summary>No answer of a Telemetry server came.</summary>
    /// <param name="message">What went wrong and where to look.</param>
    /// <param name="cause">The same as a value.</param>
    public sealed class Unreachable(string message, UnreachableCause cause) : CollectedResult(CollectedResultKind.Unreachable, message)
    {
        /// <summary>Why no answer came.</summary>
        public UnreachableCause Cause { get; } = cause;
    }

    /// <summary>The server was asked to delete, and no answer came. Asking again is answered with the receipt if it is done.</summary>
    /// <param name="message">Why no answer came.</param>
    public sealed class MayBeDeleted(string message) : CollectedResult(CollectedResultKind.MayBeDeleted, message);

    /// <summary>The server is too old to show or delete by an installation's proof.</summary>
    /// <param name="message">What to do.</param>
    public sealed class Unsupported(string message) : CollectedResult(CollectedResultKind.Unsupported, message);

    /// <summary>The server failed.</summary>
    /// <param name="message">The server's words.</param>
    public sealed class ServerFailed(string message) : CollectedResult(CollectedResultKind.ServerFailed, message);
}
