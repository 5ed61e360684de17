// What every processor has; on other architectures than x86-64 the only table.
#include "tables.h"

enum { ROWS_OF_1 = 2, PEAK_CHAINS = 3 };
enum { CONVOLUTION_VECTORS = 1, PIXELS = 2, TAPS = 3 };

#include "table.h"

const struct lopt_kernels lopt_kernels_baseline = LOPT_TABLE("baseline");
