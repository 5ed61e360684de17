// Matrix products. A tile of c stays in registers while a row of b streams past it: for each p, `vectors` loads of b
// and one broadcast of a for each of `rows` rows feed rows × vectors fused multiply-adds.
//
// ROWS_OF_n is how many rows a tile of n vectors has, 0 where the instruction set has too few registers for it.

/// Sixteen floats: one register of v4, two of v3, four of the baseline.
typedef float lanes __attribute__((vector_size(64), aligned(4), may_alias));
enum { LANES = LOPT_LANES, MOST_ROWS = 8, MOST_VECTORS = 4 };

/// c[rows, vectors × 16] (+)= a b; of the last vector only `width` columns are written.
static inline __attribute__((always_inline)) void tile(const long rows, const long vectors, long k, const float *a,
                                                       long a_row, long a_column, const float *b, long ldb, float *c,
                                                       long ldc, int accumulate, long width) {
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
      if (j + 1 < vectors || width == LANES) *(lanes *)target = sum[i][j];
      else for (long column = 0; column < width; column++) target[column] = sum[i][j][column];
    }
}

/// All rows of a strip of `vectors` × 16 columns.
static inline __attribute__((always_inline)) void strip(const long rows, const long vectors, long m, long k,
                                                        const float *a, long a_row, long a_column, const float *b,
                                                        long ldb, float *c, long ldc, int accumulate, long width) {
  long i = 0;
  for (; i + rows <= m; i += rows)
    tile(rows, vectors, k, a + i * a_row, a_row, a_column, b, ldb, c + i * ldc, ldc, accumulate, width);
  for (; i + 2 <= m; i += 2)
    tile(2, vectors, k, a + i * a_row, a_row, a_column, b, ldb, c + i * ldc, ldc, accumulate, width);
  for (; i < m; i++)
    tile(1, vectors, k, a + i * a_row, a_row, a_column, b, ldb, c + i * ldc, ldc, accumulate, width);
}

static void product(long m, long n, long k, const float *restrict a, long a_row, long a_column,
                    const float *restrict b, long ldb, float *restrict c, long ldc, int accumulate) {
  long j = 0;
#if ROWS_OF_4
  for (; j + 4 * LANES <= n; j += 4 * LANES)
    strip(ROWS_OF_4, 4, m, k, a, a_row, a_column, b + j, ldb, c + j, ldc, accumulate, LANES);
#endif
#if ROWS_OF_2
  for (; j + 2 * LANES <= n; j += 2 * LANES)
    strip(ROWS_OF_2, 2, m, k, a, a_row, a_column, b + j, ldb, c + j, ldc, accumulate, LANES);
#endif
  for (; j < n; j += LANES)
    strip(ROWS_OF_1, 1, m, k, a, a_row, a_column, b + j, ldb, c + j, ldc, accumulate, n - j < LANES ? n - j : LANES);
}

/// sums[i, j, lane] += Σ over blocks of 16 columns of a[i, lane] b[j, lane], for a tile of rows × columns.
static inline __attribute__((always_inline)) void gram_tile(const long rows, const long columns, long length,
                                                            const float *a, const float *b, float *sums,
                                                            long sums_row) {
  lanes sum[4][4];
#pragma clang loop unroll(full)
  for (long i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (long j = 0; j < columns; j++) sum[i][j] = *(lanes *)(sums + i * sums_row + j * LANES);
  for (long p = 0; p < length; p += LANES) {
#pragma clang loop unroll(full)
    for (long i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (long j = 0; j < columns; j++)
        sum[i][j] += *(const lanes *)(a + i * LOPT_BLOCK + p) * *(const lanes *)(b + j * LOPT_BLOCK + p);
  }
#pragma clang loop unroll(full)
  for (long i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (long j = 0; j < columns; j++) *(lanes *)(sums + i * sums_row + j * LANES) = sum[i][j];
}

/// sums[m, n, 16] += a[m, LOPT_BLOCK] b[n, LOPT_BLOCK]ᵀ, the sum over the block left to the 16 lanes.
static inline void gram(long m, long n, const float *restrict a, const float *restrict b, float *restrict sums) {
  const long row = n * LANES;
  long j = 0;
  for (; j + GRAM_COLUMNS <= n; j += GRAM_COLUMNS) {
    long i = 0;
    for (; i + GRAM_ROWS <= m; i += GRAM_ROWS)
      gram_tile(GRAM_ROWS, GRAM_COLUMNS, LOPT_BLOCK, a + i * LOPT_BLOCK, b + j * LOPT_BLOCK,
                sums + i * row + j * LANES, row);
    for (; i < m; i++)
      gram_tile(1, GRAM_COLUMNS, LOPT_BLOCK, a + i * LOPT_BLOCK, b + j * LOPT_BLOCK, sums + i * row + j * LANES, row);
  }
  for (; j < n; j++)
    for (long i = 0; i < m; i++)
      gram_tile(1, 1, LOPT_BLOCK, a + i * LOPT_BLOCK, b + j * LOPT_BLOCK, sums + i * row + j * LANES, row);
}
