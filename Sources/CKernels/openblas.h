/// Matrix products by OpenBLAS, where the package is built with its trait OpenBLAS.
#ifndef LOPT_OPENBLAS_H
#define LOPT_OPENBLAS_H

/// `lopt_kernels.product` by OpenBLAS.
void lopt_openblas_product(long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long ldb,
                           float *c, long ldc, int accumulate);
/// `lopt_kernels.library` of the tables that have that product: its version, and the processor that it computes for.
const char *lopt_openblas_name(void);

#endif
