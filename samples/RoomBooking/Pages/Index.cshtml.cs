using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace RoomBooking.Pages;

/// <summary>The rooms, and a form to book one.</summary>
internal sealed class IndexModel(BookingDesk desk) : PageModel
{
    public BookingDesk Desk => desk;

    public bool Refused { get; private set; }

    public IActionResult OnPost(string? room, DateOnly? day, string? who)
    {
        if (room is not null && day is { } on && !string.IsNullOrWhiteSpace(who) && desk.TryBook(new Booking(room, on, who)))
        {
            return RedirectToPage();
        }

        Refused = true;
        return Page();
    }
}
