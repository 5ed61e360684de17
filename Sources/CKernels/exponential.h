/// The exponential function, in a form that the compiler vectorizes.
#ifndef LOPT_EXPONENTIAL_H
#define LOPT_EXPONENTIAL_H

#include <stdint.h>

/// Returns exp(x) with an error of at most 2 units in the last place. An x outside of −87 … 88 is taken for the nearer
/// of these, so that the result is finite and normal; NaN stays NaN.
///
/// x = n ln 2 + r with |r| ≤ ln 2 / 2, exp(r) by its Taylor polynomial, 2ⁿ by the exponent's bits. Adding 1.5 × 2²³
/// rounds x / ln 2 to an integer, which then is in the low bits.
static inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifted = x * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float series = 1.0f / 5040;
  series = series * r + 1.0f / 720;
  series = series * r + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 1.0f / 2;
  series = series * r + 1;
  series = series * r + 1;
  union {
    float value;
    uint32_t bits;
  } rounded = {shifted}, power;
  power.bits = (rounded.bits + 127u) << 23;
  return series * power.value;
}

#endif
