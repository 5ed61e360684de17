// AVX2 and fused multiply-add: sixteen registers of eight floats.
#include "tables.h"

#ifdef __x86_64__
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define ROWS_OF_2 3
enum { ROWS_OF_1 = 6, PEAK_CHAINS = 6 };
enum { CONVOLUTION_VECTORS = 1, PIXELS = 6, TAPS = 6 };

#include "table.h"

#pragma clang attribute pop

const struct lopt_kernels lopt_kernels_v3 = LOPT_TABLE("x86-64-v3");
#endif
