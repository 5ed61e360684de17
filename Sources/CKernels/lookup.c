// Finds the table of an instruction set by its name.
#include <string.h>

#include "instruction_sets.h"

#ifdef __x86_64__
// The compiler's builtin takes nothing but a literal.
#define SUPPORTS(level) (__builtin_cpu_init(), __builtin_cpu_supports(level))
#endif

const struct lopt_kernels *lopt_kernels_named(const char *name) {
  const struct {
    const struct lopt_kernels *table;
    int is_supported;
  } all[] = {
      {&lopt_kernels_baseline, 1},
#ifdef __x86_64__
      {&lopt_kernels_x86_64_v3, SUPPORTS("x86-64-v3")},
      {&lopt_kernels_x86_64_v4, SUPPORTS("x86-64-v4")},
#endif
#ifdef LOPT_OPENBLAS
      {&lopt_kernels_baseline_openblas, 1},
#ifdef __x86_64__
      {&lopt_kernels_x86_64_v3_openblas, SUPPORTS("x86-64-v3")},
      {&lopt_kernels_x86_64_v4_openblas, SUPPORTS("x86-64-v4")},
#endif
#endif
  };
  for (unsigned long i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(name, all[i].table->name) == 0) return all[i].is_supported ? all[i].table : 0;
  return 0;
}
