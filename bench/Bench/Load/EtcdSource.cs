using System.Buffers.Binary;
using System.Text;

namespace Bench.Load;

/// <summary>Puts of as many bytes as a report has under ever new keys (etcdserverpb.PutRequest: key = 1, value = 2).</summary>
internal sealed class EtcdSource : IRequestSource
{
    private const int KeyLength = 16;

    private readonly byte[] _frame;
    private readonly int _key;
    private long _next;

    public EtcdSource(int seed)
    {
        _next = (long)seed << 40;
        using var message = new MemoryStream();
        using var writer = new Google.Protobuf.CodedOutputStream(message);
        writer.WriteTag(1, Google.Protobuf.WireFormat.WireType.LengthDelimited);
        writer.WriteBytes(Google.Protobuf.ByteString.CopyFrom(Encoding.ASCII.GetBytes(new string('k', KeyLength))));
        writer.WriteTag(2, Google.Protobuf.WireFormat.WireType.LengthDelimited);
        writer.WriteBytes(Google.Protobuf.ByteString.CopyFrom(new byte[ReportSource.SampleBytes]));
        writer.Flush();
        _frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(_frame.AsSpan(1), (int)message.Length);
        message.ToArray().CopyTo(_frame, 5);
        _key = 5 + 2;
    }

    public string Path => "/etcdserverpb.KV/Put";

    public ReadOnlySpan<byte> Next()
    {
        BinaryPrimitives.WriteInt64BigEndian(_frame.AsSpan(_key), _next++);
        return _frame;
    }
}
