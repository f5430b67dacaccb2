namespace Braid;

/// <summary>What carries calls and results between a <see cref="ProcessExecutor"/> and its workers.</summary>
public enum WorkerTransport
{
    /// <summary>Shared memory on Linux (x64, Arm64) where the system allows it, a socket elsewhere.</summary>
    Automatic,

    /// <summary>Shared memory: no system call while both sides are awake. Linux only; refused elsewhere.</summary>
    SharedMemory,

    /// <summary>A Unix socket. Works everywhere.</summary>
    Socket,
}
