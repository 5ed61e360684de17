/// Kernels that go through arrays element by element, which the compiler vectorizes by itself.
#ifndef LOPT_ELEMENTWISE_H
#define LOPT_ELEMENTWISE_H

#include <stdint.h>

static void column_sums(long rows, long columns, const float *restrict a, float *restrict sums) {
  for (long j = 0; j < columns; j++) sums[j] = 0;
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++) sums[j] += a[i * columns + j];
}

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

static void relu_mask(long count, const float *restrict activations, float *restrict values) {
  for (long i = 0; i < count; i++) values[i] = activations[i] > 0 ? values[i] : 0;
}

static void prefetch(long count, const float *values) {
  enum { LINE = 16, READ = 0, SECOND_LEVEL = 2 };
  for (long i = 0; i < count; i += LINE) __builtin_prefetch(values + i, READ, SECOND_LEVEL);
}

static void add_scaled(long count, float factor, const float *restrict source, float *restrict target) {
  for (long i = 0; i < count; i++) target[i] += factor * source[i];
}

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
