/**
 * JSON as proofs need it: whole numbers exact (BigInt), every name once in a record, text well
 * formed. `JSON.parse` rounds numbers above 2^53 and keeps the last of two names, so that what is
 * shown and what was hashed could differ.
 */

const DEEPEST = 16;
const NUMBER = /-?(?:0|[1-9]\d*)(?![\d.eE])/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS = { null: null, true: true, false: false };
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** The value of a JSON text; throws a SyntaxError where it is none, or has a fraction. */
export function parse(text) {
  let at = 0;

  function match(pattern) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found ? found[0] : null;
  }

  function fail() {
    throw new SyntaxError(`not understood at character ${at + 1}`);
  }

  function take(sign) {
    match(SPACE);
    if (text[at] !== sign) return false;
    at += 1;
    match(SPACE);
    return true;
  }

  function string() {
    const value = match(TEXT) ?? fail();
    const read = JSON.parse(value);
    return LONE.test(read) ? fail() : read;
  }

  function record(depth) {
    const found = new Map();
    if (take("}")) return Object.fromEntries(found);
    do {
      match(SPACE);
      const name = string();
      if (found.has(name)) throw new SyntaxError(`"${name}" stands twice in one record`);
      if (!take(":")) fail();
      found.set(name, value(depth));
    } while (take(","));
    if (!take("}")) fail();
    return Object.assign(Object.create(null), Object.fromEntries(found));
  }

  function list(depth) {
    const found = [];
    if (take("]")) return found;
    do found.push(value(depth));
    while (take(","));
    if (!take("]")) fail();
    return found;
  }

  function value(depth) {
    if (depth > DEEPEST) fail();
    match(SPACE);
    if (take("{")) return record(depth + 1);
    if (take("[")) return list(depth + 1);
    if (text[at] === '"') return string();
    const number = match(NUMBER);
    if (number !== null) return BigInt(number);
    for (const [word, meaning] of Object.entries(WORDS)) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    return fail();
  }

  const read = value(0);
  match(SPACE);
  return at === text.length ? read : fail();
}
