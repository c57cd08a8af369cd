namespace RoomBooking;

/// <summary>A room that can be booked.</summary>
/// <param name="Name">Its name, which stays here.</param>
/// <param name="Facts">What counts about it.</param>
internal sealed record Room(string Name, RoomFacts Facts);
