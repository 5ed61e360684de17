// The learned optimizer's update of one tensor and its reverse (Metz et al. 2019, appendix; method, section 1).
//
// Parameters go through the network in blocks of LOPT_BLOCK, which stay in the first-level cache. Inside a block every
// quantity is a row: x[feature][64], h[unit][64]; so a layer is the product of its transposed weights with the block.
// A row of ones behind the last feature or unit makes the biases one more row of the weights.

static void moments(long count, float beta, float rest, const float *gradient, const float *m, const float *v,
                    float *next_m, float *next_v) {
#pragma clang loop vectorize(assume_safety)
  for (long i = 0; i < count; i++) {
    next_m[i] = beta * m[i] + rest * gradient[i];
    next_v[i] = beta * v[i] + rest * (gradient[i] * gradient[i]);
  }
}

static inline float inverse_root(float x) { return 1 / __builtin_elementwise_sqrt(x); }

/// The features of `count` ≤ LOPT_BLOCK parameters from `start` on, zero behind them.
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
      for (long i = 0; i < count; i++)
        x[normalized * LOPT_BLOCK + i] = m[i] * x[inverse * LOPT_BLOCK + i];
  }
}

static void feature_squares(const struct lopt_network *network, const struct lopt_tensor *tensor, double *sums,
                            float *scratch) {
  enum { BLOCKS = 16 };  // of which the squares are added in single precision
  for (long f = 0; f < network->inputs; f++) sums[f] = 0;
  float *partial = scratch + network->inputs * LOPT_BLOCK;
  for (long i = 0; i < network->inputs * LANES; i++) partial[i] = 0;
  for (long start = 0, block = 1; start < tensor->count; start += LOPT_BLOCK, block++) {
    const long rest = tensor->count - start;
    features(network, tensor, start, rest < LOPT_BLOCK ? rest : LOPT_BLOCK, scratch);
    for (long f = 0; f < network->inputs; f++) {
      lanes sum = *(lanes *)(partial + f * LANES);
      for (long i = 0; i < LOPT_BLOCK; i += LANES) {
        const lanes x = *(lanes *)(scratch + f * LOPT_BLOCK + i);
        sum += x * x;
      }
      *(lanes *)(partial + f * LANES) = sum;
    }
    if (block % BLOCKS != 0 && rest > LOPT_BLOCK) continue;
    for (long f = 0; f < network->inputs; f++)
      for (long i = 0; i < LANES; i++) {
        sums[f] += (double)partial[f * LANES + i];
        partial[f * LANES + i] = 0;
      }
  }
}

static inline void fill(float *row, float value) {
  for (long i = 0; i < LOPT_BLOCK; i++) row[i] = value;
}

/// Inputs of layer `layer`, not counting the ones.
static inline long layer_inputs(const struct lopt_network *network, long layer) {
  return layer == 0 ? network->inputs : network->hidden_units;
}

/// One block through the network. x: the features' rows, then each hidden layer's, each with a row of ones behind it;
/// then d and s. Returns where these two are.
static inline float *network_forward(const struct lopt_network *network, const struct lopt_tensor *tensor, long start,
                                     long count, float *x) {
  const float *weights = network->weights;
  features(network, tensor, start, count, x);
  for (long layer = 0; layer <= network->hidden_layers; layer++) {
    const long inputs = layer_inputs(network, layer);
    const long outputs = layer < network->hidden_layers ? network->hidden_units : 2;
    float *next = x + (inputs + 1) * LOPT_BLOCK;
    fill(x + inputs * LOPT_BLOCK, 1);
    product(outputs, LOPT_BLOCK, inputs + 1, weights, 1, outputs, x, LOPT_BLOCK, next, LOPT_BLOCK, 0);
    if (layer < network->hidden_layers)
      for (long i = 0; i < outputs * LOPT_BLOCK; i++) next[i] = next[i] < 0 ? 0 : next[i];
    weights += (inputs + 1) * outputs;
    x = next;
  }
  return x;
}

static void network_update(const struct lopt_network *network, const struct lopt_tensor *tensor, float *restrict next,
                           float *restrict scratch) {
  for (long start = 0; start < tensor->count; start += LOPT_BLOCK) {
    const long rest = tensor->count - start, count = rest < LOPT_BLOCK ? rest : LOPT_BLOCK;
    const float *d = network_forward(network, tensor, start, count, scratch), *s = d + LOPT_BLOCK;
    for (long i = 0; i < count; i++)
      next[start + i] =
          tensor->parameters[start + i] - network->lambda1 * d[i] * exponential(network->lambda2 * s[i]);
  }
}

static void network_reverse(const struct lopt_network *network, const struct lopt_tensor *tensor,
                            const float *restrict next_adjoint, float *restrict grams,
                            float *restrict feature_adjoints, long feature_stride, float *restrict scratch) {
  const long units = network->hidden_units, layers = network->hidden_layers;
  float *adjoint = scratch + (network->inputs + 1 + layers * (units + 1) + 2) * LOPT_BLOCK;
  float *previous = adjoint + (units > 2 ? units : 2) * LOPT_BLOCK;
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
    // Backward through the layers: x is the layer's input block, w and sums are the layer's.
    const float *x = d, *w = network->weights;
    float *sums = grams;
    for (long layer = 0; layer <= layers; layer++) {
      const long weights = (layer_inputs(network, layer) + 1) * (layer < layers ? units : 2);
      w += weights;
      sums += weights * LANES;
    }
    for (long layer = layers; layer >= 0; layer--) {
      const long inputs = layer_inputs(network, layer), outputs = layer < layers ? units : 2;
      x -= (inputs + 1) * LOPT_BLOCK;
      w -= (inputs + 1) * outputs;
      sums -= (inputs + 1) * outputs * LANES;
      gram(inputs + 1, outputs, x, out, sums);
      if (layer == 0) {
        product(inputs, LOPT_BLOCK, outputs, w, outputs, 1, out, LOPT_BLOCK, feature_adjoints + start, feature_stride,
                0);
      } else {
        product(inputs, LOPT_BLOCK, outputs, w, outputs, 1, out, LOPT_BLOCK, in, LOPT_BLOCK, 0);
        relu_mask(inputs * LOPT_BLOCK, x, in);
        float *swap = out;
        out = in;
        in = swap;
      }
    }
  }
}

/// adjoint − coefficient × feature of the row, 0 where the feature is off.
#define FEATURE_ADJOINT(row, feature) \
  ((row) < 0 ? 0 : feature_adjoints[(row) * feature_stride + i] - coefficients[row] * (feature))

static void feature_reverse(const struct lopt_network *network, const struct lopt_tensor *tensor,
                            const float *restrict betas, const float *restrict rests,
                            const float *restrict feature_adjoints, long feature_stride,
                            const float *restrict coefficients, float *restrict parameters_adjoint,
                            float *restrict momenta_adjoint, float *restrict second_moments_adjoint,
                            float *restrict gradient_adjoint) {
  const int32_t *rows = network->rows;
  const float *restrict g = tensor->gradient;
  const int32_t value = rows[1 + network->betas], gradient = rows[0];
  for (long i = 0; i < tensor->count; i++) {
    parameters_adjoint[i] += FEATURE_ADJOINT(value, tensor->parameters[i]);
    gradient_adjoint[i] = FEATURE_ADJOINT(gradient, g[i]);
  }
  for (long b = 0; b < network->betas; b++) {
    const float *restrict m = tensor->momenta + b * tensor->stride;
    const float *restrict v = tensor->second_moments + b * tensor->stride;
    float *restrict m_adjoint = momenta_adjoint + b * tensor->stride;
    float *restrict v_adjoint = second_moments_adjoint + b * tensor->stride;
    const int32_t normalized = rows[1 + b], plain = rows[2 + network->betas + b],
                  square = rows[2 + 2 * network->betas + b], inverse = rows[2 + 3 * network->betas + b];
    const float beta = betas[b], rest = rests[b];
    for (long i = 0; i < tensor->count; i++) {
      const float r = inverse_root(v[i] + network->epsilon);
      const float of_normalized = FEATURE_ADJOINT(normalized, m[i] * r);
      const float of_r = of_normalized * m[i] + FEATURE_ADJOINT(inverse, r);
      const float of_m = m_adjoint[i] + of_normalized * r + FEATURE_ADJOINT(plain, m[i]);
      const float of_v = v_adjoint[i] + FEATURE_ADJOINT(square, v[i]) - 0.5f * r * r * r * of_r;
      gradient_adjoint[i] += rest * (of_m + 2 * g[i] * of_v);
      m_adjoint[i] = beta * of_m;
      v_adjoint[i] = beta * of_v;
    }
  }
}
#undef FEATURE_ADJOINT
