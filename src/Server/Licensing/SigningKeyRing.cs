using Microsoft.Extensions.Options;

namespace Telemetry.Server.Licensing;

/// <summary>The root key, which apps trust, and the signing keys, which it vouches for and which rotate.</summary>
/// <remarks>
/// A root apart from the signing keys lets these change without a new release of any app. Threading: any; rotation is
/// rare and locked.
/// </remarks>
internal sealed class SigningKeyRing : IDisposable
{
    /// <summary>A token is made at most this long after its key was picked.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    private readonly LicensingOptions _options;
    private readonly SigningKeyFiles _files;
    private readonly TimeProvider _time;
    private readonly Lock _rotating = new();
    private IReadOnlyList<SigningKey> _signing;
    private string? _rotationFailure;

    /// <summary>Reads the keys, and makes them at the first start. Whether a new one is due is asked later.</summary>
    /// <exception cref="SigningKeyException">The keys cannot be read or made.</exception>
    public SigningKeyRing(SigningKeyFiles files, IOptions<LicensingOptions> options, TimeProvider time)
    {
        _files = files;
        _options = options.Value;
        _time = time;
        (var root, _signing) = files.Read();
        Root = root ?? MakeRoot();
        if (_signing.Count == 0)
        {
            Rotate();
        }
    }

    public SigningKey Root { get; }

    /// <summary>The key that signs from now on.</summary>
    public SigningKey Current => Volatile.Read(ref _signing)[^1];

    /// <summary>Every key under which a token may still be good.</summary>
    public IReadOnlyList<SigningKey> Published
    {
        get
        {
            var keys = Volatile.Read(ref _signing);
            var oldest = _time.GetUtcNow() - _options.OfflineFor - Margin;
            // A key signed until its successor came.
            return [.. keys.Where((_, index) => index == keys.Count - 1 || keys[index + 1].CreatedAt > oldest)];
        }
    }

    /// <summary>Why the last rotation failed, in words for an operator; null while they succeed.</summary>
    public string? RotationFailure => Volatile.Read(ref _rotationFailure);

    /// <summary>Makes a new key once the current one is old enough.</summary>
    /// <returns>Whether it did. The current one goes on when it cannot be written: see <see cref="RotationFailure"/>.</returns>
    public bool RotateWhenDue()
    {
        lock (_rotating)
        {
            if (_time.GetUtcNow() - Current.CreatedAt < _options.KeyRotation)
            {
                return false;
            }

            try
            {
                Rotate();
                return true;
            }
            catch (SigningKeyException e)
            {
                Volatile.Write(ref _rotationFailure, e.Message);
                return false;
            }
        }
    }

    /// <summary>Makes a new key, which signs from now on.</summary>
    /// <exception cref="SigningKeyException">It cannot be written.</exception>
    public SigningKey Rotate()
    {
        lock (_rotating)
        {
            var key = SigningKey.Create(NextSecond());
            try
            {
                _files.WriteSigning(key);
            }
            catch
            {
                key.Dispose();
                throw;
            }

            Volatile.Write(ref _signing, [.. _signing, key]);
            Volatile.Write(ref _rotationFailure, null);
            return key;
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        foreach (var key in _signing)
        {
            key.Dispose();
        }
    }

    /// <summary>Files are named by the second, so two keys never share one.</summary>
    private DateTimeOffset NextSecond()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        return _signing.Count > 0 && now <= Current.CreatedAt ? Current.CreatedAt + TimeSpan.FromSeconds(1) : now;
    }

    private SigningKey MakeRoot()
    {
        var root = SigningKey.Create(NextSecond());
        _files.WriteRoot(root);
        return root;
    }
}
