// Loops shared out over libtorch's own threads.
#pragma once
#include <c10/util/FunctionRef.h>
#include <cstdint>

namespace ctorch {

/// Calls `body(begin, end)` for pieces of 0 to `count`, of `grain` or more, on as many of libtorch's threads as it uses. Who is done takes
/// the next piece: a thread that shares its core, with the one that reads ahead for example, doesn't hold the others up.
///
/// Not `at::parallel_for`: its loop is compiled here and is shared out only by a compiler that is told of OpenMP, and by that compiler's
/// runtime, not libtorch's. Without, it does all on one thread and says nothing.
void parallel_for(int64_t count, int64_t grain, c10::function_ref<void(int64_t, int64_t)> body);

} // namespace ctorch
