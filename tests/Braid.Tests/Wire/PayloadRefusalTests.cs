using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Braid.Tests.Processes;
using Microsoft.Win32.SafeHandles;
using Xunit;
using static Braid.Tests.Wire.Payloads;

namespace Braid.Tests.Wire;

/// <summary>Types are refused before anything runs, with the reason and what to do, if their values would not arrive as they were.</summary>
public sealed class PayloadRefusalTests
{
    [Fact]
    public void What_belongs_to_this_process_is_refused()
    {
        Assert.Contains("delegate", WhyNot<Action>());
        Assert.Contains("delegate", WhyNot<Dictionary<int, Func<int, int>>>());
        Assert.Contains("await it", WhyNot<Task<int>>());
        Assert.Contains("await it", WhyNot<ValueTask<int>>());
        Assert.Contains("content or its path", WhyNot<FileStream>());
        Assert.Contains("content or its path", WhyNot<StringWriter>());
        Assert.Contains("second parameter", WhyNot<(int, CancellationToken)>());
        Assert.Contains("second parameter", WhyNot<CancellationTokenSource>());
        Assert.Contains("handle", WhyNot<SafeFileHandle>());
        Assert.Contains("handle", WhyNot<GCHandle>());
        Assert.Contains("handle", WhyNot<Thread>());
        Assert.Contains("use long", WhyNot<nint>());
        Assert.Contains("use long", WhyNot<nuint[]>());
        Assert.Contains("code", WhyNot<Type>());
        Assert.Contains("its items", WhyNot<IAsyncEnumerable<int>>());
        Assert.Contains("memory", PayloadReason(typeof(Span<int>)));
        Assert.Contains("memory", PayloadReason(typeof(int*)));
        Assert.Contains("exception", WhyNot<AggregateException>());
    }

    [Fact]
    public void What_does_not_say_what_it_holds_is_refused()
    {
        Assert.Contains("does not say", WhyNot<object>());
        Assert.Contains("does not say", WhyNot<ArrayList>());
        Assert.Contains("does not say", WhyNot<Hashtable>());
        Assert.Contains("interface", WhyNot<IDisposable>());
        Assert.Contains("[JsonDerivedType", WhyNot<List<IComparable>>());
        Assert.Contains("abstract", WhyNot<Abstract>());
        Assert.Contains("without a name", WhyNot<NamelessBase>());
    }

    [Fact]
    public void The_way_to_what_is_refused_is_named()
    {
        Assert.Contains("(at Order.Lines[].Callback)", WhyNot<Order>());
        Assert.Contains("(in Dictionary<String, Order>, at [key].Lines[].Callback)", WhyNot<Dictionary<string, Order>>());
        Assert.Contains("(in Order[], at [].Lines[].Callback)", WhyNot<Order?[]>());
    }

    [Fact]
    public void State_that_json_would_lose_is_named()
    {
        Assert.Contains("Counter has a field '_count'", WhyNot<Counter>());
        Assert.Contains("[JsonInclude]", WhyNot<Counter>());
        Assert.Contains("InternalState has a property 'Inside'", WhyNot<InternalState>());
        Assert.Contains("'_items'", WhyNot<Guarded>());
        Assert.Contains("'hidden'", WhyNot<Captured>());
        Assert.Contains("'_count'", WhyNot<CounterChild>());
        Assert.Equal("", WhyNot<Chosen>());
        Assert.Equal(3, RoundTrip(new Chosen().Add(3)).Sum);
    }

    [Fact]
    public void Types_that_json_cannot_make_are_refused()
    {
        Assert.Contains("'other'", WhyNot<Unbound>());
        Assert.Contains("no public constructor", WhyNot<NoConstructor>());
        Assert.Contains("no public constructor", WhyNot<TwoConstructors>());
    }

    [Fact]
    public void Classes_of_dot_net_that_json_would_empty_are_refused()
    {
        Assert.Contains("StringBuilder is not made for JSON; send what matters of it", WhyNot<StringBuilder>());
        Assert.NotEqual("", WhyNot<PriorityQueue<int, int>>());
        Assert.NotEqual("", WhyNot<Random>());
        Assert.NotEqual("", WhyNot<Lazy<int>>());
        Assert.NotEqual("", WhyNot<BitArray>());
        Assert.Contains("IPAddress is not made for JSON", WhyNot<IPAddress>());
        Assert.Contains("Encoding is not made for JSON", WhyNot<Encoding>());
        Assert.NotEqual("", WhyNot<WeakReference<string>>());
        Assert.NotEqual("", WhyNot<HttpClient>());
        Assert.NotEqual("", WhyNot<System.Text.RegularExpressions.Regex>());
        Assert.NotEqual("", WhyNot<System.Globalization.CultureInfo>());
        Assert.NotEqual("", WhyNot<IGrouping<int, string>>());
    }

    [Fact]
    public void Collections_that_would_come_back_different_are_refused()
    {
        Assert.Contains("reverse", WhyNot<Stack<string>>());
        Assert.Contains("reverse", WhyNot<ConcurrentStack<int>>());
        Assert.Contains("cannot be made", WhyNot<FrozenSet<string>>());
        Assert.Contains("'Title'", WhyNot<Titled>());
        Assert.Contains("KeyValuePair", WhyNot<Dictionary<(int, int), string>>());
        Assert.Contains("KeyValuePair", WhyNot<Dictionary<Point, string>>());
    }

    [Fact]
    public void Everything_else_is_not()
    {
        Assert.Equal("", WhyNot<int>());
        Assert.Equal("", WhyNot<Point>());
        Assert.Equal("", WhyNot<Rich>());
        Assert.Equal("", WhyNot<SavingsAccount>());
        Assert.Equal("", WhyNot<Shape>());
        Assert.Equal("", WhyNot<Zoo>());
        Assert.Equal("", WhyNot<Link>());
        Assert.Equal("", WhyNot<JsonNode>());
        Assert.Equal("", WhyNot<JsonElement>());
        Assert.Equal("", WhyNot<Tagged>());
        Assert.Equal("", WhyNot<KeyValuePair<(int, int), string>[]>());
        Assert.Equal("", WhyNot<ILookalike<int>>());
        Assert.Equal("", WhyNot<Metres?>());
    }

    private static string PayloadReason(Type type) => Braid.Wire.PayloadTypes.WhyNot(type) ?? "";

    public sealed record Order(List<Line> Lines);

    public sealed record Line(int Number, Action Callback);

    public abstract record Abstract(int Value);

    [JsonDerivedType(typeof(Nameless))]
    public record NamelessBase;

    public sealed record Nameless(int Value) : NamelessBase;

    [JsonDerivedType(typeof(Lookalike), "one")]
    public interface ILookalike<T>;

    public sealed record Lookalike(int Value) : ILookalike<int>;

    public class Counter
    {
        private int _count;

        public int Next() => ++_count;
    }

    public sealed class CounterChild : Counter
    {
        public string Name { get; set; } = "";
    }

    public sealed class InternalState
    {
        public int Seen { get; set; }

        internal int Inside { get; set; }
    }

    public sealed class Guarded
    {
        private readonly List<int> _items = [];

        public IReadOnlyList<int> Items => _items;
    }

    public sealed class Captured(int seen, int hidden)
    {
        [JsonConstructor]
        public Captured(int seen) : this(seen, 0)
        {
        }

        public int Seen { get; } = seen;

        public int More() => hidden * 2;
    }

    public sealed class Chosen
    {
        [JsonInclude]
        private int _sum;

        [JsonIgnore]
        private int _calls;

        [JsonIgnore]
        public int Mean => _sum / _calls;

        [JsonIgnore]
        public int Sum => _sum;

        public Chosen Add(int value)
        {
            _calls++;
            _sum += value;
            return this;
        }
    }

    public sealed class Unbound(int other)
    {
        public int Value { get; } = other;
    }

    public sealed class NoConstructor
    {
        private NoConstructor()
        {
        }

        public int Value { get; set; }
    }

    public sealed class TwoConstructors
    {
        public TwoConstructors(int value) => Value = value;

        public TwoConstructors(string text) => Value = text.Length;

        public int Value { get; }
    }

    public sealed class Titled : List<string>
    {
        public string Title { get; set; } = "";
    }

    public sealed class Tagged : List<string>;
}
