/// Every kernel, for the one instruction set that the including file has chosen (tile_sizes.h), and the table of them.
#ifndef LOPT_ALL_KERNELS_H
#define LOPT_ALL_KERNELS_H

#include "convolution.h"
#include "elementwise.h"
#include "kernels.h"
#include "learned_optimizer.h"
#include "openblas.h"
#include "optimizers.h"
#include "peak_rate.h"
#include "product.h"
#include "softmax.h"
#include "transpose.h"
#include "winograd.h"

/// Initializes a `struct lopt_kernels` of the name `title` with the kernels of this file, but the product `multiply`,
/// which is of the library that `library_name` returns.
#define LOPT_KERNELS_WITH(title, multiply, library_name) \
  {.name = title,                                        \
   .library = library_name,                              \
   .product = multiply,                                  \
   .transpose = transpose,                               \
   .pack_kernel = pack_kernel,                           \
   .convolve = convolve,                                 \
   .correlate = correlate,                               \
   .sum_pixels = sum_pixels,                             \
   .mean_pool = mean_pool,                               \
   .spread_mean = spread_mean,                           \
   .winograd_pack = winograd_pack,                       \
   .winograd_pack_reversed = winograd_pack_reversed,     \
   .winograd_convolve = winograd_convolve,               \
   .winograd_correlate = winograd_correlate,             \
   .column_sums = column_sums,                           \
   .add_bias = add_bias,                                 \
   .relu_mask = relu_mask,                               \
   .prefetch = prefetch,                                 \
   .add_scaled = add_scaled,                             \
   .all_finite = all_finite,                             \
   .softmax_loss = softmax_loss,                         \
   .softmax_tangent = softmax_tangent,                   \
   .momentum = momentum,                                 \
   .nesterov = nesterov,                                 \
   .rmsprop = rmsprop,                                   \
   .adam = adam,                                         \
   .moments = moments,                                   \
   .feature_squares = feature_squares,                   \
   .network_update = network_update,                     \
   .network_reverse = network_reverse,                   \
   .feature_reverse = feature_reverse,                   \
   .multiply_adds = multiply_adds}
/// Initializes one with the kernels of this file only.
#define LOPT_KERNELS(title) LOPT_KERNELS_WITH(title, product, 0)
/// Initializes one whose product is that of OpenBLAS.
#define LOPT_KERNELS_OPENBLAS(title) LOPT_KERNELS_WITH(title "+openblas", lopt_openblas_product, lopt_openblas_name)

#endif
