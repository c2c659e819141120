/** What the player says: the sentences stand in the page, in its reader's language. */

/** A sentence with its places filled: "Playing: {name}". */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** Seconds with one decimal, as the page's language writes them. */
export function inTenths(seconds) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false };
  return seconds.toLocaleString(document.documentElement.lang || "en", digits);
}
