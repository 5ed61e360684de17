// Asks the daemon for /v1/status, /v1/history and /v1/snapshots and shows the answers. What comes from the server only
// ever becomes text (textContent), never markup.

/** The page's elements by their ids. */
const page = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));

const html = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
function fill(element, attributes = {}, children) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
/** Sets text only where it differs, so that live regions speak once. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Numbers and times

const isNumber = Number.isFinite;
const count = (value) => (isNumber(value) ? Math.round(value).toLocaleString("en") : "–");
const powerOfTen = (exponent) => `10${String(exponent).replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻")}`;
/** Four significant digits, fewer with a power of ten: 2.013, 12,345, 3.1·10⁻⁵. */
function number(value) {
  const size = Math.abs(value);
  if (!isNumber(value) || (size >= 1000 && size < 1e6)) return count(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return value.toPrecision(4);
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits}·${powerOfTen(Number(exponent))}`;
}
const kibibytes = (size) => `${(size / 1024).toLocaleString("en", { maximumFractionDigits: 1 })} KiB`;

const clock = (options) => new Intl.DateTimeFormat("en-GB", options);
const minutes = { hour: "2-digit", minute: "2-digit" };
const seconds = { ...minutes, second: "2-digit" };
const days = { day: "numeric", month: "short" };
const formats = {
  minute: clock(minutes), second: clock(seconds), day: clock(days), full: clock({ ...days, ...seconds }),
};
/** "3 min ago" */
function ago(date) {
  const passed = (Date.now() - new Date(date)) / 1000;
  if (!(passed >= 10)) return passed < 10 ? "just now" : "";
  const [length, unit] = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].find((each) => passed >= each[0]);
  return `${Math.floor(passed / length)} ${unit} ago`;
}

// Axes

/** The round step (1, 2 or 5 times a power of ten) that cuts a span in at most so many pieces. */
function roundStep(span, pieces) {
  const power = 10 ** Math.floor(Math.log10(span / pieces));
  return [1, 2, 5, 10].find((factor) => factor * power * pieces >= span * 0.999) * power;
}
function linearTicks(low, high, pieces, least = 0) {
  const step = Math.max(roundStep(high - low, pieces), least);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high; index += 1) {
    const value = index * step + 0;
    ticks.push([value, value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })]);
  }
  return ticks;
}
/** Of an axis of decimal logarithms: powers of ten, with 2 and 5 times them where they are few. */
function logarithmicTicks(low, high, pieces) {
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
function timeTicks(low, high, pieces) {
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
function runningMean(values) {
  const reach = Math.max(1, Math.round(values.length / 60));
  return values.map((value, index) => {
    const around = values.slice(Math.max(0, index - reach), index + reach + 1).filter(isNumber);
    return value === null ? null : around.reduce((sum, each) => sum + each, 0) / around.length;
  });
}
/** All values but the rarest extremes, so that an outlier does not flatten the rest. */
function range(values) {
  const sorted = values.filter(isNumber).sort((one, other) => one - other);
  const cut = Math.floor(sorted.length * 0.005);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

// Plots

let axis = "time";
const eachAndMean = [["each outer-iteration", "dots"], ["running mean", "line"]];

/** One figure: a title, its series with their values, and a drawing. */
class Plot {
  /**
   * `source` is a table of the history and its columns, `series` are labels and CSS classes; a series without a column
   * is the running mean. `logarithmic`, `fromZero` and `whole` are of the vertical axis.
   */
  constructor({ title, unit = "", empty = "No outer-iteration yet.", source, series = eachAndMean, ...vertical }) {
    Object.assign(this, { title, unit, source, series, vertical, shown: null });
    this.when = html("p", { class: "when" });
    this.values = series.map(() => html("b"));
    const keys = series.map(([label, kind], index) => html("span", {},
      svg("svg", { viewBox: "0 0 20 12", "aria-hidden": "true" },
        svg("path", { class: kind, d: kind === "dots" ? "M4 8h0M10 3h0M16 7h0" : "M1 6H19" })),
      label, this.values[index]));
    this.drawing = svg("svg", { class: "plot", role: "img", tabindex: "0" });
    this.empty = html("p", { class: "empty" }, empty);
    page.plots.append(html("figure", {},
      html("figcaption", {}, html("h3", {}, title), this.when, html("p", { class: "keys" }, ...keys)),
      this.drawing, this.empty));
    this.set({});
    new ResizeObserver(() => this.draw()).observe(this.drawing);
    this.drawing.onpointermove = this.drawing.onpointerdown = (event) => this.point(event);
    this.drawing.onpointerleave = this.drawing.onblur = () => showAll(null);
    this.drawing.onkeydown = (event) => this.press(event);
  }

  set(history) {
    const [table, ...names] = this.source;
    const { outer_iteration: iterations = [], time: times = [], ...columns } = history[table] ?? {};
    const scale = this.vertical.logarithmic ? Math.log10 : Number;
    const measured = names.map((name) => (columns[name] ?? []).map((value) =>
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
    this.drawing.ariaLabel = `${this.title}: ${words.join(", ")}. Arrow keys read values.`;
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

const plots = [
  new Plot({ title: "Outer-loss", source: ["outer_iterations", "outer_loss"] }),
  new Plot({
    title: "Variance of the outer-gradient", source: ["outer_iterations", "variance"], logarithmic: true,
    empty: "No variance yet.",
  }),
  new Plot({
    title: "Evaluation on outer-validation", source: ["evaluations", "loss", "adam_loss"],
    series: [["θ", "line"], ["Adam", "line adam"]], empty: "No evaluation yet: set evaluation.every.",
  }),
  new Plot({
    title: "Inner steps", unit: " /s", source: ["outer_iterations", "inner_steps_per_second"], fromZero: true,
  }),
  new Plot({
    title: "Curriculum K, in inner steps", source: ["outer_iterations", "truncation"],
    series: [["K", "line"]], fromZero: true, whole: true,
  }),
];

page.axis.onchange = (event) => {
  axis = event.target.value;
  showAll(null);
  plots.forEach((plot) => plot.draw());
};

// Status

function showState(state, words, title = words) {
  page.state.className = state;
  say(page.state, words);
  document.title = `${title} · lopt-daemon`;
}

function showStatus(status) {
  const { alarms, evaluation_loss: theta, adam_loss: adam } = status;
  const word = status.paused ? "Paused" : "Training";
  const health = alarms.length === 1 ? "1 alarm" : `${alarms.length || "no"} alarms`;
  showState(alarms.length ? "alarm" : word.toLowerCase(), `${word}, ${health}`, `${number(status.outer_loss)} · ${status.problem}`);
  say(page.version, status.version);
  say(page.problem, status.problem);
  say(page.estimator, status.estimator);
  say(page.since, `Started ${formats.full.format(new Date(status.started))}, ${ago(status.started)}`);
  say(page.outerIteration, count(status.outer_iteration));
  say(page.outerLoss, number(status.outer_loss));
  say(page.innerSteps, number(status.inner_steps_per_second));
  say(page.threads, `on ${count(status.threads)} thread${status.threads === 1 ? "" : "s"}`);
  say(page.truncation, count(status.truncation));
  const lower = (1 - theta / adam) * 100;
  const against = `${Math.abs(lower).toFixed(1)} % ${lower < 0 ? "above" : "below"} Adam`;
  say(page.evaluation, number(theta));
  say(page.adam, isNumber(lower) ? against : isNumber(theta) ? "" : "none yet");
  say(page.snapshot, count(status.snapshot));
  showAges();
  if (page.alarms.textContent !== alarms.join("")) {
    page.alarms.replaceChildren(...alarms.map((alarm) => html("p", {}, alarm)));
  }
  page.alarms.hidden = !alarms.length;
}

// Snapshots

let snapshots = [];

function showSnapshots(answer) {
  if (JSON.stringify(snapshots) === JSON.stringify(answer.snapshots)) return;
  snapshots = answer.snapshots;
  listSnapshots();
}

function listSnapshots(atMost = 12) {
  // What is kept for a reason stays in sight, however old it is.
  const rows = snapshots.filter((each, index) => index < atMost || each.best || each.pinned);
  page.rows.replaceChildren(...rows.map(tableRow));
  page.table.hidden = !rows.length;
  page.noSnapshots.hidden = rows.length > 0;
  page.more.hidden = rows.length === snapshots.length;
  say(page.more, `Show all ${count(snapshots.length)}`);
  showAges();
}
page.more.onclick = () => listSnapshots(Infinity);

function tableRow({ name, step, created, size, best, pinned }) {
  const link = html("a", { href: `/v1/snapshots/${encodeURIComponent(name)}`, download: name }, name);
  link.onclick = download;
  const badges = [...(best ? ["best"] : []), ...(pinned ? ["pinned"] : [])];
  return html("tr", {}, html("td", {}, link, ...badges.map((each) => html("span", { class: each }, each))),
    html("td", { class: "number wide" }, count(step)),
    html("td", {}, html("time", { datetime: created, title: formats.full.format(new Date(created)) })),
    html("td", { class: "number" }, kibibytes(size)));
}
function showAges() {
  for (const time of page.rows.querySelectorAll("time")) say(time, ago(time.dateTime));
  say(page.snapshotAge, snapshots.length ? `written ${ago(snapshots[0].created)}` : "");
}

/** A link cannot carry a token: with one, the file is fetched and then saved. */
async function download(event) {
  if (!token) return;
  event.preventDefault();
  const { href, download: name } = event.target;
  try {
    say(page.download, `Fetching ${name} …`);
    const address = URL.createObjectURL(await (await get(href, 600_000)).blob());
    html("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    say(page.download, `${name} is saved`);
  } catch (error) {
    say(page.download, `${name} did not come: ${error.message}`);
  }
}

// Requests

let token = sessionStorage.getItem("lopt-token");
let timer;
let isAsking = false;
let lastHistory = -Infinity;
let lostSince = null;

async function get(path, patience = 10_000) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, { cache: "no-cache", headers, signal: AbortSignal.timeout(patience) });
  if (response.ok) return response;
  const { error = response.statusText } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(`${path} is answered ${response.status}: ${error}`), { status: response.status });
}
const ask = async (path) => (await get(path)).json();

/** One round: the status every 2 s, all else every 10 s; nothing while the tab is hidden or a token is missing. */
async function tick() {
  clearTimeout(timer);
  if (isAsking || document.hidden || !page.authentication.hidden) return;
  isAsking = true;
  try {
    showStatus(await ask("/v1/status"));
    if (performance.now() - lastHistory > 9_900) {
      const [history, list] = await Promise.all([ask("/v1/history"), ask("/v1/snapshots")]);
      plots.forEach((plot) => plot.set(history));
      showSnapshots(list);
      lastHistory = performance.now();
    }
    lostSince = null;
    page.failure.hidden = true;
    page.main.hidden = false;
    page.main.classList.remove("stale");
  } catch (error) {
    failed(error);
  }
  isAsking = false;
  timer = setTimeout(tick, 2_000);
}

function failed(error) {
  if (error.status === 401) return askForToken();
  lastHistory = -Infinity;
  page.failure.hidden = false;
  if (error.status) return say(page.failure, error.message);
  lostSince ??= new Date();
  showState("lost", "No answer");
  showAges();
  page.main.classList.add("stale");
  say(page.failure, `No answer since ${formats.second.format(lostSince)}; asking again every 2 s.`);
}

function askForToken() {
  say(page.tokenError, token ? "The daemon does not accept this token." : "");
  token = null;
  sessionStorage.removeItem("lopt-token");
  for (const id of ["failure", "alarms", "main"]) page[id].hidden = true;
  for (const id of ["estimator", "since", "version"]) say(page[id], "");
  say(page.problem, "Outer-training");
  showState("locked", "Locked");
  page.authentication.hidden = false;
  page.token.focus();
}
page.tokenForm.onsubmit = (event) => {
  event.preventDefault();
  const given = page.token.value.trim();
  if (!/^[!-~]+$/.test(given)) return say(page.tokenError, "A token has only printable ASCII characters.");
  token = given;
  sessionStorage.setItem("lopt-token", token);
  page.token.value = "";
  page.authentication.hidden = true;
  lastHistory = -Infinity;
  tick();
};

say(page.zone, Intl.DateTimeFormat().resolvedOptions().timeZone);
document.onvisibilitychange = tick;
tick();
