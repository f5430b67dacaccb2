namespace Braid.Cli.Arguments;

/// <summary>One item's argument as text, and where it was written: "numbers.txt(3)", "--input 2", "standard input(7)".</summary>
internal readonly record struct InputLine(string Text, string Place);
