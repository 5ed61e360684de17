// Draws the course of the training, which /v1/history answers, as plots in SVG with one cursor for all.

import { linearTicks, logarithmicTicks, range, runningMean, timeTicks } from "./axes.js";
import { html, page, say, svg } from "./elements.js";
import { count, formats, isNumber, number } from "./numbers.js";

let axis = "time";
const eachAndMean = [["each outer-iteration", "dots"], ["running mean", "line"]];

/** One figure: a title, its series with their values, and a drawing. */
class Plot {
  /**
   * `title` is a text, or makes one of the history. `source` is a table of the history and its columns, each a name or
   * the names on the way to it; `series` are labels and CSS classes; a series without a column is the running mean.
   * `logarithmic`, `fromZero` and `whole` are of the vertical axis.
   */
  constructor({ title, unit = "", empty = "No outer-iteration yet.", source, series = eachAndMean, ...vertical }) {
    Object.assign(this, { unit, source, series, vertical, shown: null });
    this.titleOf = typeof title === "string" ? () => title : title;
    this.heading = html("h3");
    this.when = html("p", { class: "when" });
    this.values = series.map(() => html("b"));
    const keys = series.map(([label, kind], index) => html("span", {},
      svg("svg", { viewBox: "0 0 20 12", "aria-hidden": "true" },
        svg("path", { class: kind, d: kind === "dots" ? "M4 8h0M10 3h0M16 7h0" : "M1 6H19" })),
      label, this.values[index]));
    this.drawing = svg("svg", { class: "plot", role: "img", tabindex: "0" });
    this.empty = html("p", { class: "empty" }, empty);
    page.plots.append(html("figure", {},
      html("figcaption", {}, this.heading, this.when, html("p", { class: "keys" }, ...keys)),
      this.drawing, this.empty));
    this.set({});
    new ResizeObserver(() => this.draw()).observe(this.drawing);
    this.drawing.onpointermove = this.drawing.onpointerdown = (event) => this.point(event);
    this.drawing.onpointerleave = this.drawing.onblur = () => showAll(null);
    this.drawing.onkeydown = (event) => this.press(event);
  }

  set(history) {
    say(this.heading, this.titleOf(history));
    const [table, ...names] = this.source;
    const { outer_iteration: iterations = [], time: times = [], ...columns } = history[table] ?? {};
    const scale = this.vertical.logarithmic ? Math.log10 : Number;
    const find = (path) => [path].flat().reduce((within, key) => within?.[key], columns) ?? [];
    const measured = names.map((name) => find(name).map((value) =>
      (isNumber(value) && isNumber(scale(value)) ? value : null)));
    this.columns = this.series.map((_, index) => (measured[index] ?? runningMean(runningMean(measured[0])))
      .map((value) => (value === null ? null : scale(value))));
    this.rows = [...iterations.keys()].filter((row) => this.columns.some((column) => isNumber(column[row])));
    this.iterations = iterations;
    this.times = times;
    this.empty.hidden = this.rows.length > 0;
    this.drawing.toggleAttribute("hidden", !this.rows.length);
    this.drawing.classList.toggle("many", this.rows.length > 1000);
    this.draw();
  }

  value(index, row) {
    const value = this.columns[index][row];
    const { logarithmic, whole } = this.vertical;
    return `${(whole ? count : number)(isNumber(value) && logarithmic ? 10 ** value : value)}${this.unit}`;
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.drawing;
    if (!this.rows.length || width < 99) return this.show();
    this.positions = axis === "time" ? this.times : this.iterations;
    const places = this.rows.map((row) => this.positions[row]);
    let [left, right] = [Math.min(...places), Math.max(...places)];
    if (left === right) [left, right] = [left - 1, right + 1];
    const { logarithmic, fromZero, whole } = this.vertical;
    const ranges = this.columns.filter((column) => column.some(isNumber)).map(range);
    let low = Math.min(...ranges.map((each) => each[0]), fromZero ? 0 : Infinity);
    let high = Math.max(...ranges.map((each) => each[1]));
    const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    high += room;
    if (!fromZero) low -= room;

    const ticks = (logarithmic ? logarithmicTicks : linearTicks)(low, high, height > 200 ? 6 : 5, whole ? 1 : 0);
    const margin = 10 + 7 * Math.max(2, ...ticks.map(([, label]) => label.length));
    const bottom = this.bottom = height - 22;
    this.x = (value) => margin + ((value - left) / (right - left)) * (width - margin - 6);
    this.y = (value) => bottom - ((value - low) / (high - low)) * (bottom - 6);
    const parts = ticks.flatMap(([value, label]) => [
      svg("path", { class: "grid", d: `M${margin} ${Math.round(this.y(value))}H${width}` }),
      svg("text", { x: margin - 8, y: this.y(value) + 4, "text-anchor": "end" }, label),
    ]);
    const pieces = Math.max(2, Math.floor((width - margin) / 90));
    for (const [value, label] of (axis === "time" ? timeTicks : linearTicks)(left, right, pieces, 1)) {
      const x = this.x(value);
      parts.push(svg("path", { class: "grid", d: `M${Math.round(x)} ${bottom}v5` }));
      const isInside = Math.abs(x - width / 2) + label.length * 3.5 < width / 2 + 4;
      if (isInside) parts.push(svg("text", { x, y: height - 4, "text-anchor": "middle" }, label));
    }
    const clip = `clip-${plots.indexOf(this)}`;
    parts.push(svg("clipPath", { id: clip }, svg("rect", { x: margin - 3, width, height: bottom + 3 })));
    const curves = this.series.map(([, kind], index) => svg("path", { class: kind, d: this.path(index, kind) }));
    this.cursor = svg("g");
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.replaceChildren(...parts, svg("g", { "clip-path": `url(#${clip})` }, ...curves), this.cursor);
    const words = this.series.map(([label], at) =>
      `${label} ${this.value(at, this.rows[0])} to ${this.value(at, this.rows.at(-1))}`);
    this.drawing.ariaLabel = `${this.heading.textContent}: ${words.join(", ")}. Arrow keys read values.`;
    this.show();
  }

  /** A column as dots, or as a line that is broken where values are missing and where the daemon stood still. */
  path(index, kind) {
    const span = this.times[this.rows.at(-1)] - this.times[this.rows[0]];
    const pause = Math.max(30, (20 * span) / this.rows.length);
    let last = null;
    return this.rows.map((row) => {
      const value = this.columns[index][row];
      const goesOn = kind !== "dots" && last !== null && this.times[row] - this.times[last] < pause;
      last = isNumber(value) ? row : null;
      if (last === null) return "";
      const place = `${this.x(this.positions[row]).toFixed(1)} ${this.y(value).toFixed(1)}`;
      return goesOn ? `L${place}` : `M${place}h0`;
    }).join("");
  }

  nearest(distance) {
    return this.rows.reduce((best, row) => (distance(row) < distance(best) ? row : best));
  }

  point(event) {
    const x = event.clientX - this.drawing.getBoundingClientRect().left;
    this.when.removeAttribute("aria-live");
    showAll(this.positions[this.nearest((row) => Math.abs(this.x(this.positions[row]) - x))]);
  }

  press(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.rows.indexOf(this.row()) + step;
    this.when.ariaLive = "polite";
    showAll(this.positions[this.rows[Math.max(0, Math.min(this.rows.length - 1, at))]]);
  }

  /** The row under the cursor; without one, the last. */
  row() {
    if (this.shown === null) return this.rows.at(-1);
    return this.nearest((row) => Math.abs(this.positions[row] - this.shown));
  }

  show() {
    const isEmpty = !this.rows.length || !this.cursor;
    const row = isEmpty ? null : this.row();
    this.values.forEach((value, index) => say(value, isEmpty ? "" : this.value(index, row)));
    if (isEmpty) return say(this.when, "");
    const place = `outer-iteration ${count(this.iterations[row])}`;
    this.cursor.replaceChildren();
    if (this.shown === null) return say(this.when, `latest, ${place}`);
    say(this.when, `${place}, ${formats.full.format(this.times[row] * 1000)}`);
    const x = Math.round(this.x(this.positions[row]));
    this.cursor.append(svg("path", { class: "cursor", d: `M${x} 0V${this.bottom}` }));
    this.series.forEach(([, kind], index) => {
      const value = this.columns[index][row];
      if (isNumber(value)) this.cursor.append(svg("path", { class: `${kind} mark`, d: `M${x} ${this.y(value)}h0` }));
    });
  }
}

/** Puts the cursor of every plot at a position of the horizontal axis; of null, away. */
function showAll(position) {
  for (const plot of plots) {
    plot.shown = position;
    plot.show();
  }
}

/** The title of an evaluation, which says on what it was as soon as there is one. */
const evaluated = (what) => ({ evaluations }) => {
  const split = evaluations?.split?.at(-1);
  const suite = evaluations?.suite?.at(-1);
  if (suite) return `${what} by the suite ${suite}, ÷ Adam's`;
  return `${what}${split ? ` on ${split === "train" ? "new tasks of classes to train on" : split}` : ""}`;
};
const thetaAndAdam = [["θ", "line"], ["Adam", "line adam"]];

/** Every plot of the page, from top to bottom. */
const plots = [
  new Plot({ title: "Outer-loss", source: ["outer_iterations", "outer_loss"] }),
  new Plot({
    title: "Variance of the outer-gradient", source: ["outer_iterations", "variance"], logarithmic: true,
    empty: "No variance yet.",
  }),
  new Plot({
    title: evaluated("Evaluation"), source: ["evaluations", "loss", "adam_loss"],
    series: thetaAndAdam, empty: "No evaluation yet: set evaluation.every.",
  }),
  new Plot({
    title: "Inner steps", unit: " /s", source: ["outer_iterations", "inner_steps_per_second"], fromZero: true,
  }),
  new Plot({
    title: "Curriculum K, in inner steps", source: ["outer_iterations", "truncation"],
    series: [["K", "line"]], fromZero: true, whole: true,
  }),
];

/** A plot more for each name of `losses` that is not among `names` yet. */
function addPlots(losses, names, options) {
  for (const name of Object.keys(losses ?? {}).filter((each) => !names.has(each)).sort()) {
    names.add(name);
    plots.push(new Plot(options(name)));
  }
}

/**
 * Plots for each of several problems, which the history names, and for each row of a suite. A problem that no classes are
 * kept apart for has no evaluation.
 */
const trained = new Set(), judged = new Set();
function addProblems({ outer_iterations, evaluations }) {
  addPlots(outer_iterations.outer_losses, trained, (name) => ({
    title: `Outer-loss of ${name}`, source: ["outer_iterations", ["outer_losses", name]],
  }));
  addPlots(evaluations?.losses, judged, (name) => ({
    title: trained.has(name) ? evaluated(`Evaluation of ${name}`) : `Evaluation of ${name}`,
    source: ["evaluations", ["losses", name], ["adam_losses", name]], series: thetaAndAdam,
  }));
}

/** Draws a history. */
export function showHistory(history) {
  addProblems(history);
  plots.forEach((plot) => plot.set(history));
}

page.axis.onchange = (event) => {
  axis = event.target.value;
  showAll(null);
  plots.forEach((plot) => plot.draw());
};
