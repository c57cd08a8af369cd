using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Live;
using Telemetry.Dashboard.Shell;
using Telemetry.Dashboard.Tests.Components;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Tests.Access;

/// <summary>The app with a token that is signed in, and a server that says what it may.</summary>
public abstract class SignedIn : Shown
{
    protected SignedIn(string language = "en")
        : base(language)
    {
        Browser = new Browser(new NoScript());
        Session = new Session(Browser);
        Session.SignIn("tlm_mine", keep: false);
        Fleet = new FleetClient(Session, new FetchingFrom(Server));
        Rights = new Rights(Fleet, Session);
        var catalog = new Catalog(Fleet, Rights, Session);
        Services.AddSingleton(Browser).AddSingleton(Session).AddSingleton(Fleet).AddSingleton(Rights).AddSingleton(catalog)
            .AddSingleton(new Pulse(Fleet, Session, Rights, Browser, Clock)).AddSingleton<Names>();
        ComponentFactories.AddStub<ServerHealth>();
    }

    internal StubServer Server { get; } = new();

    protected Browser Browser { get; }

    protected Session Session { get; }

    protected FleetClient Fleet { get; }

    protected Rights Rights { get; }

    protected Task MayAsync(params Scope[] scopes)
    {
        Server.Answer<WhoAmIRequest>("WhoAmI", _ => new WhoAmIResponse { Name = "mine", TokenId = "0000000000000001", Scopes = { scopes } });
        return Rights.ReadAsync();
    }

    /// <summary>A browser without anything.</summary>
    private sealed class NoScript : IJSInProcessObjectReference
    {
        public TValue Invoke<TValue>(string identifier, params object?[]? args) => default!;

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult<TValue>(default!);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => ValueTask.FromResult<TValue>(default!);

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
