using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;
using Braid.Tests.Processes;
using Braid.Wire;
using Xunit;
using static Braid.Tests.Wire.Payloads;

namespace Braid.Tests.Wire;

public sealed class JsonPayloadTests
{
    [Fact]
    public void Members_that_nobody_can_set_come_back()
    {
        var account = new SavingsAccount("Ann", 1.5m) { Limit = 3, Cache = new object() };
        account.Lines.AddRange(["a", "b"]);
        account.Touch();
        var copy = RoundTrip(account);
        Assert.Equal(("Ann", 1.5m, 3, 7, 1), (copy.Owner, copy.Rate, copy.Limit, copy.Number, copy.Version));
        Assert.Equal(["a", "b"], copy.Lines);
        Assert.Null(copy.Cache);
        Assert.Equal(4, RoundTrip(new Wrapped(4)).Value);
    }

    [Fact]
    public void Structs_with_a_constructor_come_back()
    {
        var copy = RoundTrip(new Metres(2.5, "m"));
        Assert.Equal((2.5, "m"), (copy.Value, copy.Unit));
        Assert.Equal("m", RoundTrip<Metres?>(new Metres(2.5, "m"))!.Value.Unit);
        Assert.Null(RoundTrip<Metres?>(null));
    }

    [Fact]
    public void Computed_properties_are_not_sent() => Assert.DoesNotContain("Twice", Text(new Account("Ann")));

    [Fact]
    public void Types_that_json_does_not_know_come_back_inside_others()
    {
        var value = new Rich(
            BigInteger.Pow(3, 200), new Rune(0x1F600), new Complex(1, 2), (Half)1.5, Int128.MinValue, DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(3)), TimeSpan.FromTicks(1),
            Guid.NewGuid(), new Uri("https://example.org/ä?x=1"), new Version(1, 2, 3), [1, 2], [3, 4], (5, "n"), Tuple.Create(6, "o"), new(7, "e"), new[] { 8 }, null, '"');
        var copy = RoundTrip(value);
        Assert.Equal(value with { Bytes = copy.Bytes, Fixed = copy.Fixed, Memory = copy.Memory }, copy);
        Assert.Equal([1, 2], copy.Bytes);
        Assert.Equal([3, 4], copy.Fixed);
        Assert.Equal([8], copy.Memory.ToArray());
        Assert.Equal(TimeSpan.FromHours(3), copy.At.Offset);
    }

    [Fact]
    public void Tuples_of_any_length_and_depth_come_back()
    {
        var nine = (1, "2", 3.0, '4', 5L, true, (byte)7, "8", (9, "ten"));
        Assert.Equal(nine, RoundTrip(nine));
        Assert.Equal(Tuple.Create(1, Tuple.Create("a", 2)), RoundTrip(Tuple.Create(1, Tuple.Create("a", 2))));
        Assert.Equal([("a", new Point(1, "x").X)], RoundTrip(new[] { ("a", 1) }));
        var anonymous = new { Name = "n", Values = new[] { 1, 2 } };
        Assert.Equal([1, 2], RoundTrip(anonymous).Values);
    }

    [Fact]
    public void Collections_of_all_kinds_come_back()
    {
        Assert.Equal(["b", "a"], RoundTrip(new Queue<string>(["b", "a"])));
        Assert.Equal(["b", "a"], RoundTrip(new LinkedList<string>(["b", "a"])));
        Assert.Equal(["b", "a"], RoundTrip(new Collection<string>(["b", "a"])));
        Assert.Equal(["b", "a"], RoundTrip(new ConcurrentQueue<string>(["b", "a"])));
        Assert.Equal(["b", "a"], RoundTrip<IImmutableList<string>>(["b", "a"]));
        Assert.Equal(["a", "b"], RoundTrip(new SortedSet<string> { "b", "a" }));
        Assert.Equal(["a", "b"], RoundTrip<ISet<string>>(new HashSet<string> { "a", "b" }));
        Assert.Equal([1, 2], RoundTrip(new SortedDictionary<int, string> { [2] = "b", [1] = "a" }).Keys);
        Assert.Equal("a", RoundTrip<IReadOnlyDictionary<Colour, string>>(new Dictionary<Colour, string> { [Colour.Green] = "a" })[Colour.Green]);
        Assert.Equal("a", RoundTrip(new Dictionary<BigInteger, string> { [BigInteger.Pow(2, 99)] = "a" })[BigInteger.Pow(2, 99)]);
        Assert.Equal("a", RoundTrip(ImmutableDictionary<Guid, string>.Empty.Add(Guid.Empty, "a"))[Guid.Empty]);
        Assert.Equal([[1], [], [2, 3]], RoundTrip<List<List<int>>>([[1], [], [2, 3]]));
        Assert.Equal(100_000, RoundTrip(Enumerable.Range(0, 100_000).Select(i => new Point(i, null)).ToList()).Count);
    }

    [Fact]
    public void What_is_not_a_number_stays_so_and_so_does_the_infinite()
    {
        (double, float, string)[] values = [(double.NaN, float.NegativeInfinity, ""), (double.PositiveInfinity, -0f, "x"), (double.Epsilon, float.MaxValue, "y")];
        var copies = RoundTrip(values);
        Assert.Equal(values, copies);
        Assert.True(float.IsNegative(copies[1].Item2));
    }

    [Fact]
    public void Text_keeps_every_letter_and_is_hardly_longer()
    {
        string text = "<a href='x'>äöü 😀 \0 \u2028 \\ \" \r\n</a>";
        Assert.Equal((1, text), RoundTrip((1, text)));
        Assert.Contains("<a href='x'>äöü", Text((1, text)));
    }

    [Fact]
    public void Half_a_surrogate_pair_inside_json_is_refused_and_not_replaced()
    {
        // Not as data of a theory: attributes are UTF-8.
        foreach (string text in (string[])["half \ud83d", "\ude00", "😀\ude00", "\ude00\ud83d"])
        {
            Assert.Contains("surrogate", Assert.Throws<WorkNotPortableException>(() => Encode((1, text))).Message);
            Assert.Contains("surrogate", Assert.Throws<WorkNotPortableException>(() => Encode(new Dictionary<string, string> { [text] = "" })).Message);
            Assert.Contains("surrogate", Assert.Throws<WorkNotPortableException>(() => Encode((1, "x", text[^1]))).Message);
            Assert.Equal((1, "fine"), RoundTrip((1, "fine")));
        }
    }

    [Fact]
    public void Depth_ends_at_a_limit_that_the_message_names()
    {
        Assert.Equal(200, Depth(RoundTrip(Chain(200))));
        Assert.Contains("256 levels", Assert.Throws<WorkNotPortableException>(() => Encode(Chain(300))).Message);
        Assert.Equal(200, Depth(RoundTrip(Chain(200))));
    }

    [Fact]
    public void Objects_that_refer_to_each_other_in_a_circle_are_refused()
    {
        var ring = new Ring();
        ring.Next = ring;
        string message = Assert.Throws<WorkNotPortableException>(() => Encode(ring)).Message;
        Assert.EndsWith("256 levels deep and must not refer to each other in a circle.", message);
        Assert.DoesNotContain(".Next.Next", message);
    }

    [Fact]
    public void What_a_getter_throws_is_told()
    {
        var error = Assert.Throws<WorkNotPortableException>(() => Encode(new Moody()));
        Assert.Equal("A value of type Moody cannot be encoded as JSON: EndOfStreamException: not today", error.Message);
        Assert.IsType<EndOfStreamException>(error.InnerException);
    }

    [Fact]
    public void A_derived_object_is_refused_wherever_it_stands()
    {
        var (animal, dog) = (new Animal("A"), new Dog("Rex", 3));
        Sliced(dog as Animal);
        Sliced<Animal[]>([animal, dog]);
        Sliced<List<Animal>>([animal, dog]);
        Sliced((1, (Animal)dog));
        Sliced(new Zoo(dog, [], []));
        Sliced(new Zoo(animal, [dog], []));
        Sliced(new Zoo(animal, [], new() { ["x"] = dog }));
        Assert.Equal("A", RoundTrip(new Zoo(animal, [animal], [])).Others[0].Name);
        Assert.Null(RoundTrip<Animal?>(null));

        static void Sliced<T>(T value)
        {
            string message = Assert.Throws<WorkNotPortableException>(() => Encode(value)).Message;
            Assert.Contains("A Dog was given where Animal is declared", message);
            Assert.Contains("[JsonDerivedType] on Animal", message);
        }
    }

    [Fact]
    public void A_derived_object_that_the_base_lists_comes_back_as_it_was()
    {
        Assert.Equal([new Pet("P"), new Cat("C", 9)], RoundTrip<List<Pet>>([new Pet("P"), new Cat("C", 9)]));
        Assert.Equal(new Circle(2), RoundTrip<Shape>(new Circle(2)));
        Assert.Contains("Whale", Assert.Throws<WorkNotPortableException>(() => Encode<Pet>(new Whale("W"))).Message);
    }

    [Fact]
    public void A_comparer_that_the_copy_would_not_have_is_refused_wherever_it_stands()
    {
        var ignoreCase = StringComparer.OrdinalIgnoreCase;
        Lost(new Dictionary<string, int>(ignoreCase));
        Lost<IDictionary<string, int>>(new Dictionary<string, int>(ignoreCase));
        Lost<IReadOnlySet<string>>(new HashSet<string>(ignoreCase));
        Lost(new HashSet<string>(ignoreCase));
        Lost(new SortedSet<string>(ignoreCase));
        Lost(new SortedSet<int>(Comparer<int>.Create(static (x, y) => y - x)));
        Lost(new SortedDictionary<string, int>(ignoreCase));
        Lost(new SortedList<string, int>(StringComparer.Ordinal));
        Lost(new OrderedDictionary<string, int>(ignoreCase));
        Lost(new ConcurrentDictionary<string, int>(ignoreCase));
        Lost(ImmutableDictionary.Create<string, int>(ignoreCase));
        Lost(ImmutableHashSet.Create<string>(ignoreCase));
        Lost(ImmutableSortedDictionary.Create<int, string>(null, ignoreCase), "ValueComparer");
        Lost(new[] { (1, new HashSet<string>(ignoreCase)) });

        static void Lost<T>(T value, string which = "Comparer")
        {
            string message = Assert.Throws<WorkNotPortableException>(() => Encode(value)).Message;
            Assert.Contains($"{which} of its own", message);
            Assert.Contains(", which would be lost", message);
        }
    }

    [Fact]
    public void Dictionaries_and_sets_with_the_comparer_of_a_new_one_come_back()
    {
        Assert.Equal(1, RoundTrip(new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 })["a"]);
        Assert.Equal(["a"], RoundTrip(new HashSet<string>(EqualityComparer<string>.Default) { "a" }));
        Assert.Equal(["a", "b"], RoundTrip(new SortedSet<string> { "b", "a" }));
        Assert.Equal(["a", "b"], RoundTrip(ImmutableSortedSet.Create("b", "a")));
        Assert.Equal([2], RoundTrip<ISet<int>>(new HashSet<int> { 2 }));
        Assert.Equal(1, RoundTrip(new Headers { ["Accept"] = 1 })["accept"]);
        Assert.Contains("of its own", Assert.Throws<WorkNotPortableException>(() => Encode(new Headers(StringComparer.InvariantCulture))).Message);
    }

    private static Link Chain(int length) => Enumerable.Range(0, length).Aggregate((Link?)null, (next, value) => new Link(value, next))!;

    private static int Depth(Link? link) => link is null ? 0 : 1 + Depth(link.Next);

    private sealed class Headers(StringComparer comparer) : Dictionary<string, int>(comparer)
    {
        public Headers()
            : this(StringComparer.OrdinalIgnoreCase)
        {
        }
    }

    private sealed class Moody
    {
        public int Mood
        {
            get => throw new EndOfStreamException("not today");
            set => throw new EndOfStreamException(value.ToString());
        }
    }

    private sealed record Whale(string Name) : Pet(Name);
}
