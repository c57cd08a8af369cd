using Mono.Cecil;

namespace Telemetry.Architecture.Tests;

/// <summary>All types that a type mentions: in its shape, its signatures and its method bodies.</summary>
internal static class References
{
    public static HashSet<string> Of(TypeDefinition type)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        Add(used, type.BaseType);
        foreach (var implemented in type.Interfaces)
        {
            Add(used, implemented.InterfaceType);
        }

        foreach (var field in type.Fields)
        {
            Add(used, field.FieldType);
        }

        foreach (var method in type.Methods)
        {
            Add(used, method);
        }

        return used;
    }

    /// <summary>The type itself, its element, its type arguments, and theirs.</summary>
    public static IEnumerable<string> PartsOf(TypeReference type)
    {
        yield return type.GetElementType().FullName.Replace('/', '.');
        foreach (var part in type is GenericInstanceType generic ? generic.GenericArguments.SelectMany(PartsOf) : [])
        {
            yield return part;
        }
    }

    /// <summary>The type as it stands in its file: closures and state machines belong to it.</summary>
    public static TypeDefinition Outermost(TypeDefinition type) =>
        type.DeclaringType is null ? type : Outermost(type.DeclaringType);

    private static void Add(HashSet<string> used, MethodDefinition method)
    {
        Add(used, method.ReturnType);
        foreach (var parameter in method.Parameters)
        {
            Add(used, parameter.ParameterType);
        }

        if (!method.HasBody)
        {
            return;
        }

        foreach (var variable in method.Body.Variables)
        {
            Add(used, variable.VariableType);
        }

        foreach (var instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    Add(used, type);
                    break;
                case MemberReference member:
                    Add(used, member.DeclaringType);
                    break;
            }
        }
    }

    private static void Add(HashSet<string> used, TypeReference? type)
    {
        switch (type)
        {
            case null:
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments)
                {
                    Add(used, argument);
                }

                break;
        }

        used.Add(type.GetElementType().FullName.Replace('/', '.'));
    }
}
