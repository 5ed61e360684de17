/// Matrix products. A tile of c stays in registers while a row of b streams past it: for each p, `vectors` loads of b
/// and one broadcast of a for each of the tile's rows feed rows × vectors fused multiply-adds.
///
/// Matrices are row-major: c[m, n] = a[m, k] b[k, n]. Element (i, p) of a is a[i * a_row + p * a_column], so that a may
/// be transposed; the rows of b and of c are `ldb` and `ldc` floats apart. A vector is sixteen floats (lanes.h); the
/// sizes of the tiles are those of the instruction set (tile_sizes.h).
#ifndef LOPT_PRODUCT_H
#define LOPT_PRODUCT_H

#include "lanes.h"
#include "tile_sizes.h"

enum { MOST_ROWS = 8, MOST_VECTORS = 4 };

/// Multiplies one tile: c[rows, vectors × 16] = a[rows, k] b[k, vectors × 16], or c += where `accumulate`; where
/// `relu`, the result's negative elements become 0 and NaN stays NaN. Of the last vector only the first `width` columns
/// are written.
ALWAYS_INLINE void tile(const long rows, const long vectors, long k, const float *a, long a_row, long a_column,
                        const float *b, long ldb, float *c, long ldc, int accumulate, const int relu, long width) {
  lanes sum[MOST_ROWS][MOST_VECTORS];
#pragma clang loop unroll(full)
  for (long i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (long j = 0; j < vectors; j++) sum[i][j] = (lanes){0};
  for (long p = 0; p < k; p++) {
    const float *row = b + p * ldb;
#pragma clang loop unroll(full)
    for (long i = 0; i < rows; i++) {
      const float factor = a[i * a_row + p * a_column];
#pragma clang loop unroll(full)
      for (long j = 0; j < vectors; j++) sum[i][j] += factor * *(const lanes *)(row + j * LANES);
    }
  }
#pragma clang loop unroll(full)
  for (long i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (long j = 0; j < vectors; j++) {
      float *target = c + i * ldc + j * LANES;
      if (accumulate) sum[i][j] += *(lanes *)target;
      if (relu) sum[i][j] = (lanes)((lane_bits)sum[i][j] & ~(sum[i][j] < 0));
      store(&sum[i][j], target, j + 1 < vectors ? LANES : width);
    }
}

/// Multiplies `count` tiles of `height` rows, one below the other; the rest is as of `tile`.
ALWAYS_INLINE void tiles(const long height, const long vectors, long count, long k, const float *a, long a_row,
                         long a_column, const float *b, long ldb, float *c, long ldc, int accumulate, const int relu,
                         long width) {
  for (long t = 0; t < count; t++, a += height * a_row, c += height * ldc)
    tile(height, vectors, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width);
}

/// Multiplies `count` tiles, one below the other, of a `height` that is known only when it is called and is at most
/// `rows`. Every height has code of its own, in which the sums are in registers.
ALWAYS_INLINE void tiles_of_height(const long rows, long height, const long vectors, long count, long k, const float *a,
                                   long a_row, long a_column, const float *b, long ldb, float *c, long ldc,
                                   int accumulate, const int relu, long width) {
  // The compiler leaves out the heights above `rows`, which is a constant.
  switch (height < rows ? height : rows) {
    case 1: tiles(1, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 2: tiles(2, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 3: tiles(3, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 4: tiles(4, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 5: tiles(5, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 6: tiles(6, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 7: tiles(7, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
    case 8: tiles(8, vectors, count, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width); break;
  }
}

/// Multiplies all m rows of a strip of vectors × 16 columns, in as few tiles of at most `rows` rows as there can be;
/// the rows are shared evenly among these. The rest is as of `tile`.
ALWAYS_INLINE void strip(const long rows, const long vectors, long m, long k, const float *a, long a_row, long a_column,
                         const float *b, long ldb, float *c, long ldc, int accumulate, const int relu, long width) {
  if (m <= 0) return;
  const long count = (m + rows - 1) / rows, height = m / count, higher = m - height * count;
  tiles_of_height(rows, height + 1, vectors, higher, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, relu, width);
  const long done = higher * (height + 1);
  tiles_of_height(rows, height, vectors, count - higher, k, a + done * a_row, a_row, a_column, b, ldb, c + done * ldc,
                  ldc, accumulate, relu, width);
}

/// c[m, n] = a[m, k] b[k, n], or c += where `accumulate`; then ReLU where `relu`. Takes strips of four, two and one
/// vectors of columns from left to right, as wide as the instruction set has tiles for.
ALWAYS_INLINE void any_product(long m, long n, long k, const float *restrict a, long a_row, long a_column,
                               const float *restrict b, long ldb, float *restrict c, long ldc, int accumulate,
                               const int relu) {
  long j = 0;
#if ROWS_OF_4
  for (; j + 4 * LANES <= n; j += 4 * LANES)
    strip(ROWS_OF_4, 4, m, k, a, a_row, a_column, b + j, ldb, c + j, ldc, accumulate, relu, LANES);
#endif
#if ROWS_OF_2
  if (ROWS_OF_2 >= ROWS_OF_1 || m <= ROWS_OF_2)
    for (; j + 2 * LANES <= n; j += 2 * LANES)
      strip(ROWS_OF_2, 2, m, k, a, a_row, a_column, b + j, ldb, c + j, ldc, accumulate, relu, LANES);
#endif
  for (; j < n; j += LANES)
    strip(ROWS_OF_1, 1, m, k, a, a_row, a_column, b + j, ldb, c + j, ldc, accumulate, relu,
          n - j < LANES ? n - j : LANES);
}

/// `lopt_kernels.product`: c[m, n] = a[m, k] b[k, n], or c += where `accumulate`.
static void product(long m, long n, long k, const float *restrict a, long a_row, long a_column, const float *restrict b,
                    long ldb, float *restrict c, long ldc, int accumulate) {
  any_product(m, n, k, a, a_row, a_column, b, ldb, c, ldc, accumulate, 0);
}

/// c[m, n] = max(aᵀ b, 0) of a[k, m] and b[k, n]: a hidden layer of the learned optimizer, of which the biases are a
/// row of a. The rows of all three have no gaps; n is a multiple of 16.
static void relu_product(long m, long n, long k, const float *restrict a, const float *restrict b, float *restrict c) {
  any_product(m, n, k, a, 1, m, b, n, c, n, 0, 1);
}

#endif
