/// Vectors of sixteen floats, as the kernels keep them in registers: one register of AVX-512, two of AVX2, four of the
/// baseline. Pointers to them need the alignment of one float only, and may alias arrays of floats.
#ifndef LOPT_LANES_H
#define LOPT_LANES_H

#include <stdint.h>

#include "kernels.h"

/// Marks a function of which each call is compiled with the constants that it is given, such as the sizes of a tile.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum { LANES = LOPT_LANES };

/// Sixteen floats.
typedef float lanes __attribute__((vector_size(64), aligned(4), may_alias));
/// The bits of sixteen floats, and the result of comparing two `lanes`: all bits of a lane 1 where it is true, else 0.
typedef int32_t lane_bits __attribute__((vector_size(64), aligned(4), may_alias));

/// Writes the first `width` lanes of `value` to `target[width]`, all sixteen where `width` is 16 or more.
ALWAYS_INLINE void store(const lanes *value, float *target, long width) {
  typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));
  if (width >= LANES) {
    *(lanes *)target = *value;
    return;
  }
  long lane = 0;
  if (width >= 8) {
    *(eight *)target = __builtin_shufflevector(*value, *value, 0, 1, 2, 3, 4, 5, 6, 7);
    lane = 8;
  }
  for (; lane < width; lane++) target[lane] = (*value)[lane];
}

/// Returns the sum of the sixteen lanes, each time adding one half of them to the other half.
ALWAYS_INLINE float lane_sum(const lanes *values) {
  lanes x = *values;
  x += __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  x += __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  x += __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return x[0] + x[1];
}

#endif
