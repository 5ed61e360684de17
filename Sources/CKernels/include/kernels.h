/// The hot loops of the engine: a table of functions for each instruction set.
///
/// Shapes are in brackets, outermost dimension first: a[m, n] is row-major, without gaps unless a stride is given.
/// Values are single-precision floats. Pointers of different arguments never overlap unless a comment says so. The
/// kernels take LOPT_LANES floats at once, so they may read up to LOPT_SLACK floats past the end of what they are
/// given, and buffers are allocated with that much room; they never write there. A kernel keeps no state and may be
/// called by several threads at once.
#ifndef LOPT_KERNELS_H
#define LOPT_KERNELS_H

#include <stdint.h>

/// The floats of room that every buffer has behind its last element, which kernels may read.
#define LOPT_SLACK 16
/// The number of parameters that go through the learned optimizer's network at once.
#define LOPT_BLOCK 64
/// The number of floats that the kernels take at once.
#define LOPT_LANES 16

/// The learned optimizer's network at one inner step and for one tensor: the inputs' normalization is folded into the
/// first layer's weights, and the time inputs into its biases.
struct lopt_network {
  /// The number of decays. There are 2 + 4 `betas` features, in this order: the gradient; for each decay momentum ×
  /// inverse RMS; the parameter's value; for each decay the momentum; the second moment; the inverse RMS.
  long betas;
  /// [2 + 4 betas]: for every feature the row of the first layer that takes it, −1 where it is off. The gradient and
  /// the value are on; where a momentum × inverse RMS is on, so is that inverse RMS.
  const int32_t *rows;
  /// The number of features that are on.
  long inputs;
  /// The number of hidden layers, at least 1.
  long hidden_layers;
  /// The number of units of each hidden layer.
  long hidden_units;
  /// Layer by layer the weight [in, out], then the bias [out]. The last layer has two outputs, d and s.
  const float *weights;
  /// λ₁ of the update −λ₁ d exp(λ₂ s).
  float lambda1;
  /// λ₂ of the update −λ₁ d exp(λ₂ s).
  float lambda2;
  /// The term that is added to a second moment v before its inverse root, 1 / √(v + epsilon).
  float epsilon;
};

/// A tensor of inner parameters and its state at one inner step; momenta and second moments have this step's gradient
/// in them already.
struct lopt_tensor {
  /// The number of parameters.
  long count;
  /// The distance between two rows of `momenta` and of `second_moments`, at least `count`.
  long stride;
  /// [count]: the parameters before the step.
  const float *parameters;
  /// [count]: the gradient of the inner loss.
  const float *gradient;
  /// [betas, stride]: for each decay the average of the gradients.
  const float *momenta;
  /// [betas, stride]: for each decay the average of the gradients' squares.
  const float *second_moments;
};

/// The pixels of a convolution's result, and the places of each one's inputs and channels.
///
/// The inputs of a pixel are `rows` runs of `run` consecutive floats, which may reach into the images' border of zeros.
/// One of the rows × run floats is called a tap.
struct lopt_pixels {
  /// The number of pixels of all images.
  long count;
  /// [count]: the place in the source at which the first run of a pixel begins, in floats.
  const int32_t *sources;
  /// [count]: the place in the target at which the channels of a pixel begin, in floats.
  const int32_t *targets;
  /// The number of runs: the rows of the convolution's kernel.
  long rows;
  /// The floats of a run: the columns of the convolution's kernel × the channels of the source.
  long run;
  /// The distance between the beginnings of two runs, in floats.
  long row_stride;
};

/// Images in a border of zeros, which is one pixel wide before them and behind them one pixel, or two where a size is
/// odd, so that the image is whole tiles of 2×2 pixels.
struct lopt_tiles {
  /// The number of images.
  long images;
  /// The pixels of an image's column, without the border.
  long height;
  /// The pixels of an image's row, without the border.
  long width;
  /// The distance between two rows of an image, in pixels.
  long row_stride;
  /// The distance between two images, in pixels.
  long image_stride;
};

/// The kernels for one instruction set. Those of different instruction sets compute the same but for rounding.
struct lopt_kernels {
  /// The name of the instruction set, as `lopt_kernels_named` takes it.
  const char *name;
  /// Returns the name of the library that computes `product`; null where that is a kernel of ours.
  const char *(*library)(void);

  // Dense algebra

  /// c[m, n] = a[m, k] b[k, n], or c += where `accumulate`. Element (i, p) of a is a[i * a_row + p * a_column], of
  /// which strides one is 1; the rows of b and of c are `ldb` and `ldc` floats apart.
  void (*product)(long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long ldb, float *c,
                  long ldc, int accumulate);
  /// target[columns, rows] = source[rows, columns]ᵀ.
  void (*transpose)(long rows, long columns, const float *source, float *target);
  /// sums[columns] = Σ over rows of a[rows, columns].
  void (*column_sums)(long rows, long columns, const float *a, float *sums);
  /// y = max(y + bias, 0) of y[rows, columns], or y + bias where not `relu`. NaN stays NaN.
  void (*add_bias)(long rows, long columns, const float *bias, int relu, float *y);
  /// values[count] = activations > 0 ? values : 0.
  void (*relu_mask)(long count, const float *activations, float *values);
  /// target[count] += factor × source.
  void (*add_scaled)(long count, float factor, const float *source, float *target);
  /// Asks the processor to bring values[count], which will be read soon, into the second-level cache.
  void (*prefetch)(long count, const float *values);
  /// Returns 1 where every one of values[count] is finite, else 0.
  int (*all_finite)(long count, const float *values);

  // Convolutions (convolution.h). With a second source, which is null where there is none, they add a second term.

  /// Arranges a kernel's weights as `convolve` takes them: for each of `taps` its [inputs, outputs], in the order of
  /// order[taps]. Element (tap, input, output) of the weights is at tap × tap_stride + input × input_stride + output ×
  /// output_stride. The panel has taps × inputs × outputs floats, the outputs rounded up to a multiple of 16.
  void (*pack_kernel)(long taps, const int32_t *order, long inputs, long outputs, const float *weights, long tap_stride,
                      long input_stride, long output_stride, float *panel);
  /// target[pixels, channels] = f(bias + inputs in `source` × panel + inputs in `source2` × panel2), with bias 0 where
  /// null. f is ReLU where `mask` is null; otherwise it keeps the values where `mask`, which is laid out as the target,
  /// is above 0.
  void (*convolve)(const struct lopt_pixels *pixels, const float *source, const float *panel, const float *source2,
                   const float *panel2, long channels, const float *bias, const float *mask, float *target);
  /// gradient[taps, channels] += Σ over pixels of inputs in `source` × delta + inputs in `source2` × delta2. The deltas
  /// are laid out as the target. The number of taps is a multiple of 3.
  void (*correlate)(const struct lopt_pixels *pixels, const float *source, const float *delta, const float *source2,
                    const float *delta2, long channels, float *gradient);
  /// sums[channels] += Σ over pixels of `values`, which are laid out as the target.
  void (*sum_pixels)(const struct lopt_pixels *pixels, long channels, const float *values, float *sums);
  /// means[images, channels] = the mean over each image's `area` pixels of `values`, which are laid out as the target.
  void (*mean_pool)(const struct lopt_pixels *pixels, long area, long channels, const float *values, float *means);
  /// target[pixels, channels] = mask > 0 ? delta[image, channels] / area : 0: the reverse of `mean_pool` and of the
  /// ReLU before it. `mask` is laid out as the target.
  void (*spread_mean)(const struct lopt_pixels *pixels, long area, long channels, const float *delta, const float *mask,
                      float *target);

  // Convolutions of stride 1 with fewer multiplications (winograd.h), for channels that are multiples of 16. Source and
  // target have the same number of images, of the same size. `scratch` has 16 × (tiles × inputs + 16 + tiles × outputs
  // + 16) floats, where a tile is 2×2 pixels of an image.

  /// Makes, of the weights [3, 3, inputs, outputs], the panel[16, inputs, outputs] that `winograd_convolve` takes.
  void (*winograd_pack)(long inputs, long outputs, const float *weights, float *panel);
  /// Makes, of panel[16, inputs, outputs], the panel for the derivative by the source, reversed[16, outputs, inputs].
  void (*winograd_pack_reversed)(long inputs, long outputs, const float *panel, float *reversed);
  /// Computes the same as `convolve`, from panels of `winograd_pack`.
  void (*winograd_convolve)(const struct lopt_tiles *tiles, const float *source, const float *panel,
                            const float *source2, const float *panel2, long inputs, long outputs, const float *bias,
                            const float *mask, float *target, float *scratch);
  /// Computes the same as `correlate`, gradient[3, 3, inputs, outputs]. `scratch` has 16 × inputs × outputs floats
  /// more.
  void (*winograd_correlate)(const struct lopt_tiles *tiles, const float *source, const float *delta,
                             const float *source2, const float *delta2, long inputs, long outputs, float *gradient,
                             float *scratch);

  // Softmax cross-entropy (softmax.h)

  /// probabilities = softmax(logits[rows, classes]); returns the sum of the rows' losses, labels[rows] being the right
  /// classes. Where `delta` is not null, it becomes (probabilities − one-hot) × share.
  double (*softmax_loss)(long rows, long classes, float share, const float *logits, const int32_t *labels,
                         float *probabilities, float *delta);
  /// The derivative of the `delta` of `softmax_loss` where the logits move along tangent[rows, classes]:
  /// (p ⊙ t − p (p·t)) × share for each row p of `probabilities` and t of `tangent`.
  void (*softmax_tangent)(long rows, long classes, float share, const float *probabilities, const float *tangent,
                          float *delta);

  // Hand-designed optimizers (optimizers.h), each of `count` parameters

  /// velocity ← decay velocity + gradient; parameters ← parameters − rate velocity.
  void (*momentum)(long count, float rate, float decay, const float *gradient, float *velocity, float *parameters);
  /// velocity ← decay velocity + g; parameters ← parameters − rate (g + decay velocity).
  void (*nesterov)(long count, float rate, float decay, const float *gradient, float *velocity, float *parameters);
  /// square ← decay square + (1 − decay) g²; parameters ← parameters − rate g / (√(square correction) + epsilon), where
  /// the correction is 1 / (1 − decayᵗ) at step t.
  void (*rmsprop)(long count, float rate, float decay, float epsilon, float correction, const float *gradient,
                  float *square, float *parameters);
  /// Adam, with its decay of weights and Nesterov's form: first ← β₁ first + (1 − β₁) g;
  /// second ← β₂ second + (1 − β₂) g²; parameters ← parameters − rate (share1 first + share g) /
  /// (√(second correction2) + epsilon) − decay parameters.
  void (*adam)(long count, float rate, float beta1, float beta2, float epsilon, float decay, float share, float share1,
               float correction2, const float *gradient, float *first, float *second, float *parameters);

  // The learned optimizer (learned_optimizer.h)

  /// next_m = β m + (1 − β) g and next_v = β v + (1 − β) g² for one decay β; `rest` is 1 − β, which a float β is too
  /// coarse to give. In place is allowed.
  void (*moments)(long count, float beta, float rest, const float *gradient, const float *m, const float *v,
                  float *next_m, float *next_v);
  /// sums[f] = Σ over the tensor of feature f squared, for every feature that is on, by rows.
  void (*feature_squares)(const struct lopt_network *network, const struct lopt_tensor *tensor, double *sums);
  /// next[count] = parameters − λ₁ d exp(λ₂ s), where the network computes d and s from each parameter's features.
  /// `scratch` is [inputs + 1 + hidden_layers (hidden_units + 1) + 2, LOPT_BLOCK].
  void (*network_update)(const struct lopt_network *network, const struct lopt_tensor *tensor, float *next,
                         float *scratch);
  /// The reverse of `network_update`: given the adjoint of `next`, adds that of `weights` to `weights_adjoint`, and
  /// writes the adjoint of the features through the network alone to `feature_adjoints` [inputs, feature_stride],
  /// where feature_stride is a multiple of LOPT_BLOCK. `scratch` is that of `network_update` and
  /// [2 max(hidden_units, 2) + hidden_units, LOPT_BLOCK] + LOPT_SLACK floats more.
  void (*network_reverse)(const struct lopt_network *network, const struct lopt_tensor *tensor,
                          const float *next_adjoint, float *weights_adjoint, float *feature_adjoints,
                          long feature_stride, float *scratch);
  /// The reverse of the features, their normalization and the moments, for the decays betas[betas] and rests[betas] = 1
  /// − betas. The adjoint of a feature x is feature_adjoints − coefficients[row] x, where the second term comes from
  /// the normalization. `parameters_adjoint` holds the adjoint of `next` and becomes that of `parameters`;
  /// `momenta_adjoint` and `second_moments_adjoint` [betas, stride] hold those after the step and become those before
  /// it; `gradient_adjoint` is written.
  void (*feature_reverse)(const struct lopt_network *network, const struct lopt_tensor *tensor, const float *betas,
                          const float *rests, const float *feature_adjoints, long feature_stride,
                          const float *coefficients, float *parameters_adjoint, float *momenta_adjoint,
                          float *second_moments_adjoint, float *gradient_adjoint);

  // Measuring (peak_rate.h)

  /// Multiplies and adds in registers alone, `rounds` times what fits into them, with a `factor` near 0; returns how
  /// many multiply-adds that were.
  long (*multiply_adds)(long rounds, float factor, float *result);
};

/// The numbers of a learned optimizer, besides its network, that the folding of a tensor needs.
struct lopt_folding {
  /// The number of time inputs.
  long time_count;
  /// [time_count]: the scales τ of the inputs tanh(t/τ − 1).
  const float *time_scales;
  /// The step from which on the time inputs stay as they are; negative for never.
  long time_frozen_at;
  /// The row of the first layer that takes the parameter's value.
  long value_row;
  /// The first of the rows whose inputs are not divided by their root mean square over the tensor.
  long raw_row;
  /// How many rows these are.
  long raw_count;
  /// Whether the update is multiplied by the root mean square of the tensor's parameters.
  int scale_by_rms;
};

/// Returns 1 − β for the decimal number that β stands for: the fewest decimals that give this float. The float next to
/// 0.9999 is 1.7e-8 below it, which is 2e-4 of 1 − β.
float lopt_rest(float beta);

/// Folds what is the same for all parameters of a tensor at step number `step` into the network's weights: θ is laid out
/// as `network.weights`, with the rows of the time inputs behind those of the features. `squares`[inputs] are those of
/// `lopt_kernels.feature_squares` of the tensor, which has `count` parameters. Writes `weights`, which the kernels take as
/// `network.weights`, and `scales`[inputs], the factor of each input, and `times`[time_count], the time inputs. Returns the
/// factor ρ of the tensor's update (Documentation/method.md#scale-of-an-update), 1 where there is none.
double lopt_fold(const struct lopt_network *network, const struct lopt_folding *folding, const float *theta, long step,
                 long count, const double *squares, float *weights, double *scales, double *times);

/// Returns the table for an instruction set: "baseline", "x86-64-v3" or "x86-64-v4". Where the package is built with its
/// trait OpenBLAS, "+openblas" behind one of these is the table whose `product` is that library's. Returns null for any
/// other name, and where this machine lacks the instructions.
const struct lopt_kernels *lopt_kernels_named(const char *name);

#endif
