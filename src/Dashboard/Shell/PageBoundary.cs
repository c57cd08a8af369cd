using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Shell;

/// <summary>Keeps a failed page from taking the app along, and forgets the answers: a page that failed over one would fail over it again.</summary>
public sealed class PageBoundary : ErrorBoundary
{
    [Inject]
    private FleetClient Fleet { get; set; } = null!;

    protected override Task OnErrorAsync(Exception exception)
    {
        Fleet.Forget();
        return base.OnErrorAsync(exception);
    }
}
