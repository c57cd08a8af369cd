using Google.Protobuf.Reflection;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Tests.Access;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Audit;

/// <summary>What is recorded stands in the contract, beside who may call it.</summary>
public sealed class AuditedCallsTests
{
    [Fact]
    public void Every_call_that_takes_a_token_says_what_of_it_is_recorded() =>
        Assert.Empty(ContractCalls.Guarded.Where(method => AuditMapper.KindOf(method) is null).Select(method => method.FullName));

    [Fact]
    public void Of_calls_for_everybody_only_those_are_recorded_that_take_a_proof() => Assert.Equal(
        ContractCalls.All.Except(ContractCalls.Guarded).Where(method => method.InputType.FindFieldByName("ownership_secret") is not null
            && method.Service.Name != nameof(Wire.ReportingService)).Select(method => method.FullName),
        ContractCalls.All.Except(ContractCalls.Guarded).Where(method => AuditMapper.KindOf(method) is not null).Select(method => method.FullName));

    [Fact]
    public void Whatever_hands_out_what_one_installation_reported_is_recorded()
    {
        MessageDescriptor[] raw = [Wire.StoredReport.Descriptor, Wire.Instance.Descriptor, Wire.Lane.Descriptor, Wire.AuditEntry.Descriptor];

        var reading = ContractCalls.All.Where(method => raw.Intersect(PartsOf(method.OutputType)).Any() || method.OutputType.Name == "HttpBody").ToList();

        Assert.InRange(reading.Count, 8, 40);
        Assert.Empty(reading.Where(method => AuditMapper.KindOf(method) != AuditKind.Read).Select(method => method.FullName));
    }

    [Fact]
    public void Whatever_is_called_like_a_change_is_recorded_as_one()
    {
        string[] reading = ["Get", "List", "Query", "Watch", "Stream", "Export", "Verify", "WhoAmI"];

        var wrong = ContractCalls.All.Where(method => AuditMapper.KindOf(method) is not null).Where(method =>
            reading.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal)) == (AuditMapper.KindOf(method) == AuditKind.Change));

        Assert.Empty(wrong.Select(method => method.FullName));
    }

    private static HashSet<MessageDescriptor> PartsOf(MessageDescriptor type)
    {
        var found = new HashSet<MessageDescriptor>();
        var open = new Stack<MessageDescriptor>([type]);
        while (open.TryPop(out var next))
        {
            if (found.Add(next))
            {
                foreach (var field in next.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
                {
                    open.Push(field.MessageType);
                }
            }
        }

        return found;
    }
}
