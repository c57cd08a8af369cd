using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Bench.Insights;

/// <summary>A stretch of days in which an installation reported the same, without seven days of silence: what a table of runs holds.</summary>
/// <param name="App">The app's place in the plan.</param>
/// <param name="First">The first day.</param>
/// <param name="Until">The last day on which nothing newer is known.</param>
/// <param name="Last">The last day with a report.</param>
/// <param name="Codes">By the plan's paths.</param>
internal readonly record struct Run(int App, int First, int Until, int Last, ushort[] Codes);

/// <summary>Puts a simulated fleet into a projection chunk by chunk, past the log: 283 million reports take seconds.</summary>
/// <param name="plan">What to build.</param>
/// <param name="onRun">Told each stretch as it ends; null for nobody.</param>
internal sealed class FleetBuilder(FleetPlan plan, Action<Run>? onRun)
{
    private const long MsPerDay = 86_400_000;

    private readonly FleetPlan _plan = plan;
    private readonly Action<Run>? _onRun = onRun;

    public long Reports { get; private set; }

    public long Changes { get; private set; }

    public void Build(FleetProjection projection)
    {
        var apps = _plan.Apps.Select((app, index) => Build(app.Schema, app.Installations, index)).ToList();
        projection.Restore(new FeedPosition(0, 0), int.MinValue, 0, apps);
    }

    private AppProjection Build(ReportSchema schema, int installations, int place)
    {
        var app = new AppProjection(schema);
        foreach (var path in _plan.Paths.Where(path => app.Dimensions.ContainsKey(path)))
        {
            foreach (var value in _plan.Values[path])
            {
                app.Codes[app.SlotOf(path)].Of(value);
            }
        }

        for (var first = 0; first < installations; first += Chunk.Size)
        {
            app.Restore(new ChunkBuilder(this, app, place, first, installations, Math.Min(Chunk.Size, installations - first)).Build());
        }

        return app;
    }

    /// <summary>How an installation lives.</summary>
    private struct Life
    {
        public int First;
        public int End;
        public int GapFrom;
        public int GapUntil;
        public float Miss;

        public int RunFirst;
        public int LastSeen;
    }

    private sealed class ChunkBuilder(FleetBuilder owner, AppProjection app, int place, int firstOrdinal, int all, int count)
    {
        private readonly Random _random = new((place * 1_000_003) + firstOrdinal);
        private readonly FleetPlan _plan = owner._plan;
        private readonly Chunk _chunk = new();
        private readonly Life[] _lives = new Life[count];
        private readonly List<(int Slot, string Path, int Size)> _dimensions = [];
        private readonly int _version = app.Dimensions[CoreFields.Schema.Texts[CoreFields.AppVersion].Path];
        private int[] _places = [];
        private ushort[][] _codes = [];

        public Chunk Build()
        {
            foreach (var path in _plan.Paths.Where(app.Dimensions.ContainsKey))
            {
                _dimensions.Add((app.Dimensions[path], path, _plan.Values[path].Length));
            }

            _places = [.. _plan.Paths.Select(path => _dimensions.FindIndex(dimension => dimension.Path == path))];
            _codes = [.. _dimensions.Select(_ => new ushort[count])];
            var order = new int[count];
            for (var i = 0; i < count; i++)
            {
                // Seven of ten are there on the first day; the others come evenly.
                var share = (double)(firstOrdinal + i) / all;
                order[i] = share < 0.7 ? 0 : (int)((share - 0.7) / 0.3 * (_plan.Days - 1)) + 1;
                _lives[i] = Plan(_plan.FirstDay + Math.Min(order[i], _plan.Days - 1));
            }

            var known = 0;
            for (var day = _lives[0].First; day <= _plan.LastDay; day++)
            {
                _chunk.BeginDay(day);
                for (var ordinal = 0; ordinal < known; ordinal++)
                {
                    if (Reports(in _lives[ordinal], day))
                    {
                        Report(ordinal, day);
                    }
                }

                for (; known < count && _lives[known].First == day; known++)
                {
                    Begin(known, day);
                }
            }

            for (var ordinal = 0; ordinal < count; ordinal++)
            {
                End(ordinal, int.MaxValue);
                foreach (var slot in app.Measures.Values)
                {
                    if (_random.Next(50) > 0)
                    {
                        _chunk.SetMeasure(slot, ordinal, 1 + (ulong)Math.Exp(_random.NextDouble() * (slot % 3 == 0 ? 9 : 5)));
                    }
                }
            }

            return _chunk;
        }

        private Life Plan(int first)
        {
            var life = new Life
            {
                First = first,
                End = int.MaxValue,
                GapFrom = int.MaxValue,
                GapUntil = int.MaxValue,
                Miss = _random.Next(100) switch { < 70 => 0.008f, < 92 => 0.05f, _ => 0.3f },
            };
            var kind = _random.Next(100);
            if (kind < 3)
            {
                life.End = first + 1;
            }
            else if (kind < 19)
            {
                life.End = first + 30 + _random.Next(_plan.Days);
            }

            if (_random.Next(100) < 6)
            {
                life.GapFrom = first + _random.Next(_plan.Days);
                life.GapUntil = life.GapFrom + 30 + _random.Next(120);
            }
            else if (_random.Next(100) < 30)
            {
                life.GapFrom = first + _random.Next(_plan.Days);
                life.GapUntil = life.GapFrom + 2 + _random.Next(12);
            }

            return life;
        }

        private bool Reports(in Life life, int day) =>
            day < life.End && (day < life.GapFrom || day >= life.GapUntil) && _random.NextSingle() >= life.Miss;

        private void Begin(int ordinal, int day)
        {
            _chunk.Add(new InstanceId(new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64())), MomentOf(ordinal, day));
            for (var i = 0; i < _dimensions.Count; i++)
            {
                var (slot, _, size) = _dimensions[i];
                var code = slot == _version
                    ? Math.Max(1, _plan.ReleaseOn(day) - (_random.Next(4) == 0 ? _random.Next(8) : 0))
                    : slot < 3 ? (_random.Next(10) == 0 ? 1 + _random.Next(size) : 0)
                    : _random.Next(40) == 0 ? 0 : 1 + (int)(size * Math.Pow(_random.NextDouble(), 2));
                Set(i, ordinal, (ushort)code, day, isFirst: true);
            }

            _lives[ordinal].RunFirst = day;
            Note(ordinal, day);
        }

        private void Report(int ordinal, int day)
        {
            if (day - _lives[ordinal].LastSeen > 7)
            {
                End(ordinal, day - 1);
                _lives[ordinal].RunFirst = day;
            }

            if (_random.Next(1_000) < 43)
            {
                Change(ordinal, day);
                if (_random.Next(100) < 13)
                {
                    Change(ordinal, day);
                }
            }

            Note(ordinal, day);
        }

        private void Change(int ordinal, int day)
        {
            var i = _random.Next(100) < 55 ? _dimensions.FindIndex(dimension => dimension.Slot == _version) : _random.Next(_dimensions.Count);
            var code = _dimensions[i].Slot == _version ? _plan.ReleaseOn(day) : 1 + _random.Next(_dimensions[i].Size);
            Set(i, ordinal, (ushort)code, day, isFirst: false);
        }

        private void Set(int i, int ordinal, ushort code, int day, bool isFirst)
        {
            if (_codes[i][ordinal] == code)
            {
                return;
            }

            if (!isFirst)
            {
                if (_lives[ordinal].RunFirst < day)
                {
                    End(ordinal, day - 1);
                    _lives[ordinal].RunFirst = day;
                }

                _chunk.Running.Change(_dimensions[i].Slot, ordinal, _codes[i][ordinal]);
                owner.Changes++;
            }

            _codes[i][ordinal] = code;
            _chunk.SetCode(_dimensions[i].Slot, ordinal, code);
        }

        private void Note(int ordinal, int day)
        {
            _chunk.Report(ordinal, MomentOf(ordinal, day));
            _lives[ordinal].LastSeen = day;
            owner.Reports++;
        }

        private void End(int ordinal, int until) => owner._onRun?.Invoke(new Run(
            place, _lives[ordinal].RunFirst, until, _lives[ordinal].LastSeen,
            [.. _places.Select(i => i < 0 ? (ushort)0 : _codes[i][ordinal])]));

        /// <summary>Each reports at an hour of its own.</summary>
        private static long MomentOf(int ordinal, int day) => (day * MsPerDay) + (ordinal * 7_919L % MsPerDay);
    }
}
