// Starts here: asks the daemon for /v1/status, /v1/history and /v1/snapshots in rounds, hands the answers to the
// modules that show them, says when none comes, and asks for a token where the daemon wants one.

import { page, say } from "./elements.js";
import { formats } from "./numbers.js";
import { showHistory } from "./plots.js";
import { ask, keepToken, token } from "./requests.js";
import { showAges, showSnapshots } from "./snapshots.js";
import { showState, showStatus } from "./status.js";

let timer;
let isAsking = false;
let lastHistory = -Infinity;
let lostSince = null;

/** One round: the status every 2 s, all else every 10 s; nothing while the tab is hidden or a token is missing. */
async function tick() {
  clearTimeout(timer);
  if (isAsking || document.hidden || !page.authentication.hidden) return;
  isAsking = true;
  try {
    showStatus(await ask("/v1/status"));
    if (performance.now() - lastHistory > 9_900) {
      const [history, list] = await Promise.all([ask("/v1/history"), ask("/v1/snapshots")]);
      showHistory(history);
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

/** Says what went wrong in a round, and leaves in sight what was known before. */
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
  keepToken(null);
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
  keepToken(given);
  page.token.value = "";
  page.authentication.hidden = true;
  lastHistory = -Infinity;
  tick();
};

say(page.zone, Intl.DateTimeFormat().resolvedOptions().timeZone);
document.onvisibilitychange = tick;
tick();
