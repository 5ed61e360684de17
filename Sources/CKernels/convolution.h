/// 3×3 convolutions: products with a matrix that is never made, the rows of which are what a result pixel reads.
///
/// With images [height, width, channels] in a border of zeros, the inputs of one result pixel are three runs of
/// 3 × channels consecutive floats, one for each row of the kernel: x(p) below, found by `sources`. Then
///
///   forward            z(p) = Σ over k of x(p)[k] W[k]                  convolve: a tile of pixels × channels
///   gradient by W      ∂W[k] = Σ over p of x(p)[k] ∂z(p)                correlate: a tile of taps k × channels
///   gradient by input  ∂x(q) = Σ over the taps that read q of ∂z Wᵀ     convolve, with ∂z for the images
///
/// The last has pixels of as many kinds as the stride squared, each kind with taps of its own, so that a stride of 2
/// multiplies no zeros. The derivative of each formula along a direction has the same form with a second term, which is
/// added while the tile is in registers.
///
/// A tile is PIXELS or TAPS rows × CONVOLUTION_VECTORS × 16 channels (tile_sizes.h), all of it in registers.
#ifndef LOPT_CONVOLUTION_H
#define LOPT_CONVOLUTION_H

#include <stdint.h>

#include "kernels.h"
#include "lanes.h"
#include "tile_sizes.h"

enum { CONVOLUTION_WIDTH = CONVOLUTION_VECTORS * LANES, MOST_POINTS = 9 };

/// `lopt_kernels.pack_kernel`: arranges a kernel's weights in strips of CONVOLUTION_WIDTH outputs, of which the last
/// has 16 where these are enough: panel[strips, taps, inputs, width of the strip], zero behind the last output. Tap
/// number `tap` is order[tap] of the weights, whose element (tap, input, output) is at tap × tap_stride + input ×
/// input_stride + output × output_stride.
static void pack_kernel(long taps, const int32_t *order, long inputs, long outputs, const float *restrict weights,
                        long tap_stride, long input_stride, long output_stride, float *restrict panel) {
  for (long start = 0; start < outputs; start += CONVOLUTION_WIDTH) {
    const long rest = outputs - start;
    const long width = rest > LANES ? CONVOLUTION_WIDTH : LANES, used = rest < width ? rest : width;
    for (long tap = 0; tap < taps; tap++)
      for (long input = 0; input < inputs; input++, panel += width) {
        const float *row = weights + order[tap] * tap_stride + input * input_stride + start * output_stride;
        for (long output = 0; output < used; output++) panel[output] = row[output * output_stride];
        for (long output = used; output < width; output++) panel[output] = 0;
      }
  }
}

/// Computes one tile of `convolve`: `height` pixels from number `first` on × vectors × 16 channels, of which the first
/// `width` are written. `panel`, `panel2`, `bias`, `mask` and `target` begin at the tile's first channel.
ALWAYS_INLINE void convolve_tile(const long height, const long vectors, const struct lopt_pixels *pixels, long first,
                                 const float *source, const float *panel, const float *source2, const float *panel2,
                                 const float *bias, const float *mask, float *target, long width) {
  lanes sum[MOST_POINTS][CONVOLUTION_VECTORS];
#pragma clang loop unroll(full)
  for (long i = 0; i < height; i++)
#pragma clang loop unroll(full)
    for (long j = 0; j < vectors; j++) sum[i][j] = bias ? *(const lanes *)(bias + j * LANES) : (lanes){0};
  const long run = pixels->run;
  for (; source; source = source2, panel = panel2, source2 = 0) {
    const float *weights = panel;
    for (long row = 0; row < pixels->rows; row++) {
      const float *inputs[MOST_POINTS];
#pragma clang loop unroll(full)
      for (long i = 0; i < height; i++) inputs[i] = source + pixels->sources[first + i] + row * pixels->row_stride;
      for (long k = 0; k < run; k++, weights += vectors * LANES) {
#pragma clang loop unroll(full)
        for (long i = 0; i < height; i++) {
          const float input = inputs[i][k];
#pragma clang loop unroll(full)
          for (long j = 0; j < vectors; j++) sum[i][j] += input * *(const lanes *)(weights + j * LANES);
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (long i = 0; i < height; i++) {
    const long place = pixels->targets[first + i];
#pragma clang loop unroll(full)
    for (long j = 0; j < vectors; j++) {
      const lanes z = sum[i][j];
      const lane_bits kept = mask ? *(const lanes *)(mask + place + j * LANES) > 0 : ~(z < 0);
      const lanes result = (lanes)((lane_bits)z & kept);
      store(&result, target + place + j * LANES, width - j * LANES);
    }
  }
}

/// Computes all pixels of `convolve` × one strip of vectors × 16 channels, of which the first `width` are written.
ALWAYS_INLINE void convolve_strip(const long vectors, const struct lopt_pixels *pixels, const float *source,
                                  const float *panel, const float *source2, const float *panel2, const float *bias,
                                  const float *mask, float *target, long width) {
  if (pixels->count < PIXELS) {
    for (long first = 0; first < pixels->count; first++)
      convolve_tile(1, vectors, pixels, first, source, panel, source2, panel2, bias, mask, target, width);
    return;
  }
  // The last tile begins early enough to be whole. Pixels that it shares with the one before are written twice, with
  // the same values.
  for (long start = 0; start < pixels->count; start += PIXELS) {
    const long last = pixels->count - PIXELS;
    convolve_tile(PIXELS, vectors, pixels, start < last ? start : last, source, panel, source2, panel2, bias, mask,
                  target, width);
  }
}

/// `lopt_kernels.convolve`: target[pixels, channels] = f(bias + x(p) panel + x₂(p) panel2).
///
/// x(p) are the inputs of pixel p in `source` and x₂(p) those in `source2`, which may be null; the panels are those of
/// `pack_kernel`. f is ReLU where `mask` is null; otherwise it keeps the values where `mask`, which has the target's
/// layout, is above 0.
static void convolve(const struct lopt_pixels *pixels, const float *source, const float *panel, const float *source2,
                     const float *panel2, long channels, const float *bias, const float *mask, float *target) {
  for (long start = 0; start < channels; start += CONVOLUTION_WIDTH) {
    const long width = channels - start, panel_start = start * pixels->rows * pixels->run;
    const float *strip_bias = bias ? bias + start : 0, *strip_mask = mask ? mask + start : 0;
    const float *strip2 = source2 ? panel2 + panel_start : 0;
    if (width > LANES)
      convolve_strip(CONVOLUTION_VECTORS, pixels, source, panel + panel_start, source2, strip2, strip_bias, strip_mask,
                     target + start, width);
    else
      convolve_strip(1, pixels, source, panel + panel_start, source2, strip2, strip_bias, strip_mask, target + start,
                     width);
  }
}

/// Computes one tile of `correlate`: gradient[tap, channel] += Σ over pixels begin ..< end of the tap's input × the
/// channel's derivative, for `height` taps from number `first` on and vectors × 16 channels, of which the first `width`
/// are written. `delta`, `delta2` and `gradient` begin at the tile's first channel; `gradient` has `channels` a row.
ALWAYS_INLINE void correlate_tile(const long height, const long vectors, const struct lopt_pixels *pixels, long begin,
                                  long end, long first, const float *source, const float *delta, const float *source2,
                                  const float *delta2, float *gradient, long channels, long width) {
  lanes sum[MOST_POINTS][CONVOLUTION_VECTORS];
  long taps[MOST_POINTS];
#pragma clang loop unroll(full)
  for (long i = 0; i < height; i++) {
    const long tap = first + i;
    taps[i] = tap / pixels->run * pixels->row_stride + tap % pixels->run;
#pragma clang loop unroll(full)
    for (long j = 0; j < vectors; j++) sum[i][j] = (lanes){0};
  }
  for (; source; source = source2, delta = delta2, source2 = 0) {
    const float *inputs[MOST_POINTS];
#pragma clang loop unroll(full)
    for (long i = 0; i < height; i++) inputs[i] = source + taps[i];
    for (long p = begin; p < end; p++) {
      const long from = pixels->sources[p];
      const float *of_result = delta + pixels->targets[p];
#pragma clang loop unroll(full)
      for (long i = 0; i < height; i++) {
        const float input = inputs[i][from];
#pragma clang loop unroll(full)
        for (long j = 0; j < vectors; j++) sum[i][j] += input * *(const lanes *)(of_result + j * LANES);
      }
    }
  }
#pragma clang loop unroll(full)
  for (long i = 0; i < height; i++)
#pragma clang loop unroll(full)
    for (long j = 0; j < vectors; j++) {
      float *target = gradient + (first + i) * channels + j * LANES;
      sum[i][j] += *(lanes *)target;
      store(&sum[i][j], target, width - j * LANES);
    }
}

/// Computes all taps of `correlate`, whose number is a multiple of 3, × one strip of vectors × 16 channels, of which
/// the first `width` are written; the sums are over pixels begin ..< end.
ALWAYS_INLINE void correlate_strip(const long vectors, const struct lopt_pixels *pixels, long begin, long end,
                                   const float *source, const float *delta, const float *source2, const float *delta2,
                                   float *gradient, long channels, long width) {
  const long taps = pixels->rows * pixels->run;
  long first = 0;
  for (; first + TAPS <= taps; first += TAPS)
    correlate_tile(TAPS, vectors, pixels, begin, end, first, source, delta, source2, delta2, gradient, channels, width);
  for (; first < taps; first += 3)
    correlate_tile(3, vectors, pixels, begin, end, first, source, delta, source2, delta2, gradient, channels, width);
}

/// `lopt_kernels.correlate`: gradient[taps, channels] += Σ over pixels p of x(p)ᵀ delta(p) + x₂(p)ᵀ delta2(p), where
/// x(p) are the inputs of pixel p in `source` and x₂(p) those in `source2`, which may be null. The deltas have the
/// target's layout.
static void correlate(const struct lopt_pixels *pixels, const float *source, const float *delta, const float *source2,
                      const float *delta2, long channels, float *gradient) {
  enum { CHUNK = 128 };  // pixels, of which the derivatives stay in the first-level cache
  for (long begin = 0; begin < pixels->count; begin += CHUNK) {
    const long end = begin + CHUNK < pixels->count ? begin + CHUNK : pixels->count;
    for (long start = 0; start < channels; start += CONVOLUTION_WIDTH) {
      const long width = channels - start;
      const float *strip2 = source2 ? delta2 + start : 0;
      if (width > LANES)
        correlate_strip(CONVOLUTION_VECTORS, pixels, begin, end, source, delta + start, source2, strip2,
                        gradient + start, channels, width);
      else
        correlate_strip(1, pixels, begin, end, source, delta + start, source2, strip2, gradient + start, channels,
                        width);
    }
  }
}

/// `lopt_kernels.sum_pixels`: sums[channel] += Σ over pixels of `values`, which has the target's layout.
static void sum_pixels(const struct lopt_pixels *pixels, long channels, const float *values, float *sums) {
  enum { CHAINS = 4 };  // additions that need not wait for one another
  for (long start = 0; start < channels; start += LANES) {
    lanes sum[CHAINS] = {0};
    long p = 0;
    for (; p + CHAINS <= pixels->count; p += CHAINS)
      for (long chain = 0; chain < CHAINS; chain++)
        sum[chain] += *(const lanes *)(values + pixels->targets[p + chain] + start);
    for (; p < pixels->count; p++) sum[0] += *(const lanes *)(values + pixels->targets[p] + start);
    const lanes result = *(lanes *)(sums + start) + ((sum[0] + sum[1]) + (sum[2] + sum[3]));
    store(&result, sums + start, channels - start);
  }
}

/// `lopt_kernels.mean_pool`: means[images, channels] = the mean over the `area` pixels of each image of `values`, which
/// has the target's layout.
static void mean_pool(const struct lopt_pixels *pixels, long area, long channels, const float *values, float *means) {
  const float share = 1 / (float)area;
  struct lopt_pixels image = *pixels;
  image.count = area;
  for (long first = 0; first < pixels->count; first += area, means += channels) {
    for (long channel = 0; channel < channels; channel++) means[channel] = 0;
    image.targets = pixels->targets + first;
    sum_pixels(&image, channels, values, means);
    for (long channel = 0; channel < channels; channel++) means[channel] *= share;
  }
}

/// `lopt_kernels.spread_mean`: the reverse of `mean_pool` and of the ReLU before it. target(p) = delta[image of p] /
/// area where `mask` is above 0, else 0; `mask` has the target's layout, `delta` is [images, channels].
static void spread_mean(const struct lopt_pixels *pixels, long area, long channels, const float *delta,
                        const float *mask, float *target) {
  const float share = 1 / (float)area;
  for (long p = 0; p < pixels->count; p++) {
    const long place = pixels->targets[p];
    const float *means = delta + p / area * channels;
    for (long start = 0; start < channels; start += LANES) {
      const lane_bits kept = *(const lanes *)(mask + place + start) > 0;
      const lanes mean = *(const lanes *)(means + start) * share, result = (lanes)((lane_bits)mean & kept);
      store(&result, target + place + start, channels - start);
    }
  }
}

#endif
