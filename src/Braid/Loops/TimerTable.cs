namespace Braid.Loops;

/// <summary>A loop's timers by number, in pages; numbers are used again. The loop's thread only.</summary>
internal sealed class TimerTable(EventLoop loop)
{
    // As many are kept when no timer is left, 8 KB each. A loop that once had a million timers does not hold their memory for good.
    private const int PagesKept = 64;

    private TimerPage[] _pages = [];
    private int _free; // 0: none; so no timer has this number

    /// <summary>Numbers in use.</summary>
    public int TakenCount { get; private set; }

    public int PageCount { get; private set; }

    /// <summary>Timers that were removed and that the wheel still knows.</summary>
    public int RemovedCount { get; private set; }

    public ref TimerEntry this[int number] => ref PageOf(number)[number];

    public TimerPage PageOf(int number) => _pages[number >> TimerPage.Bits];

    public IEnumerable<int> Taken => Enumerable.Range(1, Math.Max(0, PageCount * TimerPage.Size - 1)).Where(number => this[number].State != TimerState.Free);

    /// <summary>A number that is free.</summary>
    public int Take()
    {
        if (_free == 0) AddPage();
        var number = _free;
        _free = this[number].Next;
        TakenCount++;
        return number;
    }

    public void Free(int number)
    {
        ref var entry = ref this[number];
        entry.Callback = null;
        entry.Target = null;
        entry.State = TimerState.Free;
        entry.Next = _free;
        _free = number;
        if (--TakenCount == 0 && PageCount > PagesKept) Shrink();
    }

    /// <summary>Says that a timer is no longer set. Its number stays in use until the wheel has let go of it.</summary>
    public void Remove(int number)
    {
        ref var entry = ref this[number];
        entry.Target = null;
        entry.State = TimerState.Removed;
        RemovedCount++;
    }

    /// <summary>Asked by the wheel, which lets go of the timer if the answer is true.</summary>
    public bool FreeIfRemoved(int number)
    {
        if (this[number].State != TimerState.Removed) return false;
        RemovedCount--;
        Free(number);
        return true;
    }

    /// <summary>Puts a new page in the place of one that only those who made its sleeps may still know.</summary>
    public void Replace(TimerPage page)
    {
        page.IsReplaced = true;
        TakenCount -= TimerPage.Size;
        Put(page.First >> TimerPage.Bits);
    }

    private void AddPage()
    {
        if (PageCount == _pages.Length) Array.Resize(ref _pages, Math.Max(4, PageCount * 2));
        Put(PageCount++);
    }

    private void Put(int index)
    {
        var page = _pages[index] = new TimerPage(loop, this, index << TimerPage.Bits);
        for (var number = page.First + TimerPage.Size - 1; number >= Math.Max(page.First, 1); number--)
        {
            page[number].Next = _free;
            _free = number;
        }
    }

    private void Shrink()
    {
        foreach (var page in _pages.AsSpan(0, PageCount)) page.IsReplaced = true; // a ValueTask of it may be looked at once more
        _pages = [];
        PageCount = 0;
        _free = 0;
    }
}
