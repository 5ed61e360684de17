// AVX-512: thirty-two registers of sixteen floats.
#include "tables.h"

#ifdef __x86_64__
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#define ROWS_OF_4 4
#define ROWS_OF_2 8
enum { ROWS_OF_1 = 8, PEAK_CHAINS = 16 };
enum { CONVOLUTION_VECTORS = 2, PIXELS = 8, TAPS = 9 };

#include "table.h"

#pragma clang attribute pop
#pragma clang attribute pop

const struct lopt_kernels lopt_kernels_v4 = LOPT_TABLE("x86-64-v4");
#endif
