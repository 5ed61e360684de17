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

/// `lopt_kernels.rmsprop`: s ← decay s + (1 − decay) g²; parameter ← parameter − rate g / (√s + epsilon), with s an
/// element of `square` (Tieleman and Hinton 2012).
static void rmsprop(long count, float rate, float decay, float epsilon, const float *restrict gradient,
                    float *restrict square, float *restrict parameters) {
  for (long i = 0; i < count; i++) {
    square[i] = decay * square[i] + (1 - decay) * gradient[i] * gradient[i];
    parameters[i] -= rate * gradient[i] / (__builtin_elementwise_sqrt(square[i]) + epsilon);
  }
}

/// `lopt_kernels.adam`: m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
/// parameter ← parameter − rate (m correction1) / (√(v correction2) + epsilon), with m and v elements of `first` and
/// `second`, and the corrections 1 / (1 − βᵗ) at step t (Kingma and Ba 2015, algorithm 1).
static void adam(long count, float rate, float beta1, float beta2, float epsilon, float correction1, float correction2,
                 const float *restrict gradient, float *restrict first, float *restrict second,
                 float *restrict parameters) {
  for (long i = 0; i < count; i++) {
    first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
    second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
    parameters[i] -= rate * (first[i] * correction1) / (__builtin_elementwise_sqrt(second[i] * correction2) + epsilon);
  }
}

#endif
