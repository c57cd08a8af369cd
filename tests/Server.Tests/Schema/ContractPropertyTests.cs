using CsCheck;
using Google.Protobuf;
using Telemetry.Schema;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Tests.Ingestion;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Whatever comes as a contract, or as the next one, is taken with what it means or refused with the rule.</summary>
public sealed class ContractPropertyTests
{
    private static readonly Gen<(PlannedContract Before, Revision Revision)> Revisions =
        ContractGen.Contract.SelectMany(contract => Revision.Of(contract).Select(revision => (contract, revision)));

    /// <summary>Sometimes another contract altogether, with the same names and numbers by chance.</summary>
    private static readonly Gen<(PlannedContract Before, PlannedContract After, PlannedReport[] Reports)> Successions =
        ContractGen.Contract.SelectMany(before => Gen.Select(Revision.Anything(before), ReportGen.Accepted(before).Array[1, 4])
            .Select(pair => (before, pair.Item1, pair.Item2)));

    [Fact]
    public void A_contract_that_no_compiler_wrote_is_taken_or_refused_with_the_rules_that_it_breaks()
    {
        var taken = 0;
        Gen.Select(ContractGen.Contract, Gen.Int).Sample(sent =>
        {
            var (contract, seed) = sent;
            var before = contract.Register().Find(contract.Slug)!;
            var random = new Random(seed);
            var set = new ContractMutations(random).Mutate(contract.ToSet());
            try
            {
                Use(set, before, random);
                Interlocked.Increment(ref taken);
            }
            catch (SchemaException e)
            {
                Assert.NotEmpty(e.Problems);
            }
        }, iter: 400, print: sent => $"seed {sent.Item2}\n{sent.Item1}");

        Assert.InRange(taken, 40, 390);
    }

    [Fact]
    public void Bytes_that_are_no_contract_are_refused_with_the_rule() => Gen.Select(ContractGen.Contract, Gen.Int).Sample(sent =>
    {
        var (contract, seed) = sent;
        var damaged = new Mutations(new Random(seed), [contract.ToSet().ToByteArray()]).Next();
        try
        {
            Use(ByteString.CopyFrom(damaged), contract.Register().Find(contract.Slug)!, new Random(seed));
        }
        catch (SchemaException e)
        {
            Assert.NotEmpty(e.Problems);
        }
    }, iter: 200, print: sent => $"seed {sent.Item2}\n{sent.Item1}");

    [Fact]
    public void A_next_contract_is_taken_when_it_only_adds_and_is_refused_with_the_field_when_it_changes_a_meaning() => Revisions.Sample(succession =>
    {
        var (before, revision) = succession;
        var apps = before.Register();

        var problems = apps.ConflictsOf(revision.After.Register().Find(before.Slug)!);

        if (revision.Broken is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains(revision.Broken, problems.Select(problem => problem.Field));
        }
    }, iter: 300, print: succession => $"{succession.Before}\n{succession.Revision}");

    [Fact]
    public void A_next_contract_that_is_taken_reads_what_is_stored_and_what_builds_of_before_send_as_before()
    {
        var (taken, refused) = (0, 0);
        Successions.Sample(succession =>
        {
            var (before, after, reports) = succession;
            var (apps, next) = (before.Register(), after.Register());
            var (old, now) = (apps.Find(before.Slug)!, next.Find(after.Slug)!);
            if (apps.ConflictsOf(now).Count > 0)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            Interlocked.Increment(ref taken);
            foreach (var report in reports)
            {
                var body = SubmittedReport.FromWire(report.ToReport().ToByteArray(), apps).Body;
                AssertSame(WireReportReader.Read(body, old), old, WireReportReader.Read(body, now), now);
                var sentAgain = SubmittedReport.FromWire(report.ToReport().ToByteArray(), next);
                Assert.Empty(sentAgain.Violations);
                AssertSame(WireReportReader.Read(body, old), old, sentAgain.Values!, now);
            }
        }, iter: 300, print: succession => $"{succession.Before}\n{succession.After}\n{string.Join('\n', succession.Reports.AsEnumerable())}");

        Assert.True(taken > 30 && refused > 30, $"{taken} were taken, {refused} refused");
    }

    private static void Use(ByteString set, ReportSchema before, Random random)
    {
        var (schema, bytes) = AppContract.ReadNew(set);
        var apps = new AppRegistry();
        apps.Add(new RegisteredContract(schema, 1, default, bytes.Memory));
        Assert.Equal(schema.Fields.Count, FieldRegister.Of(schema, kept: null).Fields.Count);
        Assert.Contains(schema.Descriptor!.FullName, AppContract.NamesIn(schema.Descriptor!));
        Assert.DoesNotContain(SchemaCompatibility.Compare(before, schema), problem => problem.Rule.Length == 0);
        // What was taken can be reported to, whatever is sent.
        var plan = PlannedContract.Of(schema);
        var noise = new byte[random.Next(60)];
        random.NextBytes(noise);
        try
        {
            SubmittedReport.FromWire(PlannedReport.Around(plan, ByteString.CopyFrom(noise)).ToByteArray(), apps);
        }
        catch (InvalidDataException)
        {
            // No message, which is told to who sent it.
        }

        ReportGen.Of(plan).Array[2].Single(_ => true, "0000000000000").ToList().ForEach(report =>
        {
            var read = SubmittedReport.FromWire(report.ToReport().ToByteArray(), apps);
            var json = SubmittedReport.FromJson(report.ToJsonReport(), apps);
            Assert.Equal(read.Violations, json.Violations);
            Assert.Equal(Convert.ToHexString(read.Body.Bytes.Span), Convert.ToHexString(json.Body.Bytes.Span));
        });
    }

    private static void AssertSame(ReportValues before, ReportSchema old, ReportValues after, ReportSchema now)
    {
        foreach (var field in now.Fields)
        {
            if (old.Fields.FirstOrDefault(other => other.Path == field.Path) is { IsStored: true } was)
            {
                Assert.Equal(Show(was, before), Show(field, after));
            }
        }
    }

    private static string Show(SchemaField field, ReportValues values) => field.Kind.Storage switch
    {
        Telemetry.Schema.Kinds.KindStorage.Number => $"{field.Path} {values.Numbers[field.Index]}",
        Telemetry.Schema.Kinds.KindStorage.Text => $"{field.Path} {values.Texts[field.Index]}",
        _ => field.Path,
    };
}
