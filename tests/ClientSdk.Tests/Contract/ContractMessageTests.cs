using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Client.Contract;
using Telemetry.Contracts.V1;
using Usage = Telemetry.ClientSdk.Tests.Contract.Sampler.Usage;

namespace Telemetry.ClientSdk.Tests.Contract;

public sealed class ContractMessageTests
{
    [Fact]
    public void What_generated_code_wrote_is_written_again_byte_for_byte()
    {
        foreach (var message in (IMessage[])[SampleUsage.Full(), SampleReports.Of(), new License { Limits = { ["rooms"] = 5 } }])
        {
            Assert.Equal(message.ToByteArray(), ContractMessage.Of(message).ToBytes());
        }
    }

    [Fact]
    public void Every_type_of_protobuf_comes_through()
    {
        // Not made for usage: a server's contract can hold anything.
        var message = new FieldDescriptorProto
        {
            Name = "x",
            Number = -7,
            Type = FieldDescriptorProto.Types.Type.Sint64,
            Options = new FieldOptions
            {
                UninterpretedOption =
                {
                    new UninterpretedOption { NegativeIntValue = -5, DoubleValue = -0.5, StringValue = ByteString.CopyFrom(1, 0xff) },
                },
            },
        };
        IMessage[] messages = [message, new FloatValue { Value = 1.5f }, new Int64Value { Value = long.MinValue }, new ListValue { Values = { Value.ForNumber(2) } }];

        Assert.All(messages, one => Assert.Equal(one.ToByteArray(), ContractMessage.Of(one).ToBytes()));
    }

    [Fact]
    public void What_the_contract_does_not_have_is_dropped()
    {
        // Its third field is no whole number there, and beyond the fourth this message has none.
        var read = ContractMessage.Read(Users.Descriptor, SampleUsage.Full().ToByteString());

        Assert.Equal(["total", "active_30d", "enabled"], read.Values.Select(pair => pair.Field.Name));
    }

    [Fact]
    public void A_list_of_numbers_is_read_packed_or_one_by_one()
    {
        var packed = new SourceCodeInfo.Types.Location { Path = { 1, 2, 300 } };
        var field = SourceCodeInfo.Types.Location.Descriptor.FindFieldByName("path");

        var read = ContractMessage.Of(packed);
        var again = ContractMessage.Read(read.Type, ByteString.CopyFrom(read.ToBytes()));

        Assert.Equal([1L, 2L, 300L], (List<object>)read[field]!);
        Assert.Equal([1L, 2L, 300L], (List<object>)again[field]!);
    }

    [Fact]
    public void A_message_in_a_message_without_end_does_not_exhaust_the_stack()
    {
        var deep = new Value { NumberValue = 1 };
        for (var depth = 0; depth < 90; depth++)
        {
            deep = Value.ForList(deep);
        }

        Assert.NotEmpty(ContractMessage.Of(deep).ToBytes());
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        try
        {
            var read = ContractMessage.Read(Usage.Descriptor, ByteString.CopyFrom(bytes));
            Assert.Equal(Usage.Parser.ParseFrom(read.ToBytes()), Usage.Parser.ParseFrom(ContractMessage.Of(Usage.Parser.ParseFrom(read.ToBytes())).ToBytes()));
        }
        catch (InvalidProtocolBufferException)
        {
            // Bytes that are no message.
        }
    }, iter: 20_000);

    [Fact]
    public void Whatever_a_contracts_bytes_are_there_is_a_message_or_none()
    {
        var files = new ReportContract(Usage.Descriptor).Files();
        Assert.NotNull(ContractFiles.Find(files, "sampler.v1.Usage"));
        Assert.Null(ContractFiles.Find(files, "sampler.v1.Nothing"));

        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Byte).Array[1, 5].Sample(changes =>
        {
            var damaged = files.ToArray();
            foreach (var (at, value) in changes)
            {
                damaged[at] = value;
            }

            _ = ReportContract.TryRead(damaged, "sampler.v1.Usage");
        }, iter: 5_000);
    }
}
