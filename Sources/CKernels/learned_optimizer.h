/// The learned optimizer's update of one tensor and its reverse (Metz et al. 2019, appendix;
/// Documentation/method.md#one-update).
///
/// For every decay β:   m ← β m + (1 − β) g,   v ← β v + (1 − β) g²,   r = 1 / √(v + ε)
/// Features of u:       x = (g, m r, u, m, v, r), the network's inputs x / √(10⁻⁵ + mean x²), the mean over the tensor;
///                      feature_squares gives Σ x², the division is folded into the first layer's weights
/// Network:             h = max(Wᵀ x + b, 0) layer by layer, (d, s) = Wᵀ h + b
/// Update:              u ← u − λ₁ d exp(λ₂ s)
///
/// With x̄ the derivative of the outer-loss by x, the reverse takes ū after the step to what is before it:
///   d̄ = −λ₁ exp(λ₂ s) ū,   s̄ = λ₂ d d̄
///   layer by layer, h̄ with 0 where h = 0:   W̄ += x h̄ᵀ,   b̄ += h̄,   x̄ = W h̄
///   x̄ ← x̄ − c x, c the feature's coefficient: what the mean of its squares adds, being a function of every x
///   r̄ = x̄_mr m + x̄_r,   m̄ += x̄_mr r + x̄_m,   v̄ += x̄_v − ½ r³ r̄,   ḡ = x̄_g + Σ over β of (1 − β) (m̄ + 2 g v̄)
///   ū += x̄_u,   m̄ ← β m̄,   v̄ ← β v̄
///
/// Parameters go through the network in blocks of LOPT_BLOCK, which stay in the first-level cache. Inside a block every
/// quantity is a row: x[feature][64], h[unit][64]; so a layer is the product of its transposed weights with the block.
/// A row of ones behind the last feature or unit makes the biases one more row of the weights.
#ifndef LOPT_LEARNED_OPTIMIZER_H
#define LOPT_LEARNED_OPTIMIZER_H

#include <stdint.h>

#include "elementwise.h"
#include "exponential.h"
#include "kernels.h"
#include "lanes.h"
#include "product.h"
#include "transpose.h"

/// `lopt_kernels.moments`: next_m = beta m + rest g and next_v = beta v + rest g², for one decay of `count` parameters.
/// The result may be in place, so the pointers are not `restrict`; the pragma tells that nothing else overlaps.
static void moments(long count, float beta, float rest, const float *gradient, const float *m, const float *v,
                    float *next_m, float *next_v) {
#pragma clang loop vectorize(assume_safety)
  for (long i = 0; i < count; i++) {
    next_m[i] = beta * m[i] + rest * gradient[i];
    next_v[i] = beta * v[i] + rest * (gradient[i] * gradient[i]);
  }
}

/// Returns 1 / √x.
static inline float inverse_root(float x) { return 1 / __builtin_elementwise_sqrt(x); }

/// Computes x[inputs, LOPT_BLOCK] = the features that are on, of `count` ≤ LOPT_BLOCK parameters from number `start`
/// on, with zeros behind the last parameter. The features are not normalized: that is in the first layer's weights.
static inline void features(const struct lopt_network *network, const struct lopt_tensor *tensor, long start,
                            long count, float *restrict x) {
  const long betas = network->betas;
  const int32_t *rows = network->rows;
  const float *restrict u = tensor->parameters + start;
  const float *restrict g = tensor->gradient + start;
  if (count < LOPT_BLOCK)
    for (long i = 0; i < network->inputs * LOPT_BLOCK; i++) x[i] = 0;
  float *gradient = x + rows[0] * LOPT_BLOCK, *value = x + rows[1 + betas] * LOPT_BLOCK;
  for (long i = 0; i < count; i++) gradient[i] = g[i];
  for (long i = 0; i < count; i++) value[i] = u[i];
  for (long b = 0; b < betas; b++) {
    const float *restrict m = tensor->momenta + b * tensor->stride + start;
    const float *restrict v = tensor->second_moments + b * tensor->stride + start;
    const int32_t normalized = rows[1 + b], plain = rows[2 + betas + b], square = rows[2 + 2 * betas + b],
                  inverse = rows[2 + 3 * betas + b];
    if (plain >= 0)
      for (long i = 0; i < count; i++) x[plain * LOPT_BLOCK + i] = m[i];
    if (square >= 0)
      for (long i = 0; i < count; i++) x[square * LOPT_BLOCK + i] = v[i];
    if (inverse >= 0)
      for (long i = 0; i < count; i++) x[inverse * LOPT_BLOCK + i] = inverse_root(v[i] + network->epsilon);
    if (normalized >= 0)
      for (long i = 0; i < count; i++) x[normalized * LOPT_BLOCK + i] = m[i] * x[inverse * LOPT_BLOCK + i];
  }
}

/// Returns Σ x² of x[count]: of whole vectors in single precision, lane by lane, of the elements behind them in double.
static inline double squares(long count, const float *restrict x) {
  lanes sum = {0};
  long i = 0;
  for (; i + LANES <= count; i += LANES) sum += *(const lanes *)(x + i) * *(const lanes *)(x + i);
  double rest = 0;
  for (; i < count; i++) rest += (double)(x[i] * x[i]);
  return rest + (double)lane_sum(&sum);
}

/// Computes sums[4] = Σ (m r)², Σ m², Σ v² and Σ r² over the `count` parameters of one decay, with r² = 1 / (v +
/// epsilon), so that no root is needed.
static inline void moment_squares(long count, float epsilon, const float *restrict m, const float *restrict v,
                                  double sums[4]) {
  lanes normalized = {0}, plain = {0}, square = {0}, inverse = {0};
  long i = 0;
  for (; i + LANES <= count; i += LANES) {
    const lanes mi = *(const lanes *)(m + i), vi = *(const lanes *)(v + i), r2 = 1 / (vi + epsilon), m2 = mi * mi;
    normalized += m2 * r2;
    plain += m2;
    square += vi * vi;
    inverse += r2;
  }
  sums[0] = (double)lane_sum(&normalized), sums[1] = (double)lane_sum(&plain);
  sums[2] = (double)lane_sum(&square), sums[3] = (double)lane_sum(&inverse);
  for (; i < count; i++) {
    const float r2 = 1 / (v[i] + epsilon), m2 = m[i] * m[i];
    sums[0] += (double)(m2 * r2), sums[1] += (double)m2, sums[2] += (double)(v[i] * v[i]), sums[3] += (double)r2;
  }
}

/// `lopt_kernels.feature_squares`: sums[row] = Σ over the tensor of x², for every feature x that is on and its row.
static void feature_squares(const struct lopt_network *network, const struct lopt_tensor *tensor, double *sums) {
  enum { CHUNK = 1024 };  // parameters, of which the squares are added in single precision
  const long betas = network->betas;
  const int32_t *rows = network->rows;
  for (long f = 0; f < network->inputs; f++) sums[f] = 0;
  for (long start = 0; start < tensor->count; start += CHUNK) {
    const long count = tensor->count - start < CHUNK ? tensor->count - start : CHUNK;
    sums[rows[0]] += squares(count, tensor->gradient + start);
    sums[rows[1 + betas]] += squares(count, tensor->parameters + start);
    for (long b = 0; b < betas; b++) {
      double of_beta[4];
      moment_squares(count, network->epsilon, tensor->momenta + b * tensor->stride + start,
                     tensor->second_moments + b * tensor->stride + start, of_beta);
      const int32_t places[4] = {rows[1 + b], rows[2 + betas + b], rows[2 + 2 * betas + b], rows[2 + 3 * betas + b]};
      for (long i = 0; i < 4; i++)
        if (places[i] >= 0) sums[places[i]] += of_beta[i];
    }
  }
}

/// Sets row[LOPT_BLOCK] to `value`.
static inline void fill(float *row, float value) {
  for (long i = 0; i < LOPT_BLOCK; i++) row[i] = value;
}

/// Returns the number of inputs of layer `layer`, not counting the row of ones that multiplies the biases.
static inline long layer_inputs(const struct lopt_network *network, long layer) {
  return layer == 0 ? network->inputs : network->hidden_units;
}

/// Takes one block of `count` ≤ LOPT_BLOCK parameters, from number `start` on, through the network. x gets the rows of
/// every layer's inputs one after the other, [inputs + 1 + hidden_layers (hidden_units + 1) + 2, LOPT_BLOCK]: the
/// features, then the units of each hidden layer, each with a row of ones behind it, then d and s. Returns where these
/// two are.
static inline float *network_forward(const struct lopt_network *network, const struct lopt_tensor *tensor, long start,
                                     long count, float *x) {
  const float *weights = network->weights;
  features(network, tensor, start, count, x);
  for (long layer = 0; layer <= network->hidden_layers; layer++) {
    const long inputs = layer_inputs(network, layer);
    const long outputs = layer < network->hidden_layers ? network->hidden_units : 2;
    float *next = x + (inputs + 1) * LOPT_BLOCK;
    fill(x + inputs * LOPT_BLOCK, 1);
    if (layer < network->hidden_layers) relu_product(outputs, LOPT_BLOCK, inputs + 1, weights, x, next);
    else product(outputs, LOPT_BLOCK, inputs + 1, weights, 1, outputs, x, LOPT_BLOCK, next, LOPT_BLOCK, 0);
    weights += (inputs + 1) * outputs;
    x = next;
  }
  return x;
}

/// `lopt_kernels.network_update`: next[i] = u[i] − λ₁ d[i] exp(λ₂ s[i]) for every parameter u of the tensor, block by
/// block. `scratch` holds the rows of `network_forward`.
static void network_update(const struct lopt_network *network, const struct lopt_tensor *tensor, float *restrict next,
                           float *restrict scratch) {
  for (long start = 0; start < tensor->count; start += LOPT_BLOCK) {
    const long rest = tensor->count - start, count = rest < LOPT_BLOCK ? rest : LOPT_BLOCK;
    const float *d = network_forward(network, tensor, start, count, scratch), *s = d + LOPT_BLOCK;
    for (long i = 0; i < count; i++)
      next[start + i] = tensor->parameters[start + i] - network->lambda1 * d[i] * exponential(network->lambda2 * s[i]);
  }
}

/// Adds to sums[inputs, 2] Σ over the block of x[input] out[output], of x[inputs, LOPT_BLOCK] and out[2, LOPT_BLOCK]:
/// the adjoint of the last layer's weights.
static inline void add_output_products(long inputs, const float *restrict x, const float *restrict out,
                                       float *restrict sums) {
  for (long i = 0; i < inputs; i++, x += LOPT_BLOCK) {
    lanes d = {0}, s = {0};
    for (long p = 0; p < LOPT_BLOCK; p += LANES) {
      d += *(const lanes *)(x + p) * *(const lanes *)(out + p);
      s += *(const lanes *)(x + p) * *(const lanes *)(out + LOPT_BLOCK + p);
    }
    sums[2 * i] += lane_sum(&d);
    sums[2 * i + 1] += lane_sum(&s);
  }
}

/// `lopt_kernels.network_reverse`: takes the adjoint of `next` back through the network, block by block. Adds to
/// `weights_adjoint`, which is laid out as the weights, and writes feature_adjoints[inputs, feature_stride].
/// scratch: the rows of `network_forward`, then out and in [max(hidden_units, 2), LOPT_BLOCK] each, the adjoints of a
/// layer's outputs and of its inputs, then one of them transposed, [LOPT_BLOCK, hidden_units].
static void network_reverse(const struct lopt_network *network, const struct lopt_tensor *tensor,
                            const float *restrict next_adjoint, float *restrict weights_adjoint,
                            float *restrict feature_adjoints, long feature_stride, float *restrict scratch) {
  const long units = network->hidden_units, layers = network->hidden_layers;
  float *adjoint = scratch + (network->inputs + 1 + layers * (units + 1) + 2) * LOPT_BLOCK;
  float *previous = adjoint + (units > 2 ? units : 2) * LOPT_BLOCK;
  float *transposed = previous + (units > 2 ? units : 2) * LOPT_BLOCK;
  for (long start = 0; start < tensor->count; start += LOPT_BLOCK) {
    const long rest = tensor->count - start, count = rest < LOPT_BLOCK ? rest : LOPT_BLOCK;
    const float *d = network_forward(network, tensor, start, count, scratch), *s = d + LOPT_BLOCK;
    float *out = adjoint, *in = previous;
    fill(out, 0);
    fill(out + LOPT_BLOCK, 0);
    for (long i = 0; i < count; i++) {
      const float step = -network->lambda1 * exponential(network->lambda2 * s[i]) * next_adjoint[start + i];
      out[i] = step;
      out[LOPT_BLOCK + i] = network->lambda2 * d[i] * step;
    }
    // From the last layer to the first: x are the layer's inputs, w its weights and sums their adjoint.
    const long last = (network->inputs + 1) * units + (layers - 1) * (units + 1) * units;
    const float *x = d - (units + 1) * LOPT_BLOCK, *w = network->weights + last;
    float *sums = weights_adjoint + last;
    add_output_products(units + 1, x, out, sums);
    product(units, LOPT_BLOCK, 2, w, 2, 1, out, LOPT_BLOCK, in, LOPT_BLOCK, 0);
    relu_mask(units * LOPT_BLOCK, x, in);
    for (long layer = layers - 1; layer >= 0; layer--) {
      const long inputs = layer_inputs(network, layer);
      float *swap = out;
      out = in;
      in = swap;
      x -= (inputs + 1) * LOPT_BLOCK;
      w -= (inputs + 1) * units;
      sums -= (inputs + 1) * units;
      transpose(units, LOPT_BLOCK, out, transposed);
      product(inputs + 1, units, LOPT_BLOCK, x, LOPT_BLOCK, 1, transposed, units, sums, units, 1);
      if (layer == 0) {
        product(inputs, LOPT_BLOCK, units, w, units, 1, out, LOPT_BLOCK, feature_adjoints + start, feature_stride, 0);
      } else {
        product(inputs, LOPT_BLOCK, units, w, units, 1, out, LOPT_BLOCK, in, LOPT_BLOCK, 0);
        relu_mask(inputs * LOPT_BLOCK, x, in);
      }
    }
  }
}

/// The adjoint of one feature x of a block: adjoints[i] − coefficient × x[i] for parameter i, where the second term is
/// what the normalization adds. Both are zero for a feature that is off.
struct feature_adjoint {
  const float *adjoints;
  float coefficient;
};

/// Returns the adjoint of the feature in `row`, which is −1 where it is off: row number `row` of adjoints[inputs,
/// stride], and its coefficient.
static inline struct feature_adjoint feature_adjoint(int32_t row, const float *adjoints, long stride,
                                                     const float *coefficients) {
  static const float zeros[LOPT_BLOCK];
  return row < 0 ? (struct feature_adjoint){zeros, 0}
                 : (struct feature_adjoint){adjoints + row * stride, coefficients[row]};
}

/// Takes the adjoints of one decay's features and moments back to before the step, for `count` ≤ LOPT_BLOCK parameters
/// with the gradients g and the moments m and v. `m_adjoint` and `v_adjoint` are those of the moments after the step
/// and become those before it; `gradient_adjoint` is added to.
static inline void moments_reverse(long count, float epsilon, float beta, float rest, struct feature_adjoint normalized,
                                   struct feature_adjoint plain, struct feature_adjoint square,
                                   struct feature_adjoint inverse, const float *restrict g, const float *restrict m,
                                   const float *restrict v, float *restrict m_adjoint, float *restrict v_adjoint,
                                   float *restrict gradient_adjoint) {
#pragma clang loop vectorize(assume_safety)
  for (long i = 0; i < count; i++) {
    const float r = inverse_root(v[i] + epsilon);
    const float of_normalized = normalized.adjoints[i] - normalized.coefficient * (m[i] * r);
    const float of_r = of_normalized * m[i] + (inverse.adjoints[i] - inverse.coefficient * r);
    const float of_m = m_adjoint[i] + of_normalized * r + (plain.adjoints[i] - plain.coefficient * m[i]);
    const float of_v = v_adjoint[i] + (square.adjoints[i] - square.coefficient * v[i]) - 0.5f * r * r * r * of_r;
    gradient_adjoint[i] += rest * (of_m + 2 * g[i] * of_v);
    m_adjoint[i] = beta * of_m;
    v_adjoint[i] = beta * of_v;
  }
}

/// `lopt_kernels.feature_reverse`: the reverse of the features, of their normalization and of the moments, block by
/// block. It adds to `parameters_adjoint`, changes `momenta_adjoint` and `second_moments_adjoint` [betas, stride] in
/// place, and writes `gradient_adjoint`.
static void feature_reverse(const struct lopt_network *network, const struct lopt_tensor *tensor,
                            const float *restrict betas, const float *restrict rests,
                            const float *restrict feature_adjoints, long feature_stride,
                            const float *restrict coefficients, float *restrict parameters_adjoint,
                            float *restrict momenta_adjoint, float *restrict second_moments_adjoint,
                            float *restrict gradient_adjoint) {
  const long count = network->betas;
  const int32_t *rows = network->rows;
  for (long start = 0; start < tensor->count; start += LOPT_BLOCK) {
    const long rest = tensor->count - start, block = rest < LOPT_BLOCK ? rest : LOPT_BLOCK;
    const float *adjoints = feature_adjoints + start, *g = tensor->gradient + start;
    const struct feature_adjoint value = feature_adjoint(rows[1 + count], adjoints, feature_stride, coefficients);
    const struct feature_adjoint gradient = feature_adjoint(rows[0], adjoints, feature_stride, coefficients);
    for (long i = 0; i < block; i++) {
      parameters_adjoint[start + i] += value.adjoints[i] - value.coefficient * tensor->parameters[start + i];
      gradient_adjoint[start + i] = gradient.adjoints[i] - gradient.coefficient * g[i];
    }
    for (long b = 0; b < count; b++) {
      const long place = b * tensor->stride + start;
      moments_reverse(block, network->epsilon, betas[b], rests[b],
                      feature_adjoint(rows[1 + b], adjoints, feature_stride, coefficients),
                      feature_adjoint(rows[2 + count + b], adjoints, feature_stride, coefficients),
                      feature_adjoint(rows[2 + 2 * count + b], adjoints, feature_stride, coefficients),
                      feature_adjoint(rows[2 + 3 * count + b], adjoints, feature_stride, coefficients), g,
                      tensor->momenta + place, tensor->second_moments + place, momenta_adjoint + place,
                      second_moments_adjoint + place, gradient_adjoint + start);
    }
  }
}

#endif
