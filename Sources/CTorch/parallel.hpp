// Loops shared out over libtorch's own threads.
#pragma once
#include <c10/util/FunctionRef.h>
#include <cstdint>

namespace ctorch {

/// Calls `body(begin, end)` for consecutive pieces of 0 to `count`, no smaller than `grain`, on as many of libtorch's threads as it uses.
///
/// Not `at::parallel_for`: its loop is compiled here and is shared out only by a compiler that is told of OpenMP, and by that compiler's
/// runtime, not libtorch's. Without, it does all on one thread and says nothing.
void parallel_for(int64_t count, int64_t grain, c10::function_ref<void(int64_t, int64_t)> body);

} // namespace ctorch
