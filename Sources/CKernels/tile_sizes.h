/// The number of registers that the tiles of each instruction set take.
///
/// A file that compiles the kernels for x86-64-v3 or x86-64-v4 defines LOPT_X86_64_V3 or LOPT_X86_64_V4 before it
/// includes any kernel; without these the sizes are the baseline's.
///
/// - ROWS_OF_n: the largest number of rows in a tile of a matrix product that is n vectors of 16 floats wide; 0 where
///   the instruction set has too few registers for such a tile. Where it is less than ROWS_OF_1, only a matrix of that
///   few rows takes these tiles: they hold more sums than one vector a row gives, so that an addition need not wait for
///   the one before it.
/// - CONVOLUTION_VECTORS: vectors of 16 channels in a tile of a convolution.
/// - PIXELS: result pixels in a tile of a convolution.
/// - TAPS: inputs of a pixel in a tile of a convolution's gradient by its weights; a multiple of 3.
/// - PEAK_CHAINS: independent sums that keep every multiply-add unit busy.
#ifndef LOPT_TILE_SIZES_H
#define LOPT_TILE_SIZES_H

#if defined(LOPT_X86_64_V4)
// Thirty-two registers of sixteen floats.
#define ROWS_OF_4 4
#define ROWS_OF_2 8
enum { ROWS_OF_1 = 8, CONVOLUTION_VECTORS = 2, PIXELS = 8, TAPS = 9, PEAK_CHAINS = 16 };
#elif defined(LOPT_X86_64_V3)
// Sixteen registers of eight floats.
#define ROWS_OF_4 0
#define ROWS_OF_2 3
enum { ROWS_OF_1 = 6, CONVOLUTION_VECTORS = 1, PIXELS = 6, TAPS = 6, PEAK_CHAINS = 6 };
#else
// Sixteen registers of four floats.
#define ROWS_OF_4 0
#define ROWS_OF_2 0
enum { ROWS_OF_1 = 2, CONVOLUTION_VECTORS = 1, PIXELS = 2, TAPS = 3, PEAK_CHAINS = 3 };
#endif

#endif
