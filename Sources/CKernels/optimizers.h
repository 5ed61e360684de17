/// The updates of the hand-designed optimizers with which the learned one is compared. Each changes `count` parameters
/// and their state in place.
#ifndef LOPT_OPTIMIZERS_H
#define LOPT_OPTIMIZERS_H

/// `lopt_kernels.momentum`: v ← decay v + g; parameter ← parameter − rate v, with v an element of `velocity` (Polyak
/// 1964).
static void momentum(long count, float rate, float decay, const float *restrict gradient, float *restrict velocity,
                     float *restrict parameters) {
  for (long i = 0; i < count; i++) {
    velocity[i] = decay * velocity[i] + gradient[i];
    parameters[i] -= rate * velocity[i];
  }
}

/// `lopt_kernels.nesterov`: v ← decay v + g; parameter ← parameter − rate (g + decay v), with v an element of `velocity`:
/// Nesterov's momentum in the form that needs no gradient at another place (Sutskever, Martens, Dahl, Hinton 2013).
static void nesterov(long count, float rate, float decay, const float *restrict gradient, float *restrict velocity,
                     float *restrict parameters) {
  for (long i = 0; i < count; i++) {
    velocity[i] = decay * velocity[i] + gradient[i];
    parameters[i] -= rate * (gradient[i] + decay * velocity[i]);
  }
}

/// `lopt_kernels.rmsprop`: s ← decay s + (1 − decay) g²; parameter ← parameter − rate g / (√(s correction) + epsilon),
/// with s an element of `square` (Tieleman and Hinton 2012), and the correction 1 / (1 − decayᵗ) at step t.
static void rmsprop(long count, float rate, float decay, float epsilon, float correction,
                    const float *restrict gradient, float *restrict square, float *restrict parameters) {
  for (long i = 0; i < count; i++) {
    square[i] = decay * square[i] + (1 - decay) * gradient[i] * gradient[i];
    parameters[i] -= rate * gradient[i] / (__builtin_elementwise_sqrt(square[i] * correction) + epsilon);
  }
}

/// `lopt_kernels.adam`: m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
/// parameter ← parameter − rate (share1 m + share g) / (√(v correction2) + epsilon) − decay parameter, with m and v
/// elements of `first` and `second`. It is Adam (Kingma and Ba 2015, algorithm 1) where decay and share are 0, and share1
/// and correction2 are 1 / (1 − βᵗ) at step t. A decay is that of Loshchilov and Hutter (2019), a share of the gradient
/// of its own Nesterov's momentum (Dozat 2016).
static void adam(long count, float rate, float beta1, float beta2, float epsilon, float decay, float share,
                 float share1, float correction2, const float *restrict gradient, float *restrict first,
                 float *restrict second, float *restrict parameters) {
  for (long i = 0; i < count; i++) {
    first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
    second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
    const float direction = first[i] * share1 + share * gradient[i];
    const float change = rate * direction / (__builtin_elementwise_sqrt(second[i] * correction2) + epsilon);
    parameters[i] -= change + decay * parameters[i];
  }
}

#endif
