/// The learned optimizer as a C library: trains parameters of yours by gradients of yours.
///
/// A learned optimizer is a small network with weights θ, which outer-training found, applied to every parameter on its
/// own (Metz et al. 2019, arXiv 1810.10180). `lopt_load` reads one from a snapshot, the file that `lopt fetch` gets. Then
/// `lopt_step` does one step of training, as often as there are gradients:
///
///     char message[LOPT_MESSAGE];
///     lopt_optimizer *optimizer = lopt_load("theta.safetensors", NULL, message);
///     if (!optimizer) { fprintf(stderr, "%s\n", message); exit(1); }
///     struct lopt_parameters weights = {.count = n, .values = w, .gradient = g,
///                                       .moments = calloc(lopt_moments(optimizer, n), sizeof(float))};
///     for (weights.step = 0; weights.step < 1000; weights.step++) {
///       compute_gradient(w, g);
///       if (lopt_step(optimizer, &weights, 1, 1, 0) != 0) abort();
///     }
///     lopt_free(optimizer);
///
/// The results are those of the program `lopt` with the same instruction set, bit for bit.
#ifndef LOPT_H
#define LOPT_H

#ifdef __cplusplus
extern "C" {
#endif

/// The version of this interface. A library of another one is not compatible: `lopt_interface` tells.
#define LOPT_INTERFACE 1

/// The size of the buffer that takes an error's message, with the zero behind it.
#define LOPT_MESSAGE 512

/// The architecture of a learned optimizer: with θ, all that is needed to run it.
struct lopt_architecture {
  /// The number of hidden layers of ReLU units, 1 to 8.
  long hidden_layers;
  /// The number of units of each hidden layer, 2 to 1,024.
  long hidden_units;
  /// Whether the inputs momentum and, with `rms`, normalized momentum are on: 1 or 0.
  int momentum;
  /// Whether the inputs second moment, inverse root mean square and, with `momentum`, normalized momentum are on.
  int rms;
  /// The number of decays, 1 to 16.
  long betas_count;
  /// [betas_count]: the decays β of the momenta and of the second moments, each from 0 to below 1.
  const float *betas;
  /// The number of time inputs, 0 to 64.
  long time_scales_count;
  /// [time_scales_count]: the scales τ of the inputs tanh(t/τ − 1) at step t, each above 0.
  const float *time_scales;
  /// The scale λ₁ of the update u ← u − λ₁ d exp(λ₂ s), where d and s are the outputs of the network; above 0.
  float lambda1;
  /// The scale λ₂ in the update's exponent, above 0.
  float lambda2;
  /// The step from which on the time inputs stay as they are, at most 1,000,000,000; 0 for never.
  long time_frozen_at;
  /// Whether a tensor's update is multiplied by the root mean square of its parameters.
  int scale_by_rms;
  /// Whether normalized momentum is an input as it is, not divided by its root mean square over the tensor.
  int raw_momentum;
};

/// A learned optimizer: an architecture and its θ, which never change. Several threads may use one at the same time.
typedef struct lopt_optimizer lopt_optimizer;

/// A tensor of parameters that is trained, with all that its next step needs.
struct lopt_parameters {
  /// The number of parameters.
  long count;
  /// The number of steps that it has behind it: 0 for its first one. The caller counts.
  long step;
  /// [count]: the parameters, which the step changes.
  float *values;
  /// [count]: the gradient of the loss by the parameters.
  const float *gradient;
  /// [2, betas, count]: for each decay the average of the gradients, then for each decay that of their squares. They are 0
  /// before the first step, and the step changes them. `lopt_moments` gives their number.
  float *moments;
};

/// Returns LOPT_INTERFACE as the library was built with.
int lopt_interface(void);

/// Reads a snapshot of θ.
///
/// `instruction_set` is `baseline`, `x86-64-v3` or `x86-64-v4`; null is the one that the variable LOPT_ISA names, or else
/// the last of these that this processor has. Returns null on failure, with the reason in `message` [LOPT_MESSAGE]: a file
/// that cannot be read, is no snapshot, is damaged, of a newer format, or has weights that are not finite. `message` may
/// be null.
///
/// Of the file all is checked that the update needs. What the program `lopt` checks beyond it is not: tensors beside `theta`
/// but for their places, values of the metadata that only say how θ was made but for their being there, and whole where
/// they are numbers. What no snapshot needs is refused: escapes in the header's texts, numbers of more than 31 characters.
lopt_optimizer *lopt_load(const char *path, const char *instruction_set, char *message);

/// Makes an optimizer of an architecture and its θ, `count` weights in the order of `lopt layout`: of each layer the weight
/// [in, out], then the bias. Both are copied. `instruction_set`, `message` and the result are as in `lopt_load`.
lopt_optimizer *lopt_create(const struct lopt_architecture *architecture, const float *theta, long count,
                            const char *instruction_set, char *message);

/// Returns the architecture of an optimizer. It lives as long as the optimizer.
const struct lopt_architecture *lopt_architecture_of(const lopt_optimizer *optimizer);

/// Returns the name of the instruction set that an optimizer computes with.
const char *lopt_instruction_set_of(const lopt_optimizer *optimizer);

/// Returns the number of floats of the moments of `count` parameters; 0 for a number below 0.
long lopt_moments(const lopt_optimizer *optimizer, long count);

/// Does one step of each of `tensors` tensors: u ← u − rate (Δ + decay u), where Δ is the update of the learned optimizer.
/// The rate 1 is the step that it was trained with. A `decay` of 0 is none.
///
/// Returns 0; or −1, with nothing changed, where there is no memory for the step, where `tensors`, a count or a step is below
/// 0, or where `parameters` is null, or a member of a tensor that has parameters.
int lopt_step(const lopt_optimizer *optimizer, const struct lopt_parameters *parameters, long tensors, float rate,
              float decay);

/// Frees an optimizer. Null is allowed.
void lopt_free(lopt_optimizer *optimizer);

#ifdef __cplusplus
}
#endif

#endif
