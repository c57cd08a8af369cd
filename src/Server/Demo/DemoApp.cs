using Google.Protobuf;
using Google.Protobuf.Collections;
using FormVox = Telemetry.Contracts.Apps.FormVox.V1;
using IntraVox = Telemetry.Contracts.Apps.IntraVox.V1;
using IntroVox = Telemetry.Contracts.Apps.IntroVox.V1;
using MetaVox = Telemetry.Contracts.Apps.MetaVox.V1;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.Server.Demo;

/// <summary>An app of the simulated fleet, and what its installations count.</summary>
/// <param name="Number">Its own, for what is left to chance.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Releases">Its releases, oldest first.</param>
/// <param name="UsageOf">The app's own part of a report.</param>
internal sealed record DemoApp(int Number, string Slug, DemoRelease[] Releases, Func<DemoFigures, IMessage> UsageOf)
{
    private static readonly DemoApp[] OnNextcloud =
    [
        new(0, "roomvox", DemoReleases.RoomVox, figures =>
        {
            var rooms = figures.Count(1, 9, 0.9);
            var exchange = figures.Is(2, 0.18);
            var usage = new RoomVox.Usage
            {
                Rooms = rooms,
                RoomGroups = rooms / 7,
                AverageCapacity = figures.Mean(3, 11),
                AutoAcceptRooms = figures.Part(4, rooms),
                RoomsWithSmtp = figures.Part(5, rooms) / 4,
                ExchangeSyncEnabled = exchange,
            };
            Split(usage.RoomTypes, figures, 6, rooms, "meeting-room", "lecture-hall", "office", "studio", "classroom", "other");
            // What people call their own is counted under one label.
            Split(usage.Facilities, figures, 7, rooms * 2, "projector", "whiteboard", "videoconf", "display", "wheelchair", "sauna");
            // Older releases do not count these.
            if (figures.Release >= 4)
            {
                usage.RoomsWithAvailabilityRules = figures.Part(8, rooms) / 2;
                usage.RoomsWithExchange = exchange ? figures.Part(9, rooms) : 0;
            }

            return usage;
        }),
        new(1, "formvox", DemoReleases.FormVox, figures => new FormVox.Usage
        {
            Forms = figures.Count(1, 14, 1.1), Responses = figures.Count(1, 14, 1.1) * (ulong)figures.Count(2, 24, 1.2),
        }),
        new(2, "metavox", DemoReleases.MetaVox, figures =>
        {
            var fields = figures.Count(1, 12, 0.7);
            var folders = figures.Count(2, 9, 0.9);
            var files = figures.Count(3, 2_600, 1.6);
            var usage = new MetaVox.Usage
            {
                Fields = fields, TeamFolders = folders, TeamFoldersWithFields = figures.Part(4, folders),
                TeamFoldersWithMetadata = figures.Part(4, folders) / 2, Entries = files * 3UL, FilesWithMetadata = files,
            };
            Split(usage.FieldTypes, figures, 5, fields, "text", "select", "date", "number", "checkbox", "user");
            return usage;
        }),
        new(3, "intravox", DemoReleases.IntraVox, figures =>
        {
            var pages = figures.Count(1, 42, 1.1);
            var usage = new IntraVox.Usage { Pages = pages };
            Split(usage.PagesByLanguage, figures, 2, pages, figures.Language, "en", "de");
            return usage;
        }),
        new(4, "introvox", DemoReleases.IntroVox, figures =>
        {
            var started = Math.Min(figures.Count(1, 30, 1.2), figures.Users);
            var completed = figures.Part(2, started);
            var usage = new IntroVox.Usage
            {
                WizardEnabled = figures.Is(3, 0.88), WizardsStarted = started + (started / 5), WizardsCompleted = completed,
                WizardsSkipped = (started - completed) / 2, UsersStarted = started, UsersCompleted = completed,
                Groups = figures.Count(4, 7, 0.8), GroupVisibilityUsed = figures.Is(5, 0.22),
            };
            if (figures.Is(6, 0.3))
            {
                usage.LanguagesWithOverrides.Add(figures.Language);
            }

            Split(usage.StepsByLanguage, figures, 7, 14, figures.Language, "en");
            return usage;
        }),
    ];

    /// <summary>Whether it runs by itself, on .NET, and not within Nextcloud.</summary>
    public bool StandsAlone { get; private init; }

    /// <summary>Which apps a site has, the first one first.</summary>
    public static IReadOnlyList<DemoApp> Of(Draw draw)
    {
        if (draw.Happens(0.075))
        {
            return [Shelfmark];
        }

        // RoomVox is the vendor's best known.
        var first = draw.For(1).Pick<int>((40, 0), (24, 1), (14, 2), (14, 3), (8, 4));
        var more = draw.For(2).Pick<int>((0.6, 0), (0.28, 1), (0.12, 2));
        var step = 1 + (int)(draw.For(3).Unit * (OnNextcloud.Length - 1));
        return [.. Enumerable.Range(0, more + 1).Select(i => OnNextcloud[(first + (i == 0 ? 0 : step + i - 1)) % OnNextcloud.Length]).Distinct()];
    }

    private static readonly DemoApp Shelfmark = new(5, "shelfmark", DemoReleases.Shelfmark, figures =>
    {
        var usage = new Shelfmark.Usage
        {
            Titles = figures.Count(1, 5_200, 1.2),
            AverageLoanDays = figures.Mean(2, 17),
            SelfService = figures.Is(3, 0.35),
        };
        Split(usage.Loans30D, figures, 4, figures.Count(5, 480, 1.1), "book", "magazine", "film", "game", "microfilm");
        return usage;
    })
    {
        StandsAlone = true,
    };

    /// <summary>Most falls to the first label; what is none is left out, as apps do.</summary>
    private static void Split(
        MapField<string, uint> counts, DemoFigures figures, int what, uint total, params ReadOnlySpan<string> labels)
    {
        var rest = total;
        for (var i = 0; i < labels.Length && rest > 0; i++)
        {
            var part = i == labels.Length - 1 ? rest : Math.Max(1, figures.Part((what * 100) + i, rest));
            if (!counts.ContainsKey(labels[i]))
            {
                counts[labels[i]] = part;
                rest -= part;
            }
        }
    }
}

/// <summary>Draws an installation's figures, which grow as it is used.</summary>
internal readonly struct DemoFigures(Draw draw, int age, uint users, int release, string language)
{
    public uint Users => users;

    /// <summary>Index of the release that counts.</summary>
    public int Release => release;

    /// <summary>The site's own; English where it does not tell one.</summary>
    public string Language => language;

    /// <summary>A count that starts around the median and grows by a part of that in a year.</summary>
    public uint Count(int what, double median, double spread)
    {
        var of = draw.For(what);
        return (uint)Math.Min(2_000_000, of.Around(median, spread) * (1 + (of.For(2).Unit * 1.6 * age / 365)));
    }

    public uint Part(int what, uint of) => (uint)Math.Ceiling(of * draw.For(what).Unit);

    public double Mean(int what, double median) => Math.Round(draw.For(what).Around(median, 0.5), 1);

    public bool Is(int what, double probability) => draw.For(what).Happens(probability);
}
