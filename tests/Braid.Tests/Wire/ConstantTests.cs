using System.Runtime.CompilerServices;
using System.Text.Json;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Wire;

public sealed class ConstantTests
{
    [Fact]
    public void What_nobody_can_use_any_more_is_forgotten_when_the_next_constant_is_sent()
    {
        var sender = new ConstantSender();
        long lost = SendAndLose(sender);
        var kept = Constant.Of("kept");
        long number = NumberOf(kept);
        Assert.Equal([(FrameType.Forget, lost), (FrameType.Constant, number)], Send(sender, kept));
        Assert.Empty(Send(sender, kept));
        Assert.Equal([(FrameType.Constant, NumberOf(kept) + 1)], Send(sender, Constant.Of("new")));
        GC.KeepAlive(kept);
    }

    [Fact]
    public void A_constant_whose_call_was_not_sent_is_sent_with_the_next()
    {
        var sender = new ConstantSender();
        var constant = Constant.Of(1);
        sender.Use(constant);
        sender.WriteNew(new());
        sender.Rollback();
        Assert.Equal([(FrameType.Constant, NumberOf(constant))], Send(sender, constant));
    }

    [Fact]
    public void What_could_have_been_forgotten_with_a_call_that_was_not_sent_is_forgotten_with_the_next()
    {
        var sender = new ConstantSender();
        long lost = SendAndLose(sender);
        sender.Use(Constant.Of("not sent"));
        sender.WriteNew(new());
        sender.Rollback();
        Assert.Contains((FrameType.Forget, lost), Send(sender, Constant.Of("sent")));
    }

    [Fact]
    public void A_constant_is_read_by_its_number_and_type_and_until_it_is_forgotten()
    {
        var frames = new FrameBuffer();
        var sender = new ConstantSender();
        var constant = Constant.Of(5);
        sender.Use(constant);
        sender.WriteNew(frames);
        var reader = new FrameReader(new MemoryStream(frames.Written.ToArray())) { LongestBody = int.MaxValue };
        ConstantTable.Define(reader.Expect(FrameType.Constant));
        long number = NumberOf(constant);
        var found = ConstantTable.Find<int>(number);
        Assert.Equal(5, found.Value);
        Assert.Same(found, ConstantTable.Find<int>(number));
        Assert.Contains($"no Constant<String> of number {number}", Assert.Throws<WorkNotPortableException>(() => ConstantTable.Find<string>(number)).Message);
        ConstantTable.Forget(number);
        Assert.Contains($"no Constant<Int32> of number {number}", Assert.Throws<WorkNotPortableException>(() => ConstantTable.Find<int>(number)).Message);
    }

    [Fact]
    public void Outside_of_a_call_a_constant_is_no_JSON()
    {
        var error = Assert.ThrowsAny<Exception>(() => JsonSerializer.Serialize(new { Table = Constant.Of(1) }));
        Assert.Contains("can be part of a work's argument, and of nothing else", error.Message);
    }

    [Fact]
    public void What_a_constant_of_its_own_type_holds_is_looked_at_once() => Assert.Null(PayloadTypes.WhyNot(typeof(Node)));

    private static List<(FrameType, long)> Send(ConstantSender sender, IConstant constant)
    {
        var frames = new FrameBuffer();
        sender.Use(constant);
        if (sender.HasNew) sender.WriteNew(frames);
        sender.Commit();
        var reader = new FrameReader(new MemoryStream(frames.Written.ToArray())) { LongestBody = int.MaxValue };
        var sent = new List<(FrameType, long)>();
        while (reader.TryRead(out var frame)) sent.Add((frame.Type, frame.Fields.ReadInt64()));
        return sent;
    }

    private static long SendAndLose(ConstantSender sender)
    {
        long number = SendOnly(sender);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return number;
    }

    // A method of its own, so that no frame keeps the constant alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SendOnly(ConstantSender sender)
    {
        var constant = Constant.Of("lost");
        Send(sender, constant);
        return NumberOf(constant);
    }

    private static long NumberOf(IConstant constant) => constant.Identity.Number;

    private sealed record Node(Constant<Node>? Parent, int Number);
}
