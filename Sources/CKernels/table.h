// Everything of one instruction set: the file that includes this has set the target and the sizes of the tiles.

#include "product.h"
#include "convolution.h"
#include "elementwise.h"
#include "winograd.h"
#include "optimizers.h"
#include "learned_optimizer.h"
#include "peak.h"

#define LOPT_TABLE(title)                            \
  {.name = title,                                    \
   .product = product,                               \
   .transpose = transpose,                           \
   .pack_kernel = pack_kernel,                       \
   .convolve = convolve,                             \
   .correlate = correlate,                           \
   .sum_pixels = sum_pixels,                         \
   .mean_pool = mean_pool,                           \
   .spread_mean = spread_mean,                       \
   .winograd_pack = winograd_pack,                   \
   .winograd_pack_reversed = winograd_pack_reversed, \
   .winograd_convolve = winograd_convolve,           \
   .winograd_correlate = winograd_correlate,         \
   .column_sums = column_sums,                       \
   .add_bias = add_bias,                             \
   .relu_mask = relu_mask,                           \
   .prefetch = prefetch,                             \
   .add_scaled = add_scaled,                         \
   .all_finite = all_finite,                         \
   .softmax_loss = softmax_loss,                     \
   .softmax_tangent = softmax_tangent,               \
   .momentum = momentum,                             \
   .rmsprop = rmsprop,                               \
   .adam = adam,                                     \
   .moments = moments,                               \
   .feature_squares = feature_squares,               \
   .network_update = network_update,                 \
   .network_reverse = network_reverse,               \
   .feature_reverse = feature_reverse,               \
   .multiply_adds = multiply_adds}
