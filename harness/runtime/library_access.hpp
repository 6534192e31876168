// What a library's own code does to memory for its caller.
//
// Libraries are not instrumented, so a race that takes place in one of their functions is seen only if a hook
// says what the function touches. The hooks that every detector lacks stand in library_memory.cpp and
// library_streams.cpp and are linked into the drivers `tsan` and `schedules`; each driver says in its own way
// what an access means.
#pragma once

#include <cstddef>
#include <cstdint>

namespace racecourse {

// Counts as an access by the code at `pc`; under `schedules` unless that is a library's own. Any thread may
// call it.
void library_access(const void* memory, std::size_t size, bool writes, std::uintptr_t pc);

}  // namespace racecourse
