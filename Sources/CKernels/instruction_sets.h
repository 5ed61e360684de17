/// The tables of kernels that are compiled, one for each instruction set. The x86-64 ones exist on that architecture
/// only; `lopt_kernels_named` chooses among the tables by what the processor can do.
#ifndef LOPT_INSTRUCTION_SETS_H
#define LOPT_INSTRUCTION_SETS_H

#include "kernels.h"

/// The table for the instructions that every processor of the architecture has.
extern const struct lopt_kernels lopt_kernels_baseline;
/// The table for x86-64-v3: AVX2 and fused multiply-add.
extern const struct lopt_kernels lopt_kernels_x86_64_v3;
/// The table for x86-64-v4: AVX-512 with the extensions F, BW, CD, DQ and VL.
extern const struct lopt_kernels lopt_kernels_x86_64_v4;
#ifdef LOPT_OPENBLAS
/// The same with OpenBLAS's matrix product.
extern const struct lopt_kernels lopt_kernels_baseline_openblas;
extern const struct lopt_kernels lopt_kernels_x86_64_v3_openblas;
extern const struct lopt_kernels lopt_kernels_x86_64_v4_openblas;
#endif

#endif
