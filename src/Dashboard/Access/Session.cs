namespace Telemetry.Dashboard.Access;

/// <summary>Why nobody is signed in.</summary>
public enum SignedOut
{
    /// <summary>Nobody tried.</summary>
    Never,

    /// <summary>The server does not know the token.</summary>
    Refused,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>An owner withdrew it.</summary>
    Revoked,

    /// <summary>It was given another secret, and the overlap is over.</summary>
    Replaced,

    /// <summary>The person left.</summary>
    Left,
}

/// <summary>Who is signed in: the token, where it is kept, and why there is none.</summary>
/// <remarks>The token goes into one header of calls to this server, into the browser's storage, and nowhere else.</remarks>
public sealed class Session
{
    private readonly Browser _browser;

    public Session(Browser browser)
    {
        _browser = browser;
        if (browser.TakeToken() is { Length: > 0 } token)
        {
            browser.KeepToken(token, onDevice: false);
        }

        Token = browser.ReadToken();
    }

    public string? Token { get; private set; }

    public SignedOut Why { get; private set; }

    public bool IsKept => _browser.IsKept;

    public event Action? Changed;

    public void SignIn(string token, bool keep)
    {
        _browser.KeepToken(token, keep);
        Token = token;
        Why = SignedOut.Never;
        Changed?.Invoke();
    }

    public void SignOut(SignedOut why)
    {
        if (Token is null)
        {
            return;
        }

        _browser.ForgetToken();
        Token = null;
        Why = why;
        Changed?.Invoke();
    }
}
