using System.Reflection;
using Braid.Cli.Tests.Support;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Tests.WorkLoader;

public sealed class MethodFinderTests
{
    [Theory]
    [InlineData("Braid.Cli.Tests.Support.SampleWorks.Square")]
    [InlineData("SampleWorks.Square")]
    [InlineData("Support.SampleWorks.Square")]
    [InlineData("SampleWorks.Nested.Half")]
    [InlineData("Half")]
    [InlineData("Hidden")]
    [InlineData("NotPublic")]
    public void A_name_may_be_as_short_as_it_stays_unique_and_the_method_as_hidden_as_it_likes(string path)
    {
        Assert.Equal(path[(path.LastIndexOf('.') + 1)..], Find(path).Name);
    }

    [Theory]
    [InlineData("Nested.Ahlf", "has no method 'Ahlf' in Nested. Did you mean Half?")]
    [InlineData("SampleWorks.Sqare", "has no method 'Sqare' in SampleWorks. Did you mean Square")]
    [InlineData("SampelWorks.Square", "has no type 'SampelWorks'. Did you mean SampleWorks")]
    [InlineData("SampleWorks.Zzz", "Methods there: ")]
    [InlineData("OtherSampleWorks.Half", "Did you mean Nested.Half?")]
    [InlineData("SampleWorks.TwoParameters", "has 2 parameters (Int32, Int32). Work is a function of one argument")]
    [InlineData("SampleWorks.NoParameters", "takes no argument")]
    [InlineData("SampleWorks.OnlyToken", "takes no argument")]
    [InlineData("SampleWorks.ReturnsNothing", "returns nothing")]
    [InlineData("SampleWorks.ReturnsTask", "returns nothing")]
    [InlineData("SampleWorks.Iterates", "returns IEnumerable<Int32>, which is computed only when somebody reads it")]
    [InlineData("SampleWorks.IteratesLater", "returns IEnumerable<Int32>, which is computed only when somebody reads it")]
    [InlineData("SampleWorks.Generic", "is generic")]
    [InlineData("SampleWorks.OfSpan", "cannot leave the stack")]
    [InlineData("SampleWorks.ByReference", "cannot leave the stack")]
    [InlineData("SampleWorks.Overloaded", "2 overloads of SampleWorks.Overloaded. Give the one to measure a name of its own.")]
    [InlineData("Square", "2 methods named 'Square': OtherSampleWorks.Square, SampleWorks.Square. Write the type before it")]
    [InlineData("OtherSampleWorks.Instance", "is an instance method")]
    public void What_cannot_be_called_is_refused_with_the_reason_and_what_to_do(string path, string message)
    {
        var exception = Assert.Throws<InputException>(() => Find(path));
        Assert.StartsWith("works.dll", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private static MethodInfo Find(string path) => MethodFinder.Find(Assembly.GetExecutingAssembly(), path, "works.dll");
}
