// Says what the compiler says when somebody has killed it.
#line 1 "\ng++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n"
#error x
