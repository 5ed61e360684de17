/// The entry of libFuzzer for programs that have a `main` of their own (compiler-rt, FuzzerInterface.h, which is not
/// installed with every compiler).
#ifndef LOPT_FUZZER_H
#define LOPT_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Calls `callback` with one input after the other, as the command line says.
///
/// - callback: returns 0 for an input that may be added to the corpus.
///
/// Returns the code with which the program exits.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*callback)(const uint8_t *bytes, size_t size));

#endif
