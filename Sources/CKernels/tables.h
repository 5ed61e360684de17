// The tables, for the file that chooses among them.
#include "kernels.h"

extern const struct lopt_kernels lopt_kernels_baseline;
extern const struct lopt_kernels lopt_kernels_v3;
extern const struct lopt_kernels lopt_kernels_v4;
