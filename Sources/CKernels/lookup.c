// Finds the table of an instruction set by its name.
#include <string.h>

#include "instruction_sets.h"

const struct lopt_kernels *lopt_kernels_named(const char *name) {
  if (strcmp(name, "baseline") == 0) return &lopt_kernels_baseline;
#ifdef __x86_64__
  __builtin_cpu_init();
  if (strcmp(name, "x86-64-v3") == 0 && __builtin_cpu_supports("x86-64-v3")) return &lopt_kernels_x86_64_v3;
  if (strcmp(name, "x86-64-v4") == 0 && __builtin_cpu_supports("x86-64-v4")) return &lopt_kernels_x86_64_v4;
#endif
  return 0;
}
