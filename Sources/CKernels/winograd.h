/// 3×3 convolutions of stride 1 with fewer multiplications (Winograd 1980; Lavin and Gray 2016, F(2×2, 3×3)).
///
/// A tile of 2×2 results sees 4×4 pixels d. With the kernel w and
///
///        1  0 −1  0         1  0  0
///   Bᵀ = 0  1  1  0    G =  ½  ½  ½    Aᵀ = 1  1  1  0
///        0 −1  1  0         ½ −½  ½         0  1 −1 −1
///        0  1  0 −1         0  0  1
///
/// the tile is Aᵀ [(G w Gᵀ) ⊙ (Bᵀ d B)] A: 16 products where the sum over the taps has 36. Summed over channels they
/// are 16 matrix products, tiles × inputs by inputs × outputs, one for each position in the 4×4. With δ the tile's
/// derivative, that of w is Gᵀ [(Bᵀ d B) ⊙ (A δ Aᵀ)] G, summed over tiles, and that of the images is again a
/// convolution of δ. Every factor is 1 or ½: the rounding is that of the sum over taps.
///
/// Transformed images are [16 positions, tiles, channels], with room behind each position so that the sixteen do not
/// compete for one set of the cache. Channels are multiples of 16.
#ifndef LOPT_WINOGRAD_H
#define LOPT_WINOGRAD_H

#include "kernels.h"
#include "lanes.h"
#include "product.h"
#include "transpose.h"

enum { POSITIONS = 16 };

/// Returns the distance between two positions of transformed images, in floats.
static inline long winograd_stride(long tiles, long channels) { return tiles * channels + LANES; }

/// Returns the number of tiles of 2×2 results that cover all images.
static inline long winograd_count(const struct lopt_tiles *tiles) {
  return tiles->images * ((tiles->height + 1) / 2) * ((tiles->width + 1) / 2);
}

/// Returns the first of the 4×4 pixels that tile number `tile` sees, as an index of pixels: the one before its first
/// result in both directions.
static inline long winograd_place(const struct lopt_tiles *tiles, long tile) {
  const long across = (tiles->width + 1) / 2, each = (tiles->height + 1) / 2 * across;
  return tile / each * tiles->image_stride + tile % each / across * 2 * tiles->row_stride + tile % across * 2;
}

// The five products with B, G and A take values that are `step` apart in a square [4, 4]: 4 for a column, 1 for a row.
// A two-dimensional transform is that of all columns, then that of all rows.

/// y = Bᵀ x, four values of four: the transform of the images.
ALWAYS_INLINE void image_line(const lanes *x, lanes *y, const long step) {
  y[0] = x[0] - x[2 * step];
  y[step] = x[step] + x[2 * step];
  y[2 * step] = x[2 * step] - x[step];
  y[3 * step] = x[step] - x[3 * step];
}

/// y = Aᵀ x, two values of four: the transform back to the results.
ALWAYS_INLINE void result_line(const lanes *x, lanes *y, const long step) {
  y[0] = x[0] + x[step] + x[2 * step];
  y[step] = x[step] - x[2 * step] - x[3 * step];
}

/// y = A x, four values of two: the transform of the results' derivatives.
ALWAYS_INLINE void delta_line(const lanes *x, lanes *y, const long step) {
  y[0] = x[0];
  y[step] = x[0] + x[step];
  y[2 * step] = x[0] - x[step];
  y[3 * step] = -x[step];
}

/// y = G x, four values of three: the transform of the kernel.
ALWAYS_INLINE void kernel_line(const lanes *x, lanes *y, const long step) {
  y[0] = x[0];
  y[step] = 0.5f * (x[0] + x[step] + x[2 * step]);
  y[2 * step] = 0.5f * (x[0] - x[step] + x[2 * step]);
  y[3 * step] = x[2 * step];
}

/// y = Gᵀ x, three values of four: the transform back to the kernel's derivative.
ALWAYS_INLINE void gradient_line(const lanes *x, lanes *y, const long step) {
  y[0] = x[0] + 0.5f * (x[step] + x[2 * step]);
  y[step] = 0.5f * (x[step] - x[2 * step]);
  y[2 * step] = 0.5f * (x[step] + x[2 * step]) + x[3 * step];
}

/// Computes transformed[16, tiles, channels] = Bᵀ d B of every tile's pixels d[4, 4] in `images`.
static void winograd_images(const struct lopt_tiles *tiles, long channels, const float *images, float *transformed) {
  const long count = winograd_count(tiles), stride = winograd_stride(count, channels);
  for (long tile = 0; tile < count; tile++) {
    const float *from = images + winograd_place(tiles, tile) * channels;
    for (long channel = 0; channel < channels; channel += LANES) {
      lanes d[16], half[16], v[16];
#pragma clang loop unroll(full)
      for (long i = 0; i < 16; i++)
        d[i] = *(const lanes *)(from + (i / 4 * tiles->row_stride + i % 4) * channels + channel);
#pragma clang loop unroll(full)
      for (long i = 0; i < 4; i++) image_line(d + i, half + i, 4);
#pragma clang loop unroll(full)
      for (long i = 0; i < 4; i++) image_line(half + 4 * i, v + 4 * i, 1);
#pragma clang loop unroll(full)
      for (long i = 0; i < 16; i++) *(lanes *)(transformed + i * stride + tile * channels + channel) = v[i];
    }
  }
}

/// Computes transformed[16, tiles, channels] = A δ Aᵀ of every tile's derivatives δ[2, 2] in `deltas`, which are laid
/// out as the images.
static void winograd_deltas(const struct lopt_tiles *tiles, long channels, const float *deltas, float *transformed) {
  const long count = winograd_count(tiles), stride = winograd_stride(count, channels);
  for (long tile = 0; tile < count; tile++) {
    const float *from = deltas + (winograd_place(tiles, tile) + tiles->row_stride + 1) * channels;
    for (long channel = 0; channel < channels; channel += LANES) {
      lanes delta[16], half[16], v[16];
#pragma clang loop unroll(full)
      for (long i = 0; i < 4; i++)
        delta[i / 2 * 4 + i % 2] = *(const lanes *)(from + (i / 2 * tiles->row_stride + i % 2) * channels + channel);
#pragma clang loop unroll(full)
      for (long i = 0; i < 2; i++) delta_line(delta + i, half + i, 4);
#pragma clang loop unroll(full)
      for (long i = 0; i < 4; i++) delta_line(half + 4 * i, v + 4 * i, 1);
#pragma clang loop unroll(full)
      for (long i = 0; i < 16; i++) *(lanes *)(transformed + i * stride + tile * channels + channel) = v[i];
    }
  }
}

/// Computes target = f(bias + Aᵀ m A) of every tile, with m[4, 4] its values in products[16, tiles, channels].
///
/// f is ReLU where `mask` is null; otherwise it keeps the values where `mask` is above 0. Results outside of an image
/// of odd size are not written.
static void winograd_results(const struct lopt_tiles *tiles, long channels, const float *products, const float *bias,
                             const float *mask, float *target) {
  const long count = winograd_count(tiles), stride = winograd_stride(count, channels);
  const long across = (tiles->width + 1) / 2, down = (tiles->height + 1) / 2;
  for (long tile = 0; tile < count; tile++) {
    const long place = (winograd_place(tiles, tile) + tiles->row_stride + 1) * channels;
    const long rows = tiles->height - tile / across % down * 2, columns = tiles->width - tile % across * 2;
    for (long channel = 0; channel < channels; channel += LANES) {
      lanes m[16], half[16], z[16];
#pragma clang loop unroll(full)
      for (long i = 0; i < 16; i++) m[i] = *(const lanes *)(products + i * stride + tile * channels + channel);
#pragma clang loop unroll(full)
      for (long i = 0; i < 4; i++) result_line(m + i, half + i, 4);
#pragma clang loop unroll(full)
      for (long i = 0; i < 2; i++) result_line(half + 4 * i, z + 4 * i, 1);
      for (long y = 0; y < 2 && y < rows; y++)
        for (long x = 0; x < 2 && x < columns; x++) {
          const long pixel = place + (y * tiles->row_stride + x) * channels + channel;
          const lanes sum = bias ? z[4 * y + x] + *(const lanes *)(bias + channel) : z[4 * y + x];
          const lane_bits kept = mask ? *(const lanes *)(mask + pixel) > 0 : ~(sum < 0);
          *(lanes *)(target + pixel) = (lanes)((lane_bits)sum & kept);
        }
    }
  }
}

/// `lopt_kernels.winograd_pack`: panel[16, inputs, outputs] = G w Gᵀ of the weights [3, 3, inputs, outputs].
static void winograd_pack(long inputs, long outputs, const float *weights, float *panel) {
  const long each = inputs * outputs;
  for (long place = 0; place < each; place += LANES) {
    lanes w[16], half[16], u[16];
#pragma clang loop unroll(full)
    for (long i = 0; i < 9; i++) w[i / 3 * 4 + i % 3] = *(const lanes *)(weights + i * each + place);
#pragma clang loop unroll(full)
    for (long i = 0; i < 3; i++) kernel_line(w + i, half + i, 4);
#pragma clang loop unroll(full)
    for (long i = 0; i < 4; i++) kernel_line(half + 4 * i, u + 4 * i, 1);
#pragma clang loop unroll(full)
    for (long i = 0; i < 16; i++) *(lanes *)(panel + i * each + place) = u[i];
  }
}

/// `lopt_kernels.winograd_pack_reversed`: makes, of panel[16, inputs, outputs], the panel reversed[16, outputs,
/// inputs], with which the derivative by the images is a convolution of δ.
///
/// It is that of the kernel turned by half a turn, which exchanges the first and the last row of G w and leaves the
/// others.
static void winograd_pack_reversed(long inputs, long outputs, const float *restrict panel, float *restrict reversed) {
  static const long turned[4] = {3, 1, 2, 0};
  const long each = inputs * outputs;
  for (long i = 0; i < POSITIONS; i++)
    transpose(inputs, outputs, panel + (turned[i / 4] * 4 + turned[i % 4]) * each, reversed + i * each);
}

/// `lopt_kernels.winograd_convolve`: the same as `convolve`, for stride 1 and channels that are multiples of 16.
///
/// The matrix products go position by position. A second term adds to the products of the first, before the transform
/// back. scratch: 16 × (tiles × inputs + 16 + tiles × outputs + 16) floats, for the transformed images and the
/// products.
static void winograd_convolve(const struct lopt_tiles *tiles, const float *source, const float *panel,
                              const float *source2, const float *panel2, long inputs, long outputs, const float *bias,
                              const float *mask, float *target, float *scratch) {
  const long count = winograd_count(tiles), stride = winograd_stride(count, inputs);
  const long result_stride = winograd_stride(count, outputs);
  float *products = scratch + POSITIONS * stride;
  for (int accumulate = 0; source; source = source2, panel = panel2, source2 = 0, accumulate = 1) {
    winograd_images(tiles, inputs, source, scratch);
    for (long i = 0; i < POSITIONS; i++)
      product(count, outputs, inputs, scratch + i * stride, inputs, 1, panel + i * inputs * outputs, outputs,
              products + i * result_stride, outputs, accumulate);
  }
  winograd_results(tiles, outputs, products, bias, mask, target);
}

/// `lopt_kernels.winograd_correlate`: gradient[3, 3, inputs, outputs] += Gᵀ [Σ over both terms and all tiles of
/// (Bᵀ d B) ⊙ (A δ Aᵀ)] G, where the second term is absent if `source2` is null. scratch: 16 × (tiles × inputs + 16 +
/// tiles × outputs + 16 + inputs × outputs) floats, for the transformed images and derivatives and the sums.
static void winograd_correlate(const struct lopt_tiles *tiles, const float *source, const float *delta,
                               const float *source2, const float *delta2, long inputs, long outputs, float *gradient,
                               float *scratch) {
  const long count = winograd_count(tiles), stride = winograd_stride(count, inputs), each = inputs * outputs;
  const long delta_stride = winograd_stride(count, outputs);
  float *deltas = scratch + POSITIONS * stride, *sums = deltas + POSITIONS * delta_stride;
  for (int accumulate = 0; source; source = source2, delta = delta2, source2 = 0, accumulate = 1) {
    winograd_images(tiles, inputs, source, scratch);
    winograd_deltas(tiles, outputs, delta, deltas);
    for (long i = 0; i < POSITIONS; i++)
      product(inputs, outputs, count, scratch + i * stride, 1, inputs, deltas + i * delta_stride, outputs,
              sums + i * each, outputs, accumulate);
  }
  for (long place = 0; place < each; place += LANES) {
    lanes u[16], half[16], w[16];
#pragma clang loop unroll(full)
    for (long i = 0; i < 16; i++) u[i] = *(const lanes *)(sums + i * each + place);
#pragma clang loop unroll(full)
    for (long i = 0; i < 4; i++) gradient_line(u + i, half + i, 4);
#pragma clang loop unroll(full)
    for (long i = 0; i < 3; i++) gradient_line(half + 4 * i, w + 4 * i, 1);
#pragma clang loop unroll(full)
    for (long i = 0; i < 9; i++) *(lanes *)(gradient + i * each + place) += w[i / 3 * 4 + i % 3];
  }
}

#endif
