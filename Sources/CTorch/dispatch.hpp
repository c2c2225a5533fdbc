// How loops are compiled: for several processors at once, and without fear of overlapping memory.
#pragma once

// Every processor takes the fastest version it can run, chosen when the program starts.
#if defined(__x86_64__) && defined(__linux__)
#define DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCH
#endif
#define INLINE inline __attribute__((always_inline))

// What is written in the loop after it is not read by it.
#if defined(__clang__)
#define LOOP_WITHOUT_ALIASES _Pragma("clang loop vectorize(assume_safety)")
#else
#define LOOP_WITHOUT_ALIASES _Pragma("GCC ivdep")
#endif
