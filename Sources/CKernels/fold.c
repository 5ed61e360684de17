// What comes before the kernels of the learned optimizer, once a tensor and step, and in double precision: the same for
// every instruction set.
#include <math.h>

#include "kernels.h"

// Every instruction set, and every processor, is to round alike here.
#pragma STDC FP_CONTRACT OFF

/// The number that is added to a tensor's mean square before the root that normalizes an input.
static const double normalization_epsilon = 1e-5f;
/// The number that is added to the mean square of a tensor's parameters before the root that scales its update.
static const double scale_epsilon = 1e-9;

float lopt_rest(float beta) {
  double power = 1;
  for (int decimals = 0; decimals <= 15; decimals++, power *= 10) {
    const double decimal = rint((double)beta * power) / power;
    if ((float)decimal == beta) return (float)(1 - decimal);
  }
  return (float)(1 - (double)beta);
}

double lopt_fold(const struct lopt_network *network, const struct lopt_folding *folding, const float *theta, long step,
                 long count, const double *squares, float *weights, double *scales, double *times) {
  const long units = network->hidden_units, inputs = network->inputs, layers = network->hidden_layers;
  for (long i = 0; i < inputs; i++) scales[i] = 1 / sqrt(normalization_epsilon + squares[i] / (double)count);
  for (long i = 0; i < folding->raw_count; i++) scales[folding->raw_row + i] = 1;
  for (long i = 0; i < inputs; i++)
    for (long unit = 0; unit < units; unit++)
      weights[i * units + unit] = (float)(scales[i] * (double)theta[i * units + unit]);

  const float *time_weights = theta + inputs * units, *biases = time_weights + folding->time_count * units;
  const long frozen = folding->time_frozen_at;
  const double time = (double)(frozen >= 0 && frozen < step ? frozen : step);
  for (long i = 0; i < folding->time_count; i++) times[i] = tanh(time / (double)folding->time_scales[i] - 1);
  for (long unit = 0; unit < units; unit++) {
    double sum = (double)biases[unit];
    for (long i = 0; i < folding->time_count; i++) sum += times[i] * (double)time_weights[i * units + unit];
    weights[inputs * units + unit] = (float)sum;
  }

  const long rest = (layers - 1) * (units + 1) * units + (units + 1) * 2;
  for (long i = 0; i < rest; i++) weights[(inputs + 1) * units + i] = biases[units + i];
  return folding->scale_by_rms ? sqrt(squares[folding->value_row] / (double)count + scale_epsilon) : 1;
}
