namespace Braid.Tests.Processes;

public sealed class ProcessCrashOnDefaultTests : ProcessCrashTests;

public sealed class ProcessCrashOnSocketTests : ProcessCrashTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}

public sealed class ProcessCancelOnDefaultTests : ProcessCancelTests;

public sealed class ProcessCancelOnSocketTests : ProcessCancelTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}

public sealed class ProcessErrorOnDefaultTests : ProcessErrorTests;

public sealed class ProcessErrorOnSocketTests : ProcessErrorTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}

public sealed class ProcessResultOnDefaultTests : ProcessResultTests;

public sealed class ProcessResultOnSocketTests : ProcessResultTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}

public sealed class ProcessChaosOnDefaultTests : ProcessChaosTests;

public sealed class ProcessChaosOnSocketTests : ProcessChaosTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}

public sealed class ProcessConstantOnDefaultTests : ProcessConstantTests;

public sealed class ProcessConstantOnSocketTests : ProcessConstantTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}
