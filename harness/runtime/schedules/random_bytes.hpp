// Random bytes of the world: the same ones in every execution.
#pragma once

#include <cstddef>

namespace racecourse::schedules {

void fill_with_random_bytes(void* memory, std::size_t size);
// Called when an execution begins.
void restart_random_bytes();

}  // namespace racecourse::schedules
