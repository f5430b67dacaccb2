using System.Runtime.CompilerServices;
using Braid.Loops;

namespace Braid;

/// <summary>What <see cref="EventLoop.Yield"/> returns: await it to let everything else that is ready run first.</summary>
public readonly struct LoopYield : IEquatable<LoopYield>
{
    /// <summary>For the compiler.</summary>
    public Awaiter GetAwaiter() => default;

    /// <summary>All values are equal: there is nothing in one.</summary>
    public bool Equals(LoopYield other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LoopYield;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>All values are equal.</summary>
    public static bool operator ==(LoopYield left, LoopYield right) => left.Equals(right);

    /// <summary>All values are equal.</summary>
    public static bool operator !=(LoopYield left, LoopYield right) => !left.Equals(right);

    /// <summary>For the compiler. Puts the continuation straight on the loop's ready queue: no allocation, no post.</summary>
    public readonly struct Awaiter : ICriticalNotifyCompletion, IEquatable<Awaiter>
    {
        /// <summary>False: a yield always gives way.</summary>
        public bool IsCompleted => false;

        /// <summary>Does nothing.</summary>
        public void GetResult() { }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            if (ExecutionContext.Capture() is not { } context) UnsafeOnCompleted(continuation);
            else UnsafeOnCompleted(() => ExecutionContext.Run(context, static action => ((Action)action!)(), continuation));
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            var loop = EventLoop.Current;
            var context = SynchronizationContext.Current;

            // Library code on the loop has no context; it stays without one.
            if (loop is not null && (context is null || ReferenceEquals(context, loop.Context)))
                loop.Ready.Enqueue(context is null ? ReadyKind.LibraryAction : ReadyKind.UserAction, continuation);
            else Task.Yield().GetAwaiter().UnsafeOnCompleted(continuation);
        }

        /// <summary>All values are equal: there is nothing in one.</summary>
        public bool Equals(Awaiter other) => true;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Awaiter;

        /// <inheritdoc/>
        public override int GetHashCode() => 0;

        /// <summary>All values are equal.</summary>
        public static bool operator ==(Awaiter left, Awaiter right) => left.Equals(right);

        /// <summary>All values are equal.</summary>
        public static bool operator !=(Awaiter left, Awaiter right) => !left.Equals(right);
    }
}
