"""The update of the learned optimizer in double precision, number by number, to compare ``lopt.numpy`` with.

The two share nothing: this goes parameter by parameter through plain Python floats.
"""

import math

EPSILON_OF_NORMALISATION = 1e-5
EPSILON_OF_RMS = 1e-6
EPSILON_OF_SCALE = 1e-9


def update(architecture, weights, u, g, m, v, step, rate=1.0, weight_decay=0.0):
    """The lists u, m and v after a step. u and g are lists of numbers, m and v lists of such lists by beta."""
    u, g = [float(x) for x in u], [float(x) for x in g]
    m, v = list(m), list(v)
    count, betas = len(u), architecture.betas
    for b, (beta, rest) in enumerate(zip(betas, architecture.rests, strict=True)):
        m[b] = [beta * float(m[b][i]) + rest * g[i] for i in range(count)]
        v[b] = [beta * float(v[b][i]) + rest * g[i] * g[i] for i in range(count)]
    if count == 0:
        return u, m, v

    has_momentum, has_rms = "momentum" in architecture.features, "rms" in architecture.features

    def inputs_of(i):
        inverse = [1 / math.sqrt(row[i] + EPSILON_OF_RMS) for row in v]
        found = [g[i]]
        if has_momentum and has_rms:
            found += [m[b][i] * inverse[b] for b in range(len(betas))]
        found.append(u[i])
        if has_momentum:
            found += [row[i] for row in m]
        if has_rms:
            found += [row[i] for row in v] + inverse
        return found

    inputs = [inputs_of(i) for i in range(count)]
    divisors = []
    for k in range(len(inputs[0])):
        is_raw = architecture.raw_momentum and 1 <= k <= len(betas)
        mean = math.fsum(x[k] * x[k] for x in inputs) / count
        divisors.append(1.0 if is_raw else math.sqrt(EPSILON_OF_NORMALISATION + mean))
    time = step if architecture.time_frozen_at is None else min(step, architecture.time_frozen_at)
    times = [math.tanh(time / scale - 1) for scale in architecture.time_scales if "time" in architecture.features]
    scale = 1.0
    if architecture.scale_by_rms:
        scale = math.sqrt(math.fsum(x * x for x in u) / count + EPSILON_OF_SCALE)

    after = []
    for i in range(count):
        x = [value / divisor for value, divisor in zip(inputs[i], divisors, strict=True)] + times
        d, s = network(architecture, weights, x)
        exponent = min(max(architecture.lambda2 * s, -87.0), 88.0)
        delta = architecture.lambda1 * scale * d * math.exp(exponent)
        after.append(u[i] - rate * (delta + weight_decay * u[i]))
    return after, m, v


def network(architecture, weights, x):
    """The two outputs for the inputs of one parameter. The weights are flat: layer by layer [in, out], then [out]."""
    widths = [len(x)] + architecture.hidden_layers * [architecture.hidden_units] + [2]
    position = 0
    for layer in range(len(widths) - 1):
        inputs, outputs = widths[layer], widths[layer + 1]
        bias = position + inputs * outputs
        z = [
            float(weights[bias + j])
            + math.fsum(x[i] * float(weights[position + i * outputs + j]) for i in range(inputs))
            for j in range(outputs)
        ]
        x = z if layer == len(widths) - 2 else [max(value, 0.0) for value in z]
        position = bias + outputs
    assert position == len(weights)
    return x
