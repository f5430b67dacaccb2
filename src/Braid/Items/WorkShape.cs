namespace Braid.Items;

/// <summary>The signatures that work can have. Those from <see cref="FirstAsync"/> on return something to await.</summary>
internal enum WorkShape
{
    Function,
    FunctionWithToken,
    Action,
    ActionWithToken,
    Task,
    FirstAsync = Task,
    TaskWithToken,
    ValueTask,
    ValueTaskWithToken,
    PlainTask,
    PlainTaskWithToken,
    PlainValueTask,
    PlainValueTaskWithToken,
}

/// <summary>The result of work that returns nothing.</summary>
internal readonly struct Nothing;
