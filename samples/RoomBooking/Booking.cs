namespace RoomBooking;

/// <summary>A room for a day.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Day">The day.</param>
/// <param name="Who">Whoever booked it.</param>
internal sealed record Booking(string Room, DateOnly Day, string Who);
