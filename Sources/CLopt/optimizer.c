// A learned optimizer: what lopt.h offers, by the kernels of the engine.
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "lopt.h"
#include "message.h"

enum {
  MOST_BETAS = 16,
  MOST_TIME_SCALES = 64,
  FEATURES = 2 + 4 * MOST_BETAS,
  /// Parameters of which the values before the step are kept for their decay.
  CHUNK = 16 * LOPT_BLOCK,
};

struct lopt_optimizer {
  struct lopt_architecture architecture;
  struct lopt_network network;
  struct lopt_folding folding;
  const struct lopt_kernels *kernels;
  float betas[MOST_BETAS];
  float rests[MOST_BETAS];
  float time_scales[MOST_TIME_SCALES];
  int32_t rows[FEATURES];
  float theta[];
};

int lopt_interface(void) { return LOPT_INTERFACE; }

void lopt_say(char *message, const char *format, ...) {
  if (!message) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, LOPT_MESSAGE, format, arguments);
  va_end(arguments);
}

/// Returns the kernels of an instruction set, null being the choice of the variable LOPT_ISA, or else the best.
static const struct lopt_kernels *find_kernels(const char *name, char *message) {
  const char *const best[] = {"x86-64-v4", "x86-64-v3", "baseline"};
  const char *given = name ? name : getenv("LOPT_ISA");
  const struct lopt_kernels *found = 0;
  if (given && *given) {
    found = lopt_kernels_named(given);
    if (!found)
      lopt_say(message,
               "%.100s: is no instruction set that this processor has and this library knows, such as baseline", given);
    return found;
  }
  for (int i = 0; !found; i++) found = lopt_kernels_named(best[i]);
  return found;
}

/// Returns whether an architecture is one of which an optimizer can be made; says what is wrong where not.
static int check(const struct lopt_architecture *a, char *message) {
  if (!a || !a->betas || (a->time_scales_count > 0 && !a->time_scales))
    return lopt_say(message, "there is no architecture: it, its betas or its time_scales are null"), 0;
  if (a->hidden_layers < 1 || a->hidden_layers > 8)
    return lopt_say(message, "hidden_layers is %ld, must be in 1 … 8", a->hidden_layers), 0;
  if (a->hidden_units < 2 || a->hidden_units > 1024)
    return lopt_say(message, "hidden_units is %ld, must be in 2 … 1024", a->hidden_units), 0;
  if (a->betas_count < 1 || a->betas_count > MOST_BETAS)
    return lopt_say(message, "there are %ld betas, must be 1 to %d", a->betas_count, MOST_BETAS), 0;
  for (long i = 0; i < a->betas_count; i++)
    if (!(a->betas[i] >= 0 && a->betas[i] < 1))
      return lopt_say(message, "beta %ld is %g, must be from 0 to below 1", i, (double)a->betas[i]), 0;
  if (a->time_scales_count < 0 || a->time_scales_count > MOST_TIME_SCALES)
    return lopt_say(message, "there are %ld time scales, must be at most %d", a->time_scales_count, MOST_TIME_SCALES),
           0;
  for (long i = 0; i < a->time_scales_count; i++)
    if (!(a->time_scales[i] > 0))
      return lopt_say(message, "time scale %ld is %g, must be above 0", i, (double)a->time_scales[i]), 0;
  if (!(a->lambda1 > 0 && isfinite(a->lambda1)) || !(a->lambda2 > 0 && isfinite(a->lambda2)))
    return lopt_say(message, "lambda1 is %g and lambda2 %g, must be above 0", (double)a->lambda1, (double)a->lambda2),
           0;
  if (a->time_frozen_at < 0 || a->time_frozen_at > 1000000000)
    return lopt_say(message, "time_frozen_at is %ld, must be in 1 … 1000000000, or 0 for never", a->time_frozen_at), 0;
  if (a->raw_momentum && !(a->momentum && a->rms))
    return lopt_say(message, "raw_momentum must be 0 unless momentum and rms are on"), 0;
  return 1;
}

/// Sets the row of the first layer that takes each feature, −1 for one that is off; returns the number of those on.
static long set_rows(const struct lopt_architecture *a, int32_t *rows) {
  int32_t next = 0;
  const int on[] = {1, a->momentum && a->rms, 1, a->momentum, a->rms, a->rms};
  const int is_of_beta[] = {0, 1, 0, 1, 1, 1};
  for (int group = 0; group < 6; group++)
    for (long i = 0; i < (is_of_beta[group] ? a->betas_count : 1); i++) *rows++ = on[group] ? next++ : -1;
  return next;
}

lopt_optimizer *lopt_create(const struct lopt_architecture *given, const float *theta, long count,
                            const char *instruction_set, char *message) {
  if (!check(given, message)) return 0;
  int32_t rows[FEATURES];
  const long units = given->hidden_units, inputs = set_rows(given, rows);
  const long weights =
      (inputs + given->time_scales_count + 1 + (given->hidden_layers - 1) * (units + 1)) * units + (units + 1) * 2;
  if (count != weights)
    return lopt_say(message, "theta has %ld weights; its architecture has %ld", count, weights), (lopt_optimizer *)0;
  if (!theta) return lopt_say(message, "there is no theta: it is null"), (lopt_optimizer *)0;
  long wrong = 0;
  for (long i = 0; i < count; i++) wrong += !isfinite(theta[i]);
  if (wrong)
    return lopt_say(message, "%ld of its %ld weights are not finite numbers; take another snapshot", wrong, count),
           (lopt_optimizer *)0;
  const struct lopt_kernels *kernels = find_kernels(instruction_set, message);
  if (!kernels) return 0;
  lopt_optimizer *o = malloc(sizeof *o + (unsigned long)count * sizeof(float));
  if (!o) return lopt_say(message, "there is no memory for it"), o;

  memcpy(o->theta, theta, (unsigned long)count * sizeof(float));
  memcpy(o->rows, rows, sizeof rows);
  memcpy(o->betas, given->betas, (unsigned long)given->betas_count * sizeof(float));
  if (given->time_scales_count > 0)
    memcpy(o->time_scales, given->time_scales, (unsigned long)given->time_scales_count * sizeof(float));
  for (long i = 0; i < given->betas_count; i++) o->rests[i] = lopt_rest(o->betas[i]);
  o->architecture = *given;
  o->architecture.betas = o->betas;
  o->architecture.time_scales = o->time_scales;
  o->kernels = kernels;
  o->network = (struct lopt_network){.betas = given->betas_count,
                                     .rows = o->rows,
                                     .inputs = inputs,
                                     .hidden_layers = given->hidden_layers,
                                     .hidden_units = units,
                                     .lambda1 = given->lambda1,
                                     .lambda2 = given->lambda2,
                                     .epsilon = 1e-6f};
  o->folding = (struct lopt_folding){.time_count = given->time_scales_count,
                                     .time_scales = o->time_scales,
                                     .time_frozen_at = given->time_frozen_at ? given->time_frozen_at : -1,
                                     .value_row = rows[1 + given->betas_count],
                                     .raw_row = rows[1],
                                     .raw_count = given->raw_momentum ? given->betas_count : 0,
                                     .scale_by_rms = given->scale_by_rms};
  return o;
}

const struct lopt_architecture *lopt_architecture_of(const lopt_optimizer *o) { return &o->architecture; }

const char *lopt_instruction_set_of(const lopt_optimizer *o) { return o->kernels->name; }

long lopt_moments(const lopt_optimizer *o, long count) { return count > 0 ? 2 * o->network.betas * count : 0; }

void lopt_free(lopt_optimizer *o) { free(o); }

/// The working memory of a step: the weights folded for one tensor, and the rows of its network.
struct memory {
  double squares[FEATURES], scales[FEATURES], times[MOST_TIME_SCALES];
  float *weights, *scratch, *all;
};

/// Allocates the memory of a step; returns 0 where there is none.
static int allocate(const lopt_optimizer *o, struct memory *memory) {
  const long units = o->network.hidden_units, inputs = o->network.inputs, layers = o->network.hidden_layers;
  const long weights = (inputs + 1 + (layers - 1) * (units + 1)) * units + (units + 1) * 2 + LOPT_SLACK;
  const long aligned = (weights + 15) / 16 * 16;
  const long rows = (inputs + 1 + layers * (units + 1) + 2) * LOPT_BLOCK + LOPT_SLACK;
  memory->all = aligned_alloc(64, (unsigned long)(aligned + (rows + 15) / 16 * 16) * sizeof(float));
  if (!memory->all) return 0;
  memory->weights = memory->all;
  memory->scratch = memory->all + aligned;
  return 1;
}

/// Does one step of one tensor.
static void step(const lopt_optimizer *o, const struct lopt_parameters *p, float rate, float decay,
                 struct memory *memory) {
  const long count = p->count, betas = o->network.betas;
  float *momenta = p->moments, *squares = p->moments + betas * count;
  for (long b = 0; b < betas; b++)
    o->kernels->moments(count, o->betas[b], o->rests[b], p->gradient, momenta + b * count, squares + b * count,
                        momenta + b * count, squares + b * count);
  const struct lopt_tensor tensor = {.count = count,
                                     .stride = count,
                                     .parameters = p->values,
                                     .gradient = p->gradient,
                                     .momenta = momenta,
                                     .second_moments = squares};
  struct lopt_network network = o->network;
  o->kernels->feature_squares(&network, &tensor, memory->squares);
  const double scale = lopt_fold(&network, &o->folding, o->theta, p->step, count, memory->squares, memory->weights,
                                 memory->scales, memory->times);
  network.weights = memory->weights;
  network.lambda1 = rate * (float)scale * o->network.lambda1;
  if (decay == 0) {
    o->kernels->network_update(&network, &tensor, p->values, memory->scratch);
    return;
  }
  for (long start = 0; start < count; start += CHUNK) {
    const long rest = count - start;
    struct lopt_tensor chunk = tensor;
    chunk.count = rest < CHUNK ? rest : CHUNK;
    chunk.parameters += start, chunk.gradient += start, chunk.momenta += start, chunk.second_moments += start;
    float before[CHUNK];
    memcpy(before, chunk.parameters, (unsigned long)chunk.count * sizeof(float));
    o->kernels->network_update(&network, &chunk, p->values + start, memory->scratch);
    for (long i = 0; i < chunk.count; i++) p->values[start + i] -= rate * decay * before[i];
  }
}

int lopt_step(const lopt_optimizer *o, const struct lopt_parameters *parameters, long tensors, float rate,
              float decay) {
  if (tensors < 0 || (tensors > 0 && !parameters)) return -1;
  for (long i = 0; i < tensors; i++) {
    const struct lopt_parameters *p = &parameters[i];
    if (p->count < 0 || p->step < 0 || (p->count > 0 && !(p->values && p->gradient && p->moments))) return -1;
  }
  struct memory memory;
  if (!allocate(o, &memory)) return -1;
  for (long i = 0; i < tensors; i++)
    if (parameters[i].count > 0) step(o, &parameters[i], rate, decay, &memory);
  free(memory.all);
  return 0;
}
