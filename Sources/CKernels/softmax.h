/// Softmax cross-entropy and its derivatives.
#ifndef LOPT_SOFTMAX_H
#define LOPT_SOFTMAX_H

#include <stdint.h>

#include "exponential.h"

/// `lopt_kernels.softmax_loss`: probabilities[rows, classes] = softmax(logits), and the returned loss is
/// Σ over rows of (log Σ over j of exp(logit j − largest) + largest − the label's logit). The largest logit of a row is
/// subtracted, so that no exponential overflows. Where `delta` is not null, delta = (probabilities − one-hot) × share.
static double softmax_loss(long rows, long classes, float share, const float *restrict logits,
                           const int32_t *restrict labels, float *restrict probabilities, float *restrict delta) {
  enum { PRODUCT = 64 };  // rows whose sums, at most `classes` each, are multiplied before one logarithm is taken
  double loss = 0, sums = 1;
  for (long i = 0; i < rows; i++) {
    const float *row = logits + i * classes;
    float *p = probabilities + i * classes;
    float most = row[0];
    for (long j = 1; j < classes; j++) most = row[j] > most ? row[j] : most;
    for (long j = 0; j < classes; j++) p[j] = exponential(row[j] - most);
    float sum = 0;
    for (long j = 0; j < classes; j++) sum += p[j];
    const float scale = 1 / sum;
    for (long j = 0; j < classes; j++) p[j] *= scale;
    loss += (double)(most - row[labels[i]]);
    sums *= (double)sum;
    if (i % PRODUCT == PRODUCT - 1) {
      loss += __builtin_log(sums);
      sums = 1;
    }
    if (delta) {
      for (long j = 0; j < classes; j++) delta[i * classes + j] = p[j] * share;
      delta[i * classes + labels[i]] -= share;
    }
  }
  return loss + __builtin_log(sums);
}

/// `lopt_kernels.softmax_tangent`: delta[rows, classes] = (p ⊙ t − p (p·t)) × share, with p a row of `probabilities`
/// and t the same row of `tangent`. It is the derivative of the delta of `softmax_loss` along the logits' tangent.
static void softmax_tangent(long rows, long classes, float share, const float *restrict probabilities,
                            const float *restrict tangent, float *restrict delta) {
  for (long i = 0; i < rows; i++) {
    const float *p = probabilities + i * classes;
    const float *t = tangent + i * classes;
    float mean = 0;
    for (long j = 0; j < classes; j++) mean += p[j] * t[j];
    for (long j = 0; j < classes; j++) delta[i * classes + j] = share * p[j] * (t[j] - mean);
  }
}

#endif
