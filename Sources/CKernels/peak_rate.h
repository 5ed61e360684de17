/// The processor's peak rate of multiply-adds, to compare the other kernels with.
#ifndef LOPT_PEAK_RATE_H
#define LOPT_PEAK_RATE_H

#include "lanes.h"
#include "tile_sizes.h"

/// `lopt_kernels.multiply_adds`: does `rounds` × PEAK_CHAINS × 16 multiply-adds in registers alone, in as many
/// independent chains as hide their latency, and returns how many these were. `result` takes a sum of all, so that the
/// compiler leaves nothing out; a `factor` near 0 keeps the sums finite.
static long multiply_adds(long rounds, float factor, float *result) {
  lanes sum[PEAK_CHAINS];
  for (long i = 0; i < PEAK_CHAINS; i++) sum[i] = (lanes){0} + (float)i;
  for (long round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
    for (long i = 0; i < PEAK_CHAINS; i++) sum[i] += factor * sum[i];
  for (long i = 1; i < PEAK_CHAINS; i++) sum[0] += sum[i];
  *result = sum[0][0];
  return rounds * PEAK_CHAINS * LANES;
}

#endif
