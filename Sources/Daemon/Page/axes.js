// Prepares what a plot draws: the ticks of its axes, as [value, label] pairs between two ends, and of a column of
// values the running mean and the range.

import { formats, isNumber, powerOfTen } from "./numbers.js";

/** The round step (1, 2 or 5 times a power of ten) that cuts a span in at most so many pieces. */
function roundStep(span, pieces) {
  const power = 10 ** Math.floor(Math.log10(span / pieces));
  return [1, 2, 5, 10].find((factor) => factor * power * pieces >= span * 0.999) * power;
}
/** The ticks of a linear axis, at least `least` apart. */
export function linearTicks(low, high, pieces, least = 0) {
  const step = Math.max(roundStep(high - low, pieces), least);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high; index += 1) {
    const value = index * step + 0;
    ticks.push([value, value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })]);
  }
  return ticks;
}
/** The ticks of an axis of decimal logarithms: powers of ten, with 2 and 5 times them where they are few. */
export function logarithmicTicks(low, high, pieces) {
  const ticks = [];
  const stride = Math.ceil((high - low) / pieces);
  for (let exponent = Math.floor(low); exponent <= high; exponent += 1) {
    for (const factor of high - low < 1.5 ? [1, 2, 5] : [1]) {
      const value = exponent + Math.log10(factor);
      if (exponent % stride || value < low || value > high) continue;
      ticks.push([value, (factor > 1 ? `${factor}·` : "") + powerOfTen(exponent)]);
    }
  }
  return ticks;
}
/** The ticks of an axis of seconds since 1970, in the browser's time zone. */
export function timeTicks(low, high, pieces) {
  const step = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200]
    .find((each) => each * pieces >= high - low) ?? Math.ceil((high - low) / 86400 / pieces) * 86400;
  const offset = new Date(low * 1000).getTimezoneOffset() * 60;
  const ticks = [];
  for (let value = Math.ceil((low - offset) / step) * step + offset; value <= high; value += step) {
    const label = (step < 60 ? formats.second : formats.minute).format(value * 1000);
    ticks.push([value, label === "00:00" ? formats.day.format(value * 1000) : label]);
  }
  return ticks;
}

/** The mean of the values around each; null where there is none. */
export function runningMean(values) {
  const reach = Math.max(1, Math.round(values.length / 60));
  return values.map((value, index) => {
    const around = values.slice(Math.max(0, index - reach), index + reach + 1).filter(isNumber);
    return value === null ? null : around.reduce((sum, each) => sum + each, 0) / around.length;
  });
}
/** All values but the rarest extremes, so that an outlier does not flatten the rest. */
export function range(values) {
  const sorted = values.filter(isNumber).sort((one, other) => one - other);
  const cut = Math.floor(sorted.length * 0.005);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}
