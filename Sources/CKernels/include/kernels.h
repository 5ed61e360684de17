/// The hot loops of the engine, one table of functions an instruction set.
///
/// Matrices are row-major. Pointers of different arguments never overlap unless the comment says so. The kernels take
/// LOPT_LANES floats at once, so they may read up to LOPT_SLACK floats past the end of what they are given: buffers are
/// allocated with that much room. They never write there.
#ifndef LOPT_KERNELS_H
#define LOPT_KERNELS_H

#include <stdint.h>

/// Floats of room behind every buffer.
#define LOPT_SLACK 16
/// Parameters that the learned optimizer's network handles at once.
#define LOPT_BLOCK 64
/// Floats that the kernels take at once.
#define LOPT_LANES 16

/// The learned optimizer's network at one inner step and for one tensor: the inputs' normalization is folded into the
/// first layer's weights, and the time inputs into its biases.
struct lopt_network {
  /// Decays, so 2 + 4 `betas` features: gradient, momentum × inverse RMS, value, momentum, second moment, inverse RMS.
  long betas;
  /// For every feature the row of the first layer that takes it, -1 where it is off.
  const int32_t *rows;
  /// Features that are on.
  long inputs;
  long hidden_layers;
  long hidden_units;
  /// Each layer's weight [in, out], then its bias [out]; the last layer has two outputs.
  const float *weights;
  float lambda1;
  float lambda2;
  float epsilon;
};

/// A tensor of inner parameters and its state at one inner step; momenta and second moments have this step's gradient
/// in them already.
struct lopt_tensor {
  long count;
  /// Distance between the rows of `momenta` and of `second_moments`.
  long stride;
  const float *parameters;
  const float *gradient;
  /// [betas, stride]
  const float *momenta;
  /// [betas, stride]
  const float *second_moments;
};

/// The pixels of a convolution's result. Pixel p's inputs are `rows` runs of `run` consecutive floats, `row_stride`
/// apart, of which the first begins at sources[p] of the source; its channels begin at targets[p] of the target. The
/// runs may reach into the images' border, which is zero; a tap is one float of the rows × run.
struct lopt_pixels {
  long count;
  const int32_t *sources;
  const int32_t *targets;
  long rows;
  long run;
  long row_stride;
};

/// Images of height × width pixels in a border of zeros, one pixel wide before them and so wide behind them that both
/// sizes are even. Strides are in pixels, from row to row and from image to image.
struct lopt_tiles {
  long images;
  long height;
  long width;
  long row_stride;
  long image_stride;
};

struct lopt_kernels {
  const char *name;

  // Dense algebra

  /// c[m, n] = a[m, k] b[k, n], or c += where `accumulate`; element (i, p) of a is a[i * a_row + p * a_column].
  void (*product)(long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long ldb, float *c,
                  long ldc, int accumulate);
  /// target[columns, rows] = source[rows, columns]ᵀ
  void (*transpose)(long rows, long columns, const float *source, float *target);
  /// sums[columns] = Σ over rows of a[rows, columns]
  void (*column_sums)(long rows, long columns, const float *a, float *sums);
  /// y = max(y + bias, 0) of y[rows, columns], or y + bias where not `relu`. NaN stays NaN.
  void (*add_bias)(long rows, long columns, const float *bias, int relu, float *y);
  /// values = activations > 0 ? values : 0
  void (*relu_mask)(long count, const float *activations, float *values);
  /// target += factor × source
  void (*add_scaled)(long count, float factor, const float *source, float *target);
  /// Asks for values that will be read soon to be in the second-level cache.
  void (*prefetch)(long count, const float *values);
  /// 1 where every value is finite, else 0.
  int (*all_finite)(long count, const float *values);

  // Convolutions (convolution.h). `source2` is null where there is one term.

  /// Arranges a kernel's weights as `convolve` takes them: for each of `taps`, in the order given, inputs × outputs of
  /// it. panel: taps × inputs × outputs, these to the next multiple of 16.
  void (*pack_kernel)(long taps, const int32_t *order, long inputs, long outputs, const float *weights, long tap_stride,
                      long input_stride, long output_stride, float *panel);
  /// target[pixels, channels] = f(bias + inputs in `source` × panel + inputs in `source2` × panel2), bias 0 where null;
  /// f is ReLU where `mask` is null, and else keeps what is above 0 in `mask`, which lies like the target.
  void (*convolve)(const struct lopt_pixels *pixels, const float *source, const float *panel, const float *source2,
                   const float *panel2, long channels, const float *bias, const float *mask, float *target);
  /// gradient[taps, channels] += Σ over pixels of inputs in `source` × delta + inputs in `source2` × delta2; the deltas
  /// lie like the target. The number of taps is a multiple of 3.
  void (*correlate)(const struct lopt_pixels *pixels, const float *source, const float *delta, const float *source2,
                    const float *delta2, long channels, float *gradient);
  /// sums[channels] += Σ over pixels of `values`, which lie like the target.
  void (*sum_pixels)(const struct lopt_pixels *pixels, long channels, const float *values, float *sums);
  /// means[images, channels] = the mean over each image's `area` pixels of `values`, which lie like the target.
  void (*mean_pool)(const struct lopt_pixels *pixels, long area, long channels, const float *values, float *means);
  /// target[pixels, channels] = mask > 0 ? delta[image, channels] / area : 0
  void (*spread_mean)(const struct lopt_pixels *pixels, long area, long channels, const float *delta, const float *mask,
                      float *target);

  // The same of stride 1, for channels that are multiples of 16, with fewer multiplications (winograd.h). Source and
  // target are the same number of images, of the same size. scratch: 16 × (tiles × inputs + 16 + tiles × outputs + 16),
  // a tile being 2×2 pixels of an image.

  /// panel [16, inputs, outputs] of the weights [3, 3, inputs, outputs]
  void (*winograd_pack)(long inputs, long outputs, const float *weights, float *panel);
  /// The panel [16, outputs, inputs] for the derivative by the source.
  void (*winograd_pack_reversed)(long inputs, long outputs, const float *panel, float *reversed);
  /// What `convolve` does.
  void (*winograd_convolve)(const struct lopt_tiles *tiles, const float *source, const float *panel,
                            const float *source2, const float *panel2, long inputs, long outputs, const float *bias,
                            const float *mask, float *target, float *scratch);
  /// What `correlate` does. scratch: 16 × inputs × outputs more
  void (*winograd_correlate)(const struct lopt_tiles *tiles, const float *source, const float *delta,
                             const float *source2, const float *delta2, long inputs, long outputs, float *gradient,
                             float *scratch);

  // Softmax cross-entropy over logits [rows, classes]

  /// probabilities = softmax(logits); returns the sum of the losses. `delta` = (probabilities − one-hot) × share, where
  /// not null.
  double (*softmax_loss)(long rows, long classes, float share, const float *logits, const int32_t *labels,
                         float *probabilities, float *delta);
  /// The derivative of `delta` along `tangent`: (p ⊙ t − p (p·t)) × share.
  void (*softmax_tangent)(long rows, long classes, float share, const float *probabilities, const float *tangent,
                          float *delta);

  // Optimizers

  /// velocity ← decay velocity + gradient; parameters ← parameters − rate velocity
  void (*momentum)(long count, float rate, float decay, const float *gradient, float *velocity, float *parameters);
  /// square ← decay square + (1 − decay) g²; parameters ← parameters − rate g / (√square + epsilon)
  void (*rmsprop)(long count, float rate, float decay, float epsilon, const float *gradient, float *square,
                  float *parameters);
  /// Adam with the bias corrections 1 / (1 − βᵗ) given.
  void (*adam)(long count, float rate, float beta1, float beta2, float epsilon, float correction1, float correction2,
               const float *gradient, float *first, float *second, float *parameters);

  // The learned optimizer

  /// next_m = β m + (1 − β) g and next_v = β v + (1 − β) g² for one decay β; `rest` is 1 − β, which a float β is too
  /// coarse to give. In place is allowed.
  void (*moments)(long count, float beta, float rest, const float *gradient, const float *m, const float *v,
                  float *next_m, float *next_v);
  /// sums[f] = Σ over the tensor of feature f squared, for every feature that is on, by rows.
  void (*feature_squares)(const struct lopt_network *network, const struct lopt_tensor *tensor, double *sums);
  /// next = parameters − λ₁ d exp(λ₂ s). scratch: [inputs + 1 + hidden_layers (hidden_units + 1) + 2, LOPT_BLOCK]
  void (*network_update)(const struct lopt_network *network, const struct lopt_tensor *tensor, float *next,
                         float *scratch);
  /// The reverse of `network_update`: given the adjoint of `next`, adds that of `weights` to `weights_adjoint`, and writes
  /// the adjoint of the features through the network alone to `feature_adjoints` [inputs, feature_stride],
  /// feature_stride a multiple of LOPT_BLOCK.
  /// scratch: as of network_update and [2 max(hidden_units, 2) + hidden_units, LOPT_BLOCK] + LOPT_SLACK more
  void (*network_reverse)(const struct lopt_network *network, const struct lopt_tensor *tensor,
                          const float *next_adjoint, float *weights_adjoint, float *feature_adjoints,
                          long feature_stride, float *scratch);
  /// The reverse of the features, their normalization and the moments. x being a feature, its adjoint is
  /// feature_adjoints − coefficients[row] x. `parameters_adjoint` has the adjoint of `next` and gets that of
  /// `parameters`; `momenta_adjoint`, `second_moments_adjoint` [betas, stride] have those after the step and get those
  /// before it; `gradient_adjoint` is written.
  void (*feature_reverse)(const struct lopt_network *network, const struct lopt_tensor *tensor, const float *betas,
                          const float *rests, const float *feature_adjoints, long feature_stride,
                          const float *coefficients, float *parameters_adjoint, float *momenta_adjoint,
                          float *second_moments_adjoint, float *gradient_adjoint);

  // Measuring

  /// Multiplies and adds in registers alone, `rounds` times what fits into them, with a `factor` near 0; returns how many
  /// multiply-adds that were.
  long (*multiply_adds)(long rounds, float factor, float *result);
};

/// The table for an instruction set ("baseline", "x86-64-v3", "x86-64-v4"), or null where this machine lacks it.
const struct lopt_kernels *lopt_kernels_named(const char *name);

#endif
