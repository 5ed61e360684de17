// Lists the snapshots of θ, which /v1/snapshots answers, with their ages, and downloads them.

import { html, page, say } from "./elements.js";
import { ago, count, formats, kibibytes } from "./numbers.js";
import { get, token } from "./requests.js";

/** What the daemon has, the newest first. */
let snapshots = [];

export function showSnapshots(answer) {
  if (JSON.stringify(snapshots) === JSON.stringify(answer.snapshots)) return;
  snapshots = answer.snapshots;
  listSnapshots();
}

/** Fills the table with the newest, so many of them at most. */
function listSnapshots(atMost = 12) {
  // What is kept for a reason stays in sight, however old it is.
  const rows = snapshots.filter((each, index) => index < atMost || each.best || each.pinned);
  page.rows.replaceChildren(...rows.map(tableRow));
  page.table.hidden = !rows.length;
  page.noSnapshots.hidden = rows.length > 0;
  page.more.hidden = rows.length === snapshots.length;
  say(page.more, `Show all ${count(snapshots.length)}`);
  showRoles();
  showAges();
}
page.more.onclick = () => listSnapshots(Infinity);

/** Links to what most people come for. The average is the better one, where the run keeps it. */
function showRoles() {
  const roles = [
    ["best", snapshots.find(({ best }) => best)],
    ["newest average", snapshots.find(({ name }) => name.startsWith("average-"))],
    ["newest θ", snapshots.find(({ name }) => name.startsWith("theta-"))],
  ].filter(([, snapshot]) => snapshot);
  page.roles.replaceChildren(...roles.map(([words, { name }]) => link(name, words)));
}

/** A link that saves a snapshot. */
function link(name, words = name) {
  const made = html("a", { href: `/v1/snapshots/${encodeURIComponent(name)}`, download: name, title: name }, words);
  made.onclick = download;
  return made;
}

function tableRow({ name, step, created, size, best, pinned }) {
  const badges = [...(best ? ["best"] : []), ...(pinned ? ["pinned"] : [])];
  return html("tr", {}, html("td", {}, link(name), ...badges.map((each) => html("span", { class: each }, each))),
    html("td", { class: "number wide" }, count(step)),
    html("td", {}, html("time", { datetime: created, title: formats.full.format(new Date(created)) })),
    html("td", { class: "number" }, kibibytes(size)));
}
/** Says how long ago each snapshot was written, as of now. */
export function showAges() {
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
