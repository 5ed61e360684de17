// Writes numbers and times as the page shows them.

export const isNumber = Number.isFinite;
/** A whole number with commas; a dash where there is none. */
export const count = (value) => (isNumber(value) ? Math.round(value).toLocaleString("en") : "–");
/** 10⁻⁵ */
export const powerOfTen = (exponent) => `10${String(exponent).replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻")}`;
/** Four significant digits, fewer with a power of ten: 2.013, 12,345, 3.1·10⁻⁵. */
export function number(value) {
  const size = Math.abs(value);
  if (!isNumber(value) || (size >= 1000 && size < 1e6)) return count(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return value.toPrecision(4);
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits}·${powerOfTen(Number(exponent))}`;
}
export const kibibytes = (size) => `${(size / 1024).toLocaleString("en", { maximumFractionDigits: 1 })} KiB`;

const clock = (options) => new Intl.DateTimeFormat("en-GB", options);
const minutes = { hour: "2-digit", minute: "2-digit" };
const seconds = { ...minutes, second: "2-digit" };
const days = { day: "numeric", month: "short" };
/** The formats of a point in time, by the finest that they tell. */
export const formats = {
  minute: clock(minutes), second: clock(seconds), day: clock(days), full: clock({ ...days, ...seconds }),
};
/** "3 min ago" */
export function ago(date) {
  const passed = (Date.now() - new Date(date)) / 1000;
  if (!(passed >= 10)) return passed < 10 ? "just now" : "";
  const [length, unit] = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].find((each) => passed >= each[0]);
  return `${Math.floor(passed / length)} ${unit} ago`;
}
