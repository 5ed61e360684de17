// The kernels for x86-64-v3: AVX2 and fused multiply-add, sixteen registers of eight floats. On other architectures
// this file is empty.
#include "instruction_sets.h"

#ifdef __x86_64__
#define LOPT_X86_64_V3

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "all_kernels.h"
#pragma clang attribute pop

const struct lopt_kernels lopt_kernels_x86_64_v3 = LOPT_KERNELS("x86-64-v3");
#ifdef LOPT_OPENBLAS
const struct lopt_kernels lopt_kernels_x86_64_v3_openblas = LOPT_KERNELS_OPENBLAS("x86-64-v3");
#endif
#endif
