// Decodes the scan of a baseline JPEG to means of its pixels, MCU by MCU.
#include "reduced_jpeg.h"

#include <math.h>
#include <string.h>

#include "huffman.h"

/// The place in the block, 8 × vertical + horizontal frequency, for a coefficient's place in the order of the file.
static const uint8_t zigzag[64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};

/// The number of places that the last step in a block may lead to.
#define PLACES (64 + END_OF_BLOCK)

/// A component while its blocks are decoded.
struct component {
  /// Decodes the first coefficient of a block.
  struct decoding_table dc;
  /// Decodes the other 63 coefficients.
  struct decoding_table ac;
  /// The contribution of a coefficient to each pixel of a block: [PLACES, side, side], the first index in the order of
  /// the file, and 0 from place 64 on.
  _Alignas(32) float weights[PLACES * 64];
  /// The last block's DC coefficient.
  int32_t previous;
};

/// A tile: the pixels of an MCU, reduced.
struct tile {
  /// The pixels of each component, row by row without gaps.
  _Alignas(32) float pixels[3][64];
};

/// Computes basis[8, side] = for each frequency the mean of its cosine in the inverse transform (A.3.3) over each of
/// `side` equal parts of its 8 points.
static void make_basis(float *basis, int32_t side) {
  int32_t part = 8 / side;
  for (int32_t frequency = 0; frequency < 8; frequency++) {
    for (int32_t pixel = 0; pixel < side; pixel++) {
      double sum = 0;
      for (int32_t x = pixel * part; x < (pixel + 1) * part; x++) sum += cos((2 * x + 1) * frequency * M_PI / 16);
      basis[frequency * side + pixel] = (float)(sum / part * (frequency == 0 ? sqrt(0.125) : 0.5));
    }
  }
}

/// Computes weights[PLACES, side, side] = the contribution of a coefficient of 1 to each pixel of a block, by its place
/// in the order of the file, with quantization[64] in the same order; 0 from place 64 on.
static void make_weights(float *weights, const uint8_t *quantization, int32_t side) {
  float basis[64];
  make_basis(basis, side);
  memset(weights, 0, PLACES * side * side * sizeof(float));
  for (int32_t k = 0; k < 64; k++) {
    const float *rows = basis + zigzag[k] / 8 * side;
    const float *columns = basis + zigzag[k] % 8 * side;
    for (int32_t y = 0; y < side; y++) {
      for (int32_t x = 0; x < side; x++) {
        weights[(k * side + y) * side + x] = quantization[k] * rows[y] * columns[x];
      }
    }
  }
}

/// Decodes a block to result[side, side], whose rows are `stride` floats apart. Takes its bits from `shared`. Returns
/// 1, or 0 where the block has a flaw.
static inline __attribute__((always_inline)) int decode_block(struct bits *shared, struct component *component,
                                                              float *restrict result, int32_t side, int32_t stride) {
  const int32_t area = side * side;
  struct bits bits = *shared;
  float sums[64];
  refill(&bits);
  token token = peek(&bits, &component->dc);
  if (token == 0) return 0;
  drop(&bits, first_length(token));
  component->previous += first_value(token);
  if (component->previous < -32768 || component->previous > 32767) return 0;
  for (int32_t i = 0; i < area; i++) sums[i] = (float)component->previous * component->weights[0];
  int32_t next = 1;  // the place after the last coefficient
  while (next < 64) {
    refill(&bits);
    // Two tokens, of at most 26 bits each, are there without another refill.
    for (int32_t turn = 0; turn < 2 && next < 64; turn++) {
      token = peek(&bits, &component->ac);
      if (token == 0) return 0;
      next += first_step(token);
      const float *weights = component->weights + (next - 1) * area;
      float value = (float)first_value(token);
      for (int32_t i = 0; i < area; i++) sums[i] += value * weights[i];
      if (next >= 64) {  // The bits after these belong to the next block.
        drop(&bits, first_length(token));
        break;
      }
      next += second_step(token);
      weights = component->weights + (next - 1) * area;
      value = (float)second_value(token);
      for (int32_t i = 0; i < area; i++) sums[i] += value * weights[i];
      drop(&bits, token & 0xFF);
    }
  }
  if (next > 64 && next < END_OF_BLOCK) return 0;
  for (int32_t i = 0; i < area; i++) result[i / side * stride + i % side] = sums[i];
  *shared = bits;
  return 1;
}

/// Decodes an MCU of `count` components: sampling × sampling blocks of side × side pixels of luminance, and of each
/// other component one block that is as large as all of these. Returns 1, or 0 where the MCU has a flaw.
static inline __attribute__((always_inline)) int decode_tile(struct bits *bits, struct component *components,
                                                             int32_t count, struct tile *tile, int32_t side,
                                                             int32_t sampling) {
  const int32_t width = side * sampling;
  for (int32_t block = 0; block < sampling * sampling; block++) {
    float *corner = tile->pixels[0] + (block / sampling * width + block % sampling) * side;
    if (!decode_block(bits, &components[0], corner, side, width)) return 0;
  }
  for (int32_t i = 1; i < count; i++) {
    if (!decode_block(bits, &components[i], tile->pixels[i], width, width)) return 0;
  }
  return 1;
}

/// Decodes an MCU as `decode_tile` does, by code that is compiled for its sizes: `side` is 1, 2 or 4, `sampling` 1 or
/// 2.
static int decode_any_tile(struct bits *bits, struct component *components, int32_t count, struct tile *tile,
                           int32_t side, int32_t sampling) {
  switch (side * 2 + sampling) {
    case 1 * 2 + 1: return decode_tile(bits, components, count, tile, 1, 1);
    case 1 * 2 + 2: return decode_tile(bits, components, count, tile, 1, 2);
    case 2 * 2 + 1: return decode_tile(bits, components, count, tile, 2, 1);
    case 2 * 2 + 2: return decode_tile(bits, components, count, tile, 2, 2);
    case 4 * 2 + 1: return decode_tile(bits, components, count, tile, 4, 1);
    default: return decode_tile(bits, components, count, tile, 4, 2);
  }
}

/// Returns the value as an integer of 0 … 255, the nearest one.
static inline int32_t rounded(float value) {
  value = value < 0 ? 0 : value;
  value = value > 255 ? 255 : value;
  return (int32_t)(value + 0.5f);
}

/// Turns the first `count` pixels of a tile into red, green and blue, 0 … 255, in `colours` (JFIF 1.02, page 3).
static void convert(const struct tile *tile, int32_t is_grey, int32_t count, int32_t colours[3][64]) {
  const float *luminance = tile->pixels[0], *blue = tile->pixels[1], *red = tile->pixels[2];
  if (is_grey) {
    for (int32_t i = 0; i < count; i++) colours[0][i] = colours[1][i] = colours[2][i] = rounded(luminance[i] + 128);
    return;
  }
  for (int32_t i = 0; i < count; i++) {
    colours[0][i] = rounded(luminance[i] + 128 + 1.402f * red[i]);
    colours[1][i] = rounded(luminance[i] + 128 - 0.344136f * blue[i] - 0.714136f * red[i]);
    colours[2][i] = rounded(luminance[i] + 128 + 1.772f * blue[i]);
  }
}

/// Writes the part of a tile that lies in the image: the first `columns` pixels of its first `rows` rows, the tile
/// being `width` pixels wide. Goes to pixels[rows, columns, 3], whose rows are `stride` bytes apart.
static void write_tile(const struct tile *tile, int32_t is_grey, int32_t width, int32_t columns, int32_t rows,
                       uint8_t *pixels, size_t stride) {
  int32_t colours[3][64];
  convert(tile, is_grey, width * width, colours);
  for (int32_t y = 0; y < rows; y++) {
    for (int32_t x = 0; x < columns; x++) {
      for (int32_t channel = 0; channel < 3; channel++) {
        pixels[3 * x + channel] = (uint8_t)colours[channel][y * width + x];
      }
    }
    pixels += stride;
  }
}

/// Copies the data up to the next marker to `copy`, without the zeros that are stuffed in after 255 (B.1.1.5), and sets
/// `copy_end`. Returns where the marker's code is, or NULL where there is no marker before `end`.
static const uint8_t *next_segment(const uint8_t *data, const uint8_t *end, uint8_t *copy, uint8_t **copy_end) {
  while (1) {
    const uint8_t *found = data < end ? memchr(data, 0xFF, (size_t)(end - data)) : NULL;
    if (found == NULL || end - found < 2) return NULL;
    memcpy(copy, data, (size_t)(found - data));
    copy += found - data;
    if (found[1] != 0) {
      *copy_end = copy;
      return found + 1;
    }
    *copy++ = 0xFF;
    data = found + 2;
  }
}

/// Returns whether decoding has come to the end of a segment: less than a byte is left of it.
static int is_at_end(const struct bits *bits, const uint8_t *end) {
  int64_t left = (end - bits->next) * 8 + bits->count;
  return left >= 0 && left < 8;
}

/// Makes the tables and the weights of each component, for luminance blocks of side × side pixels. Returns 1, or 0
/// where a table of the file makes no prefix code.
static int prepare_components(const struct lopt_scan *scan, const uint8_t *file, int32_t side,
                              struct component *components) {
  for (int32_t i = 0; i < scan->components; i++) {
    struct component *component = &components[i];
    make_weights(component->weights, file + scan->quantization[i], i == 0 ? side : side * scan->sampling);
    if (i > 0 && scan->dc[i] == scan->dc[i - 1] && scan->ac[i] == scan->ac[i - 1]) {
      component->dc = component[-1].dc;
      component->ac = component[-1].ac;
    } else if (!prepare(&component->dc, file + scan->dc[i], 1) || !prepare(&component->ac, file + scan->ac[i], 0)) {
      return 0;
    }
  }
  return 1;
}

int lopt_decode_reduced(const struct lopt_scan *scan, const uint8_t *file, size_t size, int32_t reduction,
                        uint8_t *workspace, uint8_t *pixels) {
  int32_t side = 8 / reduction;
  int32_t tile_width = side * scan->sampling;
  int32_t width = (scan->width + reduction - 1) / reduction;
  int32_t height = (scan->height + reduction - 1) / reduction;
  struct component components[3];
  if (!prepare_components(scan, file, side, components)) return 0;
  const uint8_t *data = file + scan->data;
  const uint8_t *end = file + size;
  uint8_t *segment_end = workspace;
  struct bits bits = {0, 0, workspace};
  struct tile tile;
  int32_t left = 0;  // MCUs until the next restart
  int32_t restarts = 0;
  // The sizes that are not reduced decide how many MCUs there are.
  int32_t mcu = 8 * scan->sampling;
  for (int32_t top = 0; top < (scan->height + mcu - 1) / mcu; top++) {
    for (int32_t across = 0; across < (scan->width + mcu - 1) / mcu; across++) {
      if (left == 0) {
        if (restarts > 0 && (!is_at_end(&bits, segment_end) || *data++ != 0xD0 + (restarts - 1) % 8)) return 0;
        data = next_segment(data, end, workspace, &segment_end);
        if (data == NULL) return 0;
        memset(segment_end, 0, LOPT_SCAN_SLACK);
        bits = (struct bits){0, 0, workspace};
        for (int32_t i = 0; i < scan->components; i++) components[i].previous = 0;
        left = scan->restart_interval == 0 ? INT32_MAX : scan->restart_interval;
        restarts++;
      }
      if (!decode_any_tile(&bits, components, scan->components, &tile, side, scan->sampling)) return 0;
      if (bits.next > segment_end + 8) return 0;
      left--;
      int32_t x = across * tile_width, y = top * tile_width;
      write_tile(&tile, scan->components == 1, tile_width, width - x < tile_width ? width - x : tile_width,
                 height - y < tile_width ? height - y : tile_width, pixels + ((size_t)y * width + x) * 3,
                 3 * (size_t)width);
    }
  }
  return is_at_end(&bits, segment_end) && *data == 0xD9;
}
