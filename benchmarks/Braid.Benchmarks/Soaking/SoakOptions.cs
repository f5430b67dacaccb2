using System.Globalization;

namespace Braid.Benchmarks.Soaking;

/// <summary>What the command line asks a soak for.</summary>
internal sealed record SoakOptions
{
    private const string Usage = """
        Braid.Benchmarks soak [--minutes M] [--seed N] [--poller epoll|portable] [--connections C] [--loops L] [--output FILE]

          --minutes M      how long, after a warm-up of a twentieth of it, 3 s at least (10)
          --seed N         decides what each client does (1)
          --poller P       epoll or portable (the system's own)
          --connections C  clients at a time (1000)
          --loops L        loops that share the TCP server's port, and those that share the datagrams' (2; where a port cannot be shared, 1)
          --output F       writes the report into F too
        """;

    /// <summary>How long it counts.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What the clients' random numbers begin with.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What watches the sockets of all loops.</summary>
    public LoopPoller Poller { get; init; }

    /// <summary>Clients at a time, not counting those of child processes.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>Loops that listen at the TCP server's port, and as many at the datagrams'. More than one on Linux only.</summary>
    public int Loops { get; init; } = OperatingSystem.IsLinux() ? 2 : 1;

    /// <summary>Where the report goes besides standard output.</summary>
    public string? Output { get; init; }

    /// <summary>Before it counts: caches and pools fill, code is compiled.</summary>
    public TimeSpan Warmup => TimeSpan.FromSeconds(Math.Max(3, Time.TotalSeconds / 20));

    /// <summary>Reads the command line; null: there is a problem, or help was asked for.</summary>
    internal static SoakOptions? Parse(string[] arguments, out string problem)
    {
        var options = new SoakOptions();
        problem = "";
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || options.With(arguments[i], arguments[i + 1]) is not { } next)
            {
                problem = arguments[i] is "--help" or "-h" ? Usage : $"'{arguments[i]}' is not understood, or its value is missing or wrong.\n\n{Usage}";
                return null;
            }

            options = next;
        }

        return options;
    }

    private SoakOptions? With(string name, string value)
    {
        bool isNumber = double.TryParse(value, CultureInfo.InvariantCulture, out double number);
        return name switch
        {
            "--minutes" when isNumber && number > 0 => this with { Time = TimeSpan.FromMinutes(number) },
            "--seed" when isNumber => this with { Seed = (int)number },
            "--connections" when isNumber && number >= 1 => this with { Connections = (int)number },
            "--loops" when isNumber && number >= 1 && (number < 2 || OperatingSystem.IsLinux()) => this with { Loops = (int)number },
            "--poller" when Enum.TryParse(value, ignoreCase: true, out LoopPoller poller) => this with { Poller = poller },
            "--output" => this with { Output = value },
            _ => null,
        };
    }
}
