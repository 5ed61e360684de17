// The kernels for x86-64-v4: AVX-512, thirty-two registers of sixteen floats. On other architectures this file is
// empty.
#include "instruction_sets.h"

#ifdef __x86_64__
#define LOPT_X86_64_V4

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#include "all_kernels.h"
#pragma clang attribute pop
#pragma clang attribute pop

const struct lopt_kernels lopt_kernels_x86_64_v4 = LOPT_KERNELS("x86-64-v4");
#ifdef LOPT_OPENBLAS
const struct lopt_kernels lopt_kernels_x86_64_v4_openblas = LOPT_KERNELS_OPENBLAS("x86-64-v4");
#endif
#endif
