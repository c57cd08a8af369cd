using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Live;
using Telemetry.Dashboard.State;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Shell;

/// <summary>A page: what its address says, and the questions that it asks for that.</summary>
public abstract class Page : Spoken, IDisposable
{
    private readonly List<IDisposable> _questions = [];
    private string _path = "";

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    protected FleetClient Fleet { get; set; } = null!;

    [Inject]
    protected Catalog Catalog { get; set; } = null!;

    [Inject]
    protected Names Names { get; set; } = null!;

    [Inject]
    protected Pulse Pulse { get; set; } = null!;

    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    [Inject]
    protected Rights Rights { get; set; } = null!;

    /// <summary>The scope that its questions need.</summary>
    protected virtual Scope Needs => Scope.Read;

    protected Address Address { get; private set; } = new("/");

    protected View View { get; private set; } = new();

    /// <summary>Asks for what the address says; called whenever that changed.</summary>
    protected abstract Task AskAsync();

    protected string Say(string english, string german) => Words.Say(english, german);

    protected Question<TRequest, TResponse> Ask<TRequest, TResponse>(Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> call)
        where TRequest : class, IMessage
        where TResponse : class
    {
        var question = new Question<TRequest, TResponse>(Fleet, call, Clock, () => InvokeAsync(() =>
        {
            Answered();
            StateHasChanged();
        }));
        _questions.Add(question);
        return question;
    }

    /// <summary>Called when an answer came or did not; before the page is drawn anew.</summary>
    protected virtual void Answered()
    {
    }

    protected void Go(Address address) => Navigation.NavigateTo(address.ToString());

    protected void Go(View view) => Go(view.ApplyTo(Address));

    /// <summary>Another value in the address, and the same view.</summary>
    protected void Choose(string key, string? value) => Go(Address.With(key, value));

    /// <summary>What a panel can say of a question's answer.</summary>
    /// <param name="reading">What is read, when that takes long.</param>
    /// <param name="empty">What to say when there is an answer and nothing in it.</param>
    protected PanelState StateOf<TRequest, TResponse>(Question<TRequest, TResponse> question, string? reading = null, PanelState? empty = null)
        where TRequest : class, IMessage
        where TResponse : class
        => question switch
        {
            { Answer: not null, Failure: not null, IsEarlier: false } => PanelState.Stale(question.AnsweredAt, question.NextTry),
            { Failure.Code: StatusCode.PermissionDenied, IsRunning: false } when !Rights.May(Needs) =>
                PanelState.NotAllowed(Rights.NameOf(Needs), Rights.InWords(Words)),
            { Failure: { } failure, IsRunning: false } => Failures.StateOf(Words, failure),
            { Answer: null } => PanelState.Loading(reading),
            { Answer: not null } => empty ?? PanelState.Ready,
        };

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += Moved;
        Read();
    }

    protected override Task OnParametersSetAsync()
    {
        // Another installation at the same page comes as a parameter, before the address is told.
        Read();
        return AskAsync();
    }

    [SuppressMessage("Design", "CA1063", Justification = "A page holds nothing that a finalizer would free.")]
    public virtual void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        _questions.ForEach(question => question.Dispose());
        GC.SuppressFinalize(this);
    }

    private void Read()
    {
        Address = Address.Parse(Navigation.Uri);
        View = View.Of(Address);
        _path = Address.Path;
    }

    private void Moved(object? sender, LocationChangedEventArgs args) => InvokeAsync(async () =>
    {
        if (Address.Parse(args.Location).Path != _path)
        {
            return;
        }

        Read();
        // Asked before it is drawn: what was known of other questions is not shown as if it were of these.
        var asked = AskAsync();
        StateHasChanged();
        await asked;
        StateHasChanged();
    });
}
