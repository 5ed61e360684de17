/// The pixels of a baseline JPEG's scan, each side divided by 2, 4 or 8.
///
/// A pixel is the mean of those that it stands for, computed from the coefficients as they are decoded; nothing is kept
/// of a block. Only what is flawless is decoded: whoever calls this has another decoder to ask about everything else.
#ifndef LOPT_REDUCED_JPEG_H
#define LOPT_REDUCED_JPEG_H

#include <stddef.h>
#include <stdint.h>

/// Bytes that `workspace` is larger than the file: more than a damaged MCU makes the decoder read past its end.
#define LOPT_SCAN_SLACK 2048

/// What the headers say of a scan that holds a whole image.
struct lopt_scan {
  int32_t width;
  int32_t height;
  /// 1: grey. 3: Y, Cb, Cr.
  int32_t components;
  /// Luminance blocks along each side of an MCU: 1 or 2; the other components have one block.
  int32_t sampling;
  /// MCUs between restart markers; 0: there are none.
  int32_t restart_interval;
  /// Of each component, where in the file the 64 quantization steps are (DQT, ITU-T T.81, B.2.4.1).
  size_t quantization[3];
  /// Of each component, where in the file the 16 counts of codes are, followed by their symbols (DHT, B.2.4.2).
  size_t dc[3];
  size_t ac[3];
  /// Where in the file the entropy-coded data begin.
  size_t data;
};

/// Decodes the scan of a file of `size` bytes, in which everything is that `scan` points to.
///
/// - reduction: 2, 4 or 8.
/// - workspace: `size` + LOPT_SCAN_SLACK bytes.
/// - pixels: [ceil(height / reduction), ceil(width / reduction), 3], red first.
///
/// Returns 1, or 0 where there is any flaw, even after the last MCU; the pixels mean nothing then.
int lopt_decode_reduced(const struct lopt_scan *scan, const uint8_t *file, size_t size, int32_t reduction,
                        uint8_t *workspace, uint8_t *pixels);

#endif
