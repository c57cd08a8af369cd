using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;
using Telemetry.Dashboard.State;

namespace Telemetry.Dashboard.Pages;

/// <summary>Which platforms carry an app, and whom a higher requirement leaves behind.</summary>
public sealed partial class SupportMatrix : Page
{
    /// <summary>Values that a filter takes.</summary>
    private const int MostValues = 100;

    private Question<QueryRequest, QueryResponse> _cells = null!, _all = null!;
    private Question<QueryRequest, QueryResponse>[] _where = [], _apps = [];

    private string App => View.App ?? Catalog.FirstApp ?? "";

    private string AppName => Names.Value("app", App);

    private string Platform => Address["rows"] ?? "environment.nextcloud_version";

    private string Runtime => Address["columns"] ?? "environment.php_version";

    private Cut Cut => new(Address["oldest"], Address["oldest-row"]);

    private IReadOnlyList<(string Value, string Name)> Versions =>
        [.. Catalog.Dimensions(App).Where(known => known.Version).Select(known => (known.Field, Names.Field(known.Field)))];

    private PanelState? Empty => _cells.Answer is not { Groups.Count: 0 } ? null
        : View.Filters.Count > 0 ? PanelState.EmptyByFilter(Say("These filters leave no installation.", "Diese Filter lassen keine Installation übrig."))
        : PanelState.Empty(Say($"No installation of {AppName} was active in {View.Window} days.", $"Keine Installation von {AppName} war in {View.Window} Tagen aktiv."));

    private PanelState? NobodyLeft => Cut is { Column: null, Row: null } ? PanelState.Empty(Say("Nothing is dropped yet. Move a line.", "Noch fällt nichts weg. Verschieben Sie eine Linie."))
        : _cells.Answer is not null && Result.Left == 0 ? PanelState.Empty(Say("This line leaves nobody behind.", "Diese Grenze lässt niemanden zurück.")) : null;

    private Matrix Cells => Arrange(0);

    private Matrix People => Arrange(1);

    private CutResult Result => _cells.Answer is null ? new(0, 0, 0, 0, 0, 0, 0) : CutResult.Find(Cells, Cut);

    private IReadOnlyList<Bar> Reasons =>
    [
        .. new (string Name, double Count)[]
        {
            (Say($"only {Names.Field(Runtime)} is too old", $"nur {Names.Field(Runtime)} zu alt"), Result.OnlyColumn),
            (Say($"only {Names.Field(Platform)} is too old", $"nur {Names.Field(Platform)} zu alt"), Result.OnlyRow),
            (Say("both", "beides"), Result.Both),
            (Say("one too old, other unknown", "eins zu alt, anderes unbekannt"), Result.Partly),
        }.Where(reason => reason.Count > 0).Select(reason => new Bar(reason.Name, reason.Count) { Kind = BarKind.Out }),
    ];

    private IReadOnlyList<Bar> Countries => Left(_where, "environment.country", 6);

    private IReadOnlyList<Bar> Apps =>
        [.. Left(_apps, "app", 20).Select(bar => bar with { Of = _all.Answer?.Groups.FirstOrDefault(group => Answers.NameOf(group.Keys[0], Names, Words, "app") == bar.Name).Last() })];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _cells = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _all = Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync);
        _where = [Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync), Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync)];
        _apps = [Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync), Ask<QueryRequest, QueryResponse>(Fleet.Insights.QueryAsync)];
    }

    protected override async Task AskAsync()
    {
        if (App.Length == 0)
        {
            return;
        }

        var view = View with { App = App };
        await _cells.AskAsync(new QueryRequest
        {
            Population = view.ToPopulation(),
            GroupBy = { Versioned(Platform, 1), Versioned(Runtime, 2) },
            Order = GroupOrder.Own,
            Measures = { new Measure { Kind = MeasureKind.Count }, new Measure { Kind = MeasureKind.Sum, Field = "users.total" } },
        });
        if (Cut is { Column: null, Row: null } || _cells.Answer is null)
        {
            return;
        }

        // What is older is asked of all apps: another one may run on versions that this one is not seen on.
        var older = await Task.WhenAll(OlderAsync(Runtime, Cut.Column, 2), OlderAsync(Platform, Cut.Row, 1));
        await Task.WhenAll(
            _all.AskAsync(new QueryRequest { Population = (view with { App = null }).ToPopulation(), GroupBy = { new Contracts.V1.Dimension { Field = "app" } } }),
            AskLeftAsync(_where, view, older, "environment.country"),
            AskLeftAsync(_apps, view with { App = null }, older, "app"));
    }

    /// <summary>The versions of a field before the oldest one that is still supported.</summary>
    private async Task<FieldFilter?> OlderAsync(string field, string? oldest, uint parts)
    {
        if (oldest is null)
        {
            return null;
        }

        QueryResponse answer;
        try
        {
            answer = await Fleet.AskAsync(Fleet.Insights.QueryAsync, new QueryRequest { Population = (View with { App = null, Filters = [] }).ToPopulation(), GroupBy = { Versioned(field, parts) } }, default);
        }
        catch (Grpc.Core.RpcException)
        {
            // The matrix asks about the same field and says why it is not answered.
            return null;
        }

        var older = answer.Groups.Select(group => group.Keys[0]).Where(key => key.KeyCase == GroupKey.KeyOneofCase.Value && string.CompareOrdinal(VersionOrder.KeyOf(key.Value), VersionOrder.KeyOf(oldest)) < 0)
            .Select(key => key.Value).Take(MostValues).ToArray();
        return older.Length == 0 ? null : new FieldFilter { Field = field, Values = { older }, VersionParts = parts };
    }

    /// <summary>Those that the first line leaves behind, and of the others those that the second one does.</summary>
    private static Task AskLeftAsync(Question<QueryRequest, QueryResponse>[] questions, View view, FieldFilter?[] older, string by)
    {
        var asked = new List<Task>();
        for (var i = 0; i < older.Length; i++)
        {
            if (older[i] is not { } filter)
            {
                questions[i].Forget();
                continue;
            }

            var population = view.ToPopulation();
            population.Filters.Add(filter);
            foreach (var before in older.Take(i).OfType<FieldFilter>())
            {
                var others = before.Clone();
                others.Exclude = true;
                population.Filters.Add(others);
            }

            asked.Add(questions[i].AskAsync(new QueryRequest { Population = population, GroupBy = { new Contracts.V1.Dimension { Field = by } } }));
        }

        return Task.WhenAll(asked);
    }

    private static Contracts.V1.Dimension Versioned(string field, uint parts) => new() { Field = field, VersionParts = parts };

    /// <summary>Columns oldest first, rows newest first, unknown last in both.</summary>
    private Matrix Arrange(int measure)
    {
        if (_cells.Answer is not { } answer)
        {
            return new("", "", [], [], []);
        }

        var matrix = Answers.Matrix(answer, Names, Words, Platform, Runtime, measure);
        int[] rows = [.. Order(matrix.Rows, newestFirst: true)], columns = [.. Order(matrix.Columns, newestFirst: false)];
        return matrix with
        {
            Rows = [.. rows.Select(row => matrix.Rows[row])],
            Columns = [.. columns.Select(column => matrix.Columns[column])],
            Cells = [.. rows.Select(IReadOnlyList<double?> (row) => [.. columns.Select(column => matrix.Cells[row][column])])],
        };
    }

    private static IEnumerable<int> Order(IReadOnlyList<MatrixLabel> labels, bool newestFirst)
    {
        var known = Enumerable.Range(0, labels.Count).Where(i => !labels[i].Unknown).OrderBy(i => VersionOrder.KeyOf(labels[i].Name));
        return (newestFirst ? known.Reverse() : known).Concat(Enumerable.Range(0, labels.Count).Where(i => labels[i].Unknown));
    }

    private void Move(Cut cut) => Go(Address.With("oldest", cut.Column).With("oldest-row", cut.Row));

    private PanelState StateOfBoth(Question<QueryRequest, QueryResponse>[] questions) =>
        NobodyLeft ?? (questions.FirstOrDefault(question => question.Failure is not null) is { } failed ? StateOf(failed) : PanelState.Ready);

    private IReadOnlyList<Bar> Left(Question<QueryRequest, QueryResponse>[] questions, string field, int most)
    {
        var bars = questions.Select(question => question.Answer).OfType<QueryResponse>().SelectMany(answer => Answers.Bars(answer, Names, Words, field))
            .GroupBy(bar => (bar.Name, bar.Kind)).Select(same => new Bar(same.Key.Name, same.Sum(bar => bar.Count)) { Kind = same.Key.Kind }).OrderByDescending(bar => bar.Count).ToArray();
        var named = bars.Where(bar => bar.Kind == BarKind.Ordinary).ToArray();
        return
        [
            .. named.Take(most).Select(bar => bar with { Kind = BarKind.Out }),
            .. named.Length > most ? [new Bar(Words.MoreValues(named.Length - most), named.Skip(most).Sum(bar => bar.Count)) { Kind = BarKind.Rest }] : Array.Empty<Bar>(),
            .. bars.Where(bar => bar.Kind == BarKind.Unknown),
        ];
    }
}
