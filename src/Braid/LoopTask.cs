namespace Braid;

/// <summary>Something that was started through an event loop and has not ended: see <see cref="EventLoop.Tasks"/>.</summary>
/// <param name="Id">A number of its own in this process; an item's is that of its events on a <see cref="Timeline"/>.</param>
/// <param name="Name">"main", the item's work, or the call given to <see cref="EventLoop.OffloadAsync"/>.</param>
/// <param name="ParentId">The task that started it; null: something else did.</param>
/// <param name="WaitsFor">
/// What its code waits for, as "receive in Server.ServeAsync ×3, sleep": the loop's own operations with the async methods that await them.
/// Null: it runs, or waits for something that is not the loop's, or the loop did not answer.
/// </param>
/// <param name="Age">The time since it began, by the loop's clock.</param>
public sealed record LoopTask(long Id, string Name, long? ParentId, string? WaitsFor, TimeSpan Age);
