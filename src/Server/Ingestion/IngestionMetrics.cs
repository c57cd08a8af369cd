using System.Diagnostics.Metrics;

namespace Telemetry.Server.Ingestion;

/// <summary>Figures about what comes in. Meter "Telemetry.Server".</summary>
internal sealed class IngestionMetrics
{
    private readonly Counter<long> _outcomes;
    private readonly Counter<long> _unknownFields;
    private readonly Counter<long> _unknownValues;
    private readonly Counter<long> _customLabels;
    private readonly Histogram<int> _commitSize;

    public IngestionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Telemetry.Server");
        _outcomes = meter.CreateCounter<long>(
            "telemetry.reports", "{report}", "Reports by what became of them.");
        _unknownFields = meter.CreateCounter<long>(
            "telemetry.reports.unknown_fields", "{field}", "Fields that were not known and dropped.");
        _unknownValues = meter.CreateCounter<long>(
            "telemetry.reports.unknown_values", "{value}", "Values of open lists that were not known and dropped.");
        _customLabels = meter.CreateCounter<long>(
            "telemetry.reports.custom_labels", "{label}", "Labels that no app ships and that fell together as custom.");
        _commitSize = meter.CreateHistogram<int>(
            "telemetry.commit.size", "{report}", "Reports per commit.");
    }

    public void Outcome(string outcome) => _outcomes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Committed(int reports) => _commitSize.Record(reports);

    public void Dropped(SubmittedReport report)
    {
        if (report.UnknownFields > 0)
        {
            _unknownFields.Add(report.UnknownFields);
        }

        if (report.Dropped.Count > 0)
        {
            _unknownValues.Add(report.Dropped.Count);
        }

        if (report.OwnLabels is var custom and > 0)
        {
            _customLabels.Add(custom);
        }
    }
}
