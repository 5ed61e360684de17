/// The transpose of a matrix.
#ifndef LOPT_TRANSPOSE_H
#define LOPT_TRANSPOSE_H

/// Four floats, with the alignment of one.
typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

/// target[4, 4] = source[4, 4]ᵀ, where the rows of `source` are `columns` floats apart and those of `target` `rows`
/// floats.
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

/// `lopt_kernels.transpose`: target[columns, rows] = source[rows, columns]ᵀ, by square blocks whose rows are whole
/// cache lines. Going along whole rows would be slow where they are a power of two: their elements compete for one set
/// of the cache.
static void transpose(long rows, long columns, const float *restrict source, float *restrict target) {
  enum { BLOCK = 16 };  // floats of a cache line
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

#endif
