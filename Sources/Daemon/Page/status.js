// Shows what /v1/status answers: in the page's header, in the numbers below it, and as alarms.

import { html, page, say } from "./elements.js";
import { ago, count, formats, isNumber, number } from "./numbers.js";
import { showAges } from "./snapshots.js";

/** Shows the state that the daemon is in, as words beside a mark of that CSS class, and a title on the tab. */
export function showState(state, words, title = words) {
  page.state.className = state;
  say(page.state, words);
  document.title = `${title} · lopt-daemon`;
}

export function showStatus(status) {
  const { alarms, evaluation_loss: theta, adam_loss: adam } = status;
  const word = status.paused ? "Paused" : "Training";
  const health = alarms.length === 1 ? "1 alarm" : `${alarms.length || "no"} alarms`;
  const title = `${number(status.outer_loss)} · ${status.problem}`;
  showState(alarms.length ? "alarm" : word.toLowerCase(), `${word}, ${health}`, title);
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
  const words = [isNumber(lower) && against, status.evaluation_split === "train" && "on classes to train on"];
  say(page.evaluation, number(theta));
  say(page.adam, isNumber(theta) ? words.filter(Boolean).join(", ") : "none yet");
  say(page.snapshot, count(status.snapshot));
  showAges();
  if (page.alarms.textContent !== alarms.join("")) {
    page.alarms.replaceChildren(...alarms.map((alarm) => html("p", {}, alarm)));
  }
  page.alarms.hidden = !alarms.length;
}
