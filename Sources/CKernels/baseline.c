// The kernels for the instructions that every processor has: SSE2 on x86-64. On other architectures it is the only
// table.
#include "all_kernels.h"
#include "instruction_sets.h"

const struct lopt_kernels lopt_kernels_baseline = LOPT_KERNELS("baseline");
#ifdef LOPT_OPENBLAS
const struct lopt_kernels lopt_kernels_baseline_openblas = LOPT_KERNELS_OPENBLAS("baseline");
#endif
