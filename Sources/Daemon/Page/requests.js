// Sends the page's requests: with the token, where there is one, and with an end to waiting.

/** The token that goes with every request; null where none is known. */
export let token = sessionStorage.getItem("lopt-token");

/** Keeps a token for as long as the tab lives; null forgets the one that was kept. */
export function keepToken(given) {
  token = given;
  if (token === null) sessionStorage.removeItem("lopt-token");
  else sessionStorage.setItem("lopt-token", token);
}

/** Answers a GET within `patience` milliseconds; throws the daemon's words, with `status`, where it refuses. */
export async function get(path, patience = 10_000) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, { cache: "no-cache", headers, signal: AbortSignal.timeout(patience) });
  if (response.ok) return response;
  const { error = response.statusText } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(`${path} is answered ${response.status}: ${error}`), { status: response.status });
}
/** Answers a GET of JSON with its value. */
export const ask = async (path) => (await get(path)).json();
