// Compares the engine's matrix product with OpenBLAS on the products of the dense problems, on one thread.
//
//   cc -O2 -I Sources/CKernels/include Benchmarks/openblas.c Sources/CKernels/*.c -lopenblas -lm -o openblas  (clang)
//   env -u OPENBLAS_CORETYPE taskset -c 0 ./openblas
//
// Prints for every product the median rate of both over 7 rounds in which they take turns: those of two problems, and
// those of a square hidden layer of 32 to 2,048 units for a minibatch of 128 images.
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernels.h"

void openblas_set_num_threads(int number);

enum { ROUNDS = 7, SLACK = LOPT_SLACK };

/// Returns the seconds of a clock that only runs on.
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/// Compares two doubles for `qsort`.
static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/// Returns `count` numbers of −0.5 … 0.5 in a new buffer with the room behind them that the kernels need.
static float *numbers(long count) {
  float *values = aligned_alloc(64, (count + SLACK + 63) / 64 * 64 * sizeof(float));
  for (long i = 0; i < count; i++) values[i] = (float)(i % 17) / 17 - 0.5f;
  return values;
}

/// Measures c[m, n] = op(a) b[k, n] with both and prints the rates. op(a) is a[m, k], or aᵀ of a[k, m] where
/// `transposed`, as in the gradient by the weights.
static void compare(const char *what, const struct lopt_kernels *kernels, long m, long n, long k, int transposed) {
  float *a = numbers(m * k), *b = numbers(k * n), *c = numbers(m * n);
  const double operations = 2.0 * m * n * k;
  const long calls = (long)(5e8 / operations) + 1;
  double ours[ROUNDS], theirs[ROUNDS];
  for (int round = -1; round < ROUNDS; round++) {
    const double start = now();
    for (long call = 0; call < calls; call++)
      kernels->product(m, n, k, a, transposed ? 1 : k, transposed ? m : 1, b, n, c, n, 0);
    const double middle = now();
    for (long call = 0; call < calls; call++)
      cblas_sgemm(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k, 1, a,
                  transposed ? m : k, b, n, 0, c, n);
    if (round < 0) continue;
    ours[round] = operations * calls / (middle - start) * 1e-9;
    theirs[round] = operations * calls / (now() - middle) * 1e-9;
  }
  qsort(ours, ROUNDS, sizeof(double), ascending);
  qsort(theirs, ROUNDS, sizeof(double), ascending);
  printf("%-22s %4ld x %4ld x %4ld: ours %6.1f, OpenBLAS %6.1f GFLOP/s, ratio %.2f\n", what, m, n, k, ours[ROUNDS / 2],
         theirs[ROUNDS / 2], ours[ROUNDS / 2] / theirs[ROUNDS / 2]);
  free(a);
  free(b);
  free(c);
}

/// Compares the three products of a layer with `in` inputs and `out` units.
static void layer_products(const struct lopt_kernels *kernels, long in, long out) {
  compare("forward", kernels, 128, out, in, 0);
  compare("gradient by weights", kernels, in, out, 128, 1);
  compare("gradient by inputs", kernels, 128, in, out, 0);
}

int main(void) {
  const char *names[] = {"x86-64-v4", "x86-64-v3", "baseline"};
  const struct lopt_kernels *kernels = 0;
  for (int i = 0; !kernels; i++) kernels = lopt_kernels_named(names[i]);
  openblas_set_num_threads(1);
  printf("%s, %s\n", kernels->name, openblas_get_config());
  const long widths[][4] = {{196, 32, 32, 10}, {196, 128, 128, 128}};
  for (int problem = 0; problem < 2; problem++)
    for (int layer = 0; layer + 1 < 4; layer++)
      layer_products(kernels, widths[problem][layer], widths[problem][layer + 1]);
  for (long units = 32; units <= 2048; units *= 2) layer_products(kernels, units, units);
  return 0;
}
