/// A decoder of baseline JPEG for small pictures: the pixels of a scan, each side divided by 2, 4 or 8.
///
/// A pixel is the mean of those that it stands for, computed from the coefficients as they are decoded; nothing is kept
/// of a block. Only flawless files are decoded: the caller has another decoder for everything else.
#ifndef LOPT_REDUCED_JPEG_H
#define LOPT_REDUCED_JPEG_H

#include <stddef.h>
#include <stdint.h>

/// The number of bytes that `workspace` is larger than the file: more than the decoder reads behind the end of the data
/// in a damaged MCU (a minimum coded unit: the blocks of one square of the image).
#define LOPT_SCAN_SLACK 2048

/// The facts in a file's headers about a scan that holds a whole image.
struct lopt_scan {
  /// The image's width in pixels, before it is reduced.
  int32_t width;
  /// The image's height in pixels, before it is reduced.
  int32_t height;
  /// The number of components: 1 is grey, 3 are Y, Cb and Cr.
  int32_t components;
  /// The number of luminance blocks along each side of an MCU, 1 or 2; the other components have one block.
  int32_t sampling;
  /// The number of MCUs between restart markers; 0 where there are none.
  int32_t restart_interval;
  /// For each component, the place in the file of its 64 quantization steps, a byte each (DQT, ITU-T T.81, B.2.4.1).
  size_t quantization[3];
  /// For each component, the place in the file of the 16 counts of its DC table's codes, which their symbols follow
  /// (DHT, B.2.4.2).
  size_t dc[3];
  /// For each component, the place in the file of the 16 counts of its AC table's codes, which their symbols follow.
  size_t ac[3];
  /// The place in the file at which the entropy-coded data begin.
  size_t data;
};

/// Decodes the scan of a file of `size` bytes. Everything that `scan` points to must be inside the file.
///
/// - reduction: 2, 4 or 8.
/// - workspace: `size` + LOPT_SCAN_SLACK bytes.
/// - pixels: [ceil(height / reduction), ceil(width / reduction), 3], red first.
///
/// Returns 1, or 0 where the data have a flaw, be it after the last MCU; the pixels mean nothing then.
int lopt_decode_reduced(const struct lopt_scan *scan, const uint8_t *file, size_t size, int32_t reduction,
                        uint8_t *workspace, uint8_t *pixels);

#endif
