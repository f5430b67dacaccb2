using System.Buffers;
using System.Globalization;
using Braid.Wire;

namespace Braid.Items;

/// <summary>The only generic bridge between the type-erased item that engines see and the caller's types.</summary>
internal abstract class TypedWorkItem<TArg, TResult>(
    Work<TArg, TResult> work, TArg arg, TimeSpan timeout, RelativeLimit? relative, bool isMeasured, CancellationToken cancellationToken)
    : WorkItem(timeout, relative, isMeasured, cancellationToken)
{
    private const int LongestArgumentText = 80;

    public sealed override string Name => work.Name;

    internal TArg Arg { get; } = arg;

    internal override FunctionId Function => work.Function;

    internal override bool IsAsync => work.IsAsync;

    internal override string ArgumentText
    {
        get
        {
            try
            {
                return WorkName.Shorten(Arg is null ? "null" : Convert.ToString(Arg, CultureInfo.InvariantCulture) ?? "", LongestArgumentText);
            }
            catch (Exception exception)
            {
                // The argument's own ToString. It must not keep an item from its end.
                return $"its text cannot be made: {exception.GetType().Name}";
            }
        }
    }

    private protected Work<TArg, TResult> Work => work;

    public sealed override ValueTask ExecuteAsync()
    {
        if (!MayExecute()) return default;
        return work.IsAsync ? ExecuteAsynchronously() : ExecuteSynchronously();
    }

    public sealed override void WriteCall(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Function.WriteTo(output);
        WriteArgument(output);
    }

    internal sealed override void WriteArgument(IBufferWriter<byte> output) => Payload.Write(output, Arg);

    public sealed override void Complete(in ReadOnlySequence<byte> result)
    {
        if (result.IsSingleSegment) Complete(result.FirstSpan, at: 0);
        else Complete(result.ToArray(), at: 0);
    }

    internal sealed override void Complete(ReadOnlySpan<byte> result, long at)
    {
        TResult value;
        try
        {
            value = PayloadFormat<TResult>.Instance.Read(result);
        }
        catch (Exception exception)
        {
            Fail(exception, at);
            return;
        }

        Succeed(value, at);
    }

    public sealed override void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        TryFail(exception);
    }

    internal sealed override void Fail(Exception exception, long at) => TryFail(exception, at);

    private protected sealed override bool TryFail(Exception exception, long at = 0)
    {
        if (!TryClaimFinish()) return false;
        if (IsTimedOut)
        {
            exception = TimeoutError();
        }

        bool isCancelled = exception is DisposalCanceledException || (exception is OperationCanceledException && CancellationToken.IsCancellationRequested);
        string? detail = isCancelled || Executor.Timeline is null ? null : $"{exception.GetType().Name}: {ExceptionText.MessageOf(exception)}";
        Finish(isCancelled ? TracePhase.Cancelled : TracePhase.Failed, detail, at);
        OnFailed(exception);
        return true;
    }

    private protected sealed override void FinishCancelled() => OnFailed(new OperationCanceledException(CancellationToken));

    /// <summary>The owner's part of a good end. Called once.</summary>
    private protected abstract void OnSucceeded(TResult result);

    /// <summary>The owner's part of a bad end. Called once.</summary>
    private protected abstract void OnFailed(Exception exception);

    private void Succeed(TResult result, long at = 0)
    {
        if (IsTimedOut)
        {
            Fail(new OperationCanceledException(CancellationToken), at);
            return;
        }

        if (!TryClaimFinish()) return;
        Finish(TracePhase.Succeeded, at: at);
        OnSucceeded(result);
    }

    private ValueTask ExecuteSynchronously()
    {
        // A thread that has no context of its own (Capture gives null when the flow is suppressed) runs the work as it is.
        if (Flow is null) RunHere(this);
        else System.Threading.ExecutionContext.Run(Flow, static state => RunHere((TypedWorkItem<TArg, TResult>)state!), this);
        return default;

        static void RunHere(TypedWorkItem<TArg, TResult> item)
        {
            var outer = item.Enter();
            try
            {
                // Work that is not async returns a finished ValueTask, so Result does not block.
                item.Succeed(item.Work.InvokeAsync(item.Arg, item.CancellationToken).Result);
            }
            catch (Exception exception)
            {
                item.Fail(exception);
            }
            finally
            {
                Leave(outer);
            }
        }
    }

    private ValueTask ExecuteAsynchronously()
    {
        var flow = Flow ?? System.Threading.ExecutionContext.Capture();
        if (flow is null) return Begin(this);

        var start = new AsyncStart { Item = this };
        System.Threading.ExecutionContext.Run(flow, static state =>
        {
            var start = (AsyncStart)state!;
            start.Done = Begin(start.Item);
        }, start);
        return start.Done;

        static ValueTask Begin(TypedWorkItem<TArg, TResult> item)
        {
            var outer = item.Enter();
            item.EnterAsync();
            try
            {
                var task = item.Work.InvokeAsync(item.Arg, item.CancellationToken);
                if (!task.IsCompletedSuccessfully) return item.FinishAfterAsync(task);
                item.Succeed(task.Result);
            }
            catch (Exception exception)
            {
                item.Fail(exception);
            }
            finally
            {
                Leave(outer);
            }

            return default;
        }
    }

    private async ValueTask FinishAfterAsync(ValueTask<TResult> task)
    {
        try
        {
            // The engine's own context on purpose: a loop's item ends on its loop, a thread's on its thread.
            Succeed(await task.ConfigureAwait(true));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private sealed class AsyncStart
    {
        internal required TypedWorkItem<TArg, TResult> Item { get; init; }

        internal ValueTask Done { get; set; }
    }
}
