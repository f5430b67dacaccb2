using System.Reflection.Emit;
using Braid.Tests.Processes;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Wire;

public sealed class FunctionIdTests
{
    private readonly int _field = 3;

    [Fact]
    public void Static_methods_and_lambdas_that_capture_nothing_are_portable()
    {
        Assert.True(Work.Of<int, int>(Works.AddOne).IsPortable);
        Assert.True(Work.Of<int, int>(x => x + 1).IsPortable);
        Assert.True(Work.Of<int, int>(static x => x + 1).IsPortable);
        Assert.True(Work.Of<IReadOnlyList<int>, Dictionary<string, Point[]>>(_ => new()).IsPortable);
        Assert.True(Work.Of<Shape, (int, string?)>(_ => default).IsPortable);
    }

    [Fact]
    public void Captured_variables_are_named_from_every_scope()
    {
        int outer = Environment.ProcessorCount;
        for (int i = 0; i < 1; i++)
        {
            int inner = i;
            string why = Why<int, int>(x => x + outer + inner + _field);
            Assert.Contains("'outer'", why);
            Assert.Contains("'inner'", why);
            Assert.Contains("'this' of type FunctionIdTests", why);
        }
    }

    [Fact]
    public void This_is_named_with_its_type()
    {
        Assert.Contains("'this' of type FunctionIdTests", Why<int, int>(x => x + _field));
        Assert.Contains("'this' of type FunctionIdTests", Why<int, int>(Add));
    }

    [Fact]
    public void What_has_no_identity_is_told_apart()
    {
        Assert.Contains("2 functions", Why((Func<int, int>)Works.AddOne + Works.CountCalls));
        Assert.Contains("bound to an object", Why<int, bool>("text".HasLength));
        var open = typeof(string).GetProperty(nameof(string.Length))!.GetMethod!.CreateDelegate<Func<string, int>>();
        Assert.Contains("instance method without its object", Why(open));
        Assert.NotEqual("", Why(Dynamic()));
    }

    [Fact]
    public void Types_that_cannot_travel_are_named()
    {
        Assert.Contains("Stream", Why<Stream, int>(_ => 1));
        Assert.Contains("CancellationToken", Why<CancellationToken, int>(_ => 1));
        Assert.Contains("Object", Why<object, int>(_ => 1));
        Assert.Contains("Func<Int32>", Why<List<Func<int>>, int>(_ => 1));
        Assert.Contains("IDisposable", Why<IDisposable[], int>(_ => 1));
        Assert.Contains("Type", Why<int, Type>(_ => typeof(int)));
        Assert.Contains("Exception", Why<int, Exception>(_ => new InvalidOperationException()));
        Assert.Contains("several dimensions", Why<int[,], int>(_ => 1));
        Assert.Contains("its result cannot be sent", Why<int, Dictionary<string, object>>(_ => new()));
    }

    [Fact]
    public void An_identity_survives_the_wire()
    {
        var id = FunctionId.Of((Func<int, string>)Generic<Point>.Names, typeof(int), typeof(string), "n");
        var output = new FrameBuffer();
        id.WriteTo(output);
        var fields = new FieldReader(output.Written.Span);
        Assert.Equal(id, FunctionId.Read(ref fields));
        fields.ExpectEnd();
    }

    [Fact]
    public void The_same_function_has_the_same_identity()
    {
        Assert.Equal(Work.Of<int, int>(Works.AddOne).Function, Work.Of<int, int>(Works.AddOne).Function);
        Assert.NotEqual(Work.Of<int, int>(Works.AddOne).Function, Work.Of<int, int>(Works.CountCalls).Function);
        Assert.NotEqual(Work.Of<int, int>(Works.Same<int>).Function, Work.Of<long, long>(Works.Same<long>).Function);
    }

    private static Func<int, int> Dynamic()
    {
        var method = new DynamicMethod("made", typeof(int), [typeof(int)]);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int, int>>();
    }

    private static string Why<TArg, TResult>(Func<TArg, TResult> function) => FunctionId.Of(function, typeof(TArg), typeof(TResult), "w").WhyNotPortable ?? "";

    private int Add(int x) => x + _field;
}

internal static class TextExtensions
{
    internal static bool HasLength(this string text, int length) => text.Length == length;
}
