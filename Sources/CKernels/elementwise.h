/// Kernels that go through arrays element by element, which the compiler vectorizes by itself.
#ifndef LOPT_ELEMENTWISE_H
#define LOPT_ELEMENTWISE_H

#include <stdint.h>

/// `lopt_kernels.column_sums`: sums[j] = Σ over i of a[i, j], of a[rows, columns].
static void column_sums(long rows, long columns, const float *restrict a, float *restrict sums) {
  for (long j = 0; j < columns; j++) sums[j] = 0;
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++) sums[j] += a[i * columns + j];
}

/// `lopt_kernels.add_bias`: y[i, j] += bias[j], of y[rows, columns]; then negative elements become 0 where `relu`.
static void add_bias(long rows, long columns, const float *restrict bias, int relu, float *restrict y) {
  for (long i = 0; i < rows; i++) {
    float *row = y + i * columns;
    if (relu) {
      for (long j = 0; j < columns; j++) {
        const float sum = row[j] + bias[j];
        row[j] = sum < 0 ? 0 : sum;
      }
    } else {
      for (long j = 0; j < columns; j++) row[j] += bias[j];
    }
  }
}

/// `lopt_kernels.relu_mask`: values[i] becomes 0 where activations[i] is not above 0: the reverse of a ReLU.
static void relu_mask(long count, const float *restrict activations, float *restrict values) {
  for (long i = 0; i < count; i++) values[i] = activations[i] > 0 ? values[i] : 0;
}

/// `lopt_kernels.prefetch`: asks for every cache line of values[count] to be brought into the second-level cache.
static void prefetch(long count, const float *values) {
  enum { LINE = 16, READ = 0, SECOND_LEVEL = 2 };
  for (long i = 0; i < count; i += LINE) __builtin_prefetch(values + i, READ, SECOND_LEVEL);
}

/// `lopt_kernels.add_scaled`: target[i] += factor × source[i].
static void add_scaled(long count, float factor, const float *restrict source, float *restrict target) {
  for (long i = 0; i < count; i++) target[i] += factor * source[i];
}

/// `lopt_kernels.all_finite`: 1 where no value is infinite or NaN, else 0. Without its sign, the bits of a float that
/// is finite are an integer below those of infinity.
static int all_finite(long count, const float *restrict values) {
  uint32_t worst = 0;
  for (long i = 0; i < count; i++) {
    union {
      float value;
      uint32_t bits;
    } x = {values[i]};
    const uint32_t magnitude = x.bits & 0x7fffffffu;
    worst = magnitude > worst ? magnitude : worst;
  }
  return worst < 0x7f800000u;
}

#endif
