// Matrix products by OpenBLAS on the calling thread. Without the trait OpenBLAS this file is empty.
#ifdef LOPT_OPENBLAS
#include "openblas.h"

#include <cblas.h>
#include <stdio.h>

// A cblas.h of another library, which Debian may have in its place, lacks these.
void openblas_set_num_threads(int number);
char *openblas_get_config(void);
char *openblas_get_corename(void);

static char name[64];

// Bits depend on the version, and on the processor that the library takes this one for: OPENBLAS_CORETYPE may say it.
__attribute__((constructor)) static void begin(void) {
  char version[16] = "";
  sscanf(openblas_get_config(), "OpenBLAS %15s", version);
  snprintf(name, sizeof name, "OpenBLAS %s %s", version, openblas_get_corename());
  // Every thread of ours multiplies for itself.
  openblas_set_num_threads(1);
}

const char *lopt_openblas_name(void) { return name; }

void lopt_openblas_product(long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long ldb,
                           float *c, long ldc, int accumulate) {
  // Of one row both strides may be 1; the library wants the longer one to span what it strides over.
  const int transposed = a_column != 1 || a_row < k;
  cblas_sgemm(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)k, 1, a,
              (int)(transposed ? a_column : a_row), b, (int)ldb, accumulate ? 1 : 0, c, (int)ldc);
}
#endif
