using System.Diagnostics.CodeAnalysis;

namespace Braid.Wire;

/// <summary>A type that brings the format of its values along. They travel by themselves only: what contains one would be JSON.</summary>
/// <remarks>So the wire need not know the type, which may belong to an engine.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class OwnFormatAttribute([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type format, string whyNotInside)
    : Attribute
{
    /// <summary>A <see cref="PayloadFormat{T}"/> of the type.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    internal Type Format => format;

    /// <summary>Why it cannot be part of something else: the end of a sentence that begins with its name.</summary>
    internal string WhyNotInside => whyNotInside;
}
