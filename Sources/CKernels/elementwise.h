// Transposing, loops that the compiler vectorizes by itself, and the softmax.

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

/// A block of 4 × 4.
static inline void transpose_block(const float *source, long columns, float *target, long rows) {
  const four a = *(const four *)source, b = *(const four *)(source + columns);
  const four c = *(const four *)(source + 2 * columns), d = *(const four *)(source + 3 * columns);
  const four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(four *)target = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  *(four *)(target + rows) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  *(four *)(target + 2 * rows) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *(four *)(target + 3 * rows) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

static void transpose(long rows, long columns, const float *restrict source, float *restrict target) {
  enum { BLOCK = 16 };  // by square blocks of whole cache lines: long rows are powers of two, and compete for one set
  for (long top = 0; top < rows; top += BLOCK)
    for (long left = 0; left < columns; left += BLOCK) {
      const long bottom = top + BLOCK < rows ? top + BLOCK : rows;
      const long right = left + BLOCK < columns ? left + BLOCK : columns;
      long j = left;
      for (; j + 4 <= right; j += 4) {
        long i = top;
        for (; i + 4 <= bottom; i += 4) transpose_block(source + i * columns + j, columns, target + j * rows + i, rows);
        for (; i < bottom; i++)
          for (long column = j; column < j + 4; column++) target[column * rows + i] = source[i * columns + column];
      }
      for (; j < right; j++)
        for (long i = top; i < bottom; i++) target[j * rows + i] = source[i * columns + j];
    }
}

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
    union { float value; uint32_t bits; } x = {values[i]};
    const uint32_t magnitude = x.bits & 0x7fffffffu;
    worst = magnitude > worst ? magnitude : worst;
  }
  return worst < 0x7f800000u;
}

/// exp(x) to 2 units in the last place; x is held in −87 … 88, NaN stays NaN.
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
  union { float value; uint32_t bits; } rounded = {shifted}, power;
  power.bits = (rounded.bits + 127u) << 23;
  return series * power.value;
}

static double softmax_loss(long rows, long classes, float share, const float *restrict logits,
                           const int32_t *restrict labels, float *restrict probabilities, float *restrict delta) {
  enum { PRODUCT = 64 };  // rows whose sums, at most `classes` each, are multiplied before one logarithm is taken
  double loss = 0, sums = 1;
  for (long i = 0; i < rows; i++) {
    const float *row = logits + i * classes;
    float *p = probabilities + i * classes;
    float most = row[0];
    for (long j = 1; j < classes; j++) most = row[j] > most ? row[j] : most;
    for (long j = 0; j < classes; j++) p[j] = exponential(row[j] - most);
    float sum = 0;
    for (long j = 0; j < classes; j++) sum += p[j];
    const float scale = 1 / sum;
    for (long j = 0; j < classes; j++) p[j] *= scale;
    loss += (double)(most - row[labels[i]]);
    sums *= (double)sum;
    if (i % PRODUCT == PRODUCT - 1) {
      loss += __builtin_log(sums);
      sums = 1;
    }
    if (delta) {
      for (long j = 0; j < classes; j++) delta[i * classes + j] = p[j] * share;
      delta[i * classes + labels[i]] -= share;
    }
  }
  return loss + __builtin_log(sums);
}

static void softmax_tangent(long rows, long classes, float share, const float *restrict probabilities,
                            const float *restrict tangent, float *restrict delta) {
  for (long i = 0; i < rows; i++) {
    const float *p = probabilities + i * classes;
    const float *t = tangent + i * classes;
    float mean = 0;
    for (long j = 0; j < classes; j++) mean += p[j] * t[j];
    for (long j = 0; j < classes; j++) delta[i * classes + j] = share * p[j] * (t[j] - mean);
  }
}
