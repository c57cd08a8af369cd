using Google.Protobuf;
using Microsoft.Extensions.Options;
using Telemetry.Schema;
using Telemetry.Server.Audit;

namespace Telemetry.Server.Admin;

/// <summary>Section "Apps": which apps the operator lets report, beside those that come with the server.</summary>
internal sealed class AppsOptions
{
    public const string Section = "Apps";

    /// <summary>Directory of descriptor sets, "*.binpb"; each is registered at the start. Default: none.</summary>
    public string? Directory { get; set; }
}

/// <summary>Registers the contracts that the operator keeps as files, as if each had been registered by a call.</summary>
/// <remarks>At the start, before anybody can report. A file that is taken away takes no app away: its reports are stored.</remarks>
internal sealed partial class AppDirectory(
    AppRegistrar registrar, IOptions<AppsOptions> options, TimeProvider time, ILogger<AppDirectory> logger)
{
    private const string Key = AppsOptions.Section + ":" + nameof(AppsOptions.Directory);

    /// <exception cref="AppDirectoryException">The directory or a file in it cannot be used; the message says what to do.</exception>
    /// <exception cref="Storage.StoreUnavailableException">A contract cannot be stored.</exception>
    public async Task RegisterAsync(CancellationToken cancellation = default)
    {
        if (options.Value.Directory is not { } directory)
        {
            return;
        }

        // All are read before the first is registered: what can be seen to be wrong changes nothing.
        var contracts = FilesIn(directory).Select(file => (File: file, Content: Read(file))).ToList();
        if (contracts.GroupBy(contract => contract.Content.App).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            // Each would be the other's next revision, once more at every start.
            throw new AppDirectoryException(
                $"The app {twins.Key} is described by {string.Join(" and by ", twins.Select(twin => $"'{twin.File}'"))}: keep one of them in {Key}.");
        }

        foreach (var (file, (_, bytes)) in contracts)
        {
            try
            {
                var audit = AuditCall.OfServer("Apps.Register", "apps directory", time);
                var registered = await registrar.RegisterAsync(bytes, validateOnly: false, audit, cancellation).ConfigureAwait(false);
                Log.Registered(logger, registered.Schema.App, registered.Revision, file);
            }
            catch (SchemaException e)
            {
                throw Refused(file, e);
            }
        }
    }

    private static string[] FilesIn(string directory)
    {
        try
        {
            return [.. Directory.GetFiles(directory, "*.binpb").Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppDirectoryException(
                Directory.Exists(directory)
                    ? $"The directory '{directory}' cannot be read ({e.Message.TrimEnd('.')}): let the server's user read it, or leave {Key} out."
                    : $"The directory '{directory}' does not exist: create it, or leave {Key} out.",
                e);
        }
    }

    private static (string App, ByteString Bytes) Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            // One byte more than a contract may have is enough to refuse it.
            var bytes = new byte[Math.Min(stream.Length, AppContract.MaxBytes + 1)];
            stream.ReadExactly(bytes);
            var set = UnsafeByteOperations.UnsafeWrap(bytes);
            return (AppContract.ReadNew(set).Schema.App, set);
        }
        catch (SchemaException e)
        {
            throw Refused(file, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppDirectoryException(
                $"The contract in '{file}' cannot be read ({e.Message.TrimEnd('.')}): let the server's user read it, or take it out of {Key}.", e);
        }
    }

    private static AppDirectoryException Refused(string file, SchemaException e) =>
        new($"The contract in '{file}' is refused ({string.Join("; ", e.Problems)}): mend it, or take the file out of {Key}.", e);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1601, Level = LogLevel.Information, Message = "The app {App} is registered, revision {Revision}, by '{File}'.")]
        public static partial void Registered(ILogger logger, string app, int revision, string file);
    }
}

/// <summary>The operator's contracts cannot be registered; the message says which, why, and what to do.</summary>
internal sealed class AppDirectoryException(string message, Exception? inner = null) : Exception(message, inner);
