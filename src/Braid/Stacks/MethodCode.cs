namespace Braid.Stacks;

/// <summary>Where the machine code of a method lies, and what it is called.</summary>
internal readonly record struct MethodCode(ulong Start, uint Size, string Type, string Method)
{
    public bool Contains(ulong address) => address - Start < Size;
}
