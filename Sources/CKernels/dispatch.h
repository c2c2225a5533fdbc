// Run-time choice of the instruction set: on x86-64 Linux the compiler makes one copy of a function for AVX-512, one for
// AVX2 and one for the baseline, and the loader picks. Elsewhere (NEON) the baseline has all there is.
#pragma once
#if defined(__x86_64__) && defined(__linux__)
#define COLDWAVE_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COLDWAVE_DISPATCH
#endif
