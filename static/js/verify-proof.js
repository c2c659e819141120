/**
 * Verifies a statement's proof as `verify_statement.py` does, check for check, with the browser's
 * own SHA-256. docs/concepts/proof.md specifies the bytes. Knows no page and fetches nothing.
 */

import { parse } from "./exact-json.js";

const PROOF_FORMAT = "tantieme statement proof 1";
const ROOTS_FORMAT = "tantieme roots 1";
const ROOT = "contract first_day last_day leaf_count root_sha256 chain_sha256".split(" ");
const STATEMENT =
  "payee contract first_day last_day version currency amounts_atoms salt commitment".split(" ");
const LINE = (
  "kind generation uses piece_revenue_atoms track share_parts share_whole right ownership_ppm" +
  " atoms salt commitment"
).split(" ");
const PLACE = ["first_leaf", "leaf_count", "hashes"];
const TEXTS = new Set("payee contract currency kind right generation track".split(" "));
const MAY_BE_ABSENT = new Set(
  "generation uses piece_revenue_atoms track share_parts share_whole ownership_ppm".split(" "),
);
const DAYS = new Set(["first_day", "last_day"]);
const HASHES = new Set(["salt", "commitment", "root_sha256", "chain_sha256"]);
const LARGEST = 2n ** 63n;
const AT_ONCE = 512; // hashes that the browser computes side by side
const STEPS_SHOWN = 64;

/** A file that is not what it should be; the message says where. */
export class Unreadable extends Error {}

// --- The bytes that are hashed ---

const encoder = new TextEncoder();

function record(...values) {
  const parts = values.map((value) => {
    if (value === null || value === undefined) return encoder.encode("-,");
    const content = encoder.encode(String(value));
    return joined(encoder.encode(`${content.length}:`), content, encoder.encode(","));
  });
  return joined(...parts);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function byCodePoint([first], [second]) {
  const [a, b] = [Array.from(first), Array.from(second)];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    if (a[at] !== b[at]) return a[at].codePointAt(0) - b[at].codePointAt(0);
  }
  return a.length - b.length;
}

function statementRecord(said, lineCount) {
  const amounts = Object.entries(said.amounts_atoms).sort(byCodePoint).flat();
  const whose = [said.payee, said.contract, said.first_day, said.last_day];
  return record("statement", ...whose, said.version, said.currency, lineCount, ...amounts);
}

function lineRecord(line, said) {
  const piece = [line.generation, line.uses, line.piece_revenue_atoms];
  const share = [line.track, line.share_parts, line.share_whole, line.right];
  const owned = [said.payee, line.ownership_ppm, line.atoms, said.currency];
  return record("line", line.kind, ...piece, ...share, ...owned);
}

async function commitment(salt, content) {
  return toHex(await sha256(joined(Uint8Array.of(0), fromHex(salt), content)));
}

async function chained(root, previous) {
  const days = [root.contract, root.first_day, root.last_day];
  return toHex(await sha256(record("root", ...days, root.leaf_count, root.root_sha256, previous)));
}

/** The root over some leaves in a row and the hashes of all the rest; null if those do not fit. */
async function rootOfRange(leaves, first, leafCount, hashes, steps) {
  const end = first + BigInt(leaves.length);
  let used = 0;

  async function subtree(low, high) {
    if (high <= first || end <= low) {
      if (used === hashes.length) throw new RangeError("too few hashes");
      used += 1;
      return hashes[used - 1];
    }
    if (high - low === 1n) return leaves[Number(low - first)];
    let half = 1n;
    while (half * 2n < high - low) half *= 2n;
    const left = await subtree(low, low + half);
    const right = await subtree(low + half, high);
    const node = await sha256(joined(Uint8Array.of(1), left, right));
    steps.push({ low, high, left: toHex(left), right: toHex(right), hash: toHex(node) });
    if (steps.length > 2 * STEPS_SHOWN) steps.splice(0, STEPS_SHOWN);
    return node;
  }

  try {
    const root = await subtree(0n, leafCount);
    return used === hashes.length ? root : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

// --- What is checked: each check gives a sentence for each fault ---

function name(number, line) {
  return `Line ${number} (piece ${line.generation ?? "None"}, track ${line.track ?? "None"})`;
}

async function wrongCommitments({ statement: said, lines }) {
  const faults = [];
  const head = await commitment(said.salt, statementRecord(said, lines.length));
  if (head !== said.commitment) {
    faults.push("The statement's figures, or how many lines it has, are not what was committed to.");
  }
  for (let start = 0; start < lines.length; start += AT_ONCE) {
    const some = lines.slice(start, start + AT_ONCE);
    const found = await Promise.all(
      some.map((line) => commitment(line.salt, lineRecord(line, said))),
    );
    some.forEach((line, at) => {
      if (found[at] !== line.commitment) {
        faults.push(`${name(start + at + 1, line)} is not what was committed to.`);
      }
    });
  }
  return faults;
}

async function wrongRange(proof, steps) {
  const { proof: place, roots } = proof;
  const root = roots.at(-1);
  const leaves = [proof.statement, ...proof.lines].map((each) => fromHex(each.commitment));
  const faults = [];
  if (place.leaf_count !== root.leaf_count) {
    faults.push(`The proof is of ${place.leaf_count} leaves, the root of ${root.leaf_count}.`);
  }
  const last = place.leaf_count - BigInt(leaves.length);
  if (place.first_leaf < 0n || place.first_leaf > last) {
    faults.push(`${leaves.length} leaves from number ${place.first_leaf} on are not in the tree.`);
    return faults;
  }
  const { first_leaf: first, leaf_count: count } = place;
  const found = await rootOfRange(leaves, first, count, place.hashes.map(fromHex), steps);
  if (found === null) faults.push("The proof has too few hashes, or too many.");
  else if (toHex(found) !== root.root_sha256) {
    faults.push(`The lines lead to the root ${toHex(found)}, the period's is ${root.root_sha256}.`);
  }
  return faults;
}

function wrongSums({ statement, lines }) {
  const amounts = statement.amounts_atoms;
  const sums = { attributed: 0n, fallback: 0n, guarantee: 0n };
  for (const line of lines) {
    sums[Object.hasOwn(sums, line.kind) ? line.kind : "fallback"] += line.atoms;
  }
  const faults = [];
  for (const [kind, atoms] of Object.entries(sums)) {
    const said = amounts[kind] ?? 0n;
    if (atoms !== said) {
      faults.push(`The ${kind} lines sum to ${atoms} atoms, the statement says ${said}.`);
    }
  }
  const closing = Object.entries(amounts).reduce(
    (sum, [kind, atoms]) => (kind === "closing" ? sum : sum + atoms),
    0n,
  );
  if (closing !== amounts.closing) {
    faults.push(`The figures make ${closing} atoms, the statement closes with ${amounts.closing}.`);
  }
  return faults;
}

function wrongProducts({ lines }) {
  const faults = [];
  lines.forEach((line, at) => {
    const factors = [line.piece_revenue_atoms, line.share_parts, line.ownership_ppm];
    if (factors.includes(null) || line.share_whole === null) return; // of no one piece
    const whole = line.share_whole * 1_000_000n;
    const off = line.atoms * whole - factors.reduce((product, factor) => product * factor, 1n);
    if ((off < 0n ? -off : off) >= 3n * whole) {
      faults.push(`${name(at + 1, line)} is not its piece's revenue by the two shares.`);
    }
  });
  return faults;
}

async function wrongChain({ statement: said, roots }) {
  const faults = [];
  let previous = { last_day: "", chain_sha256: null };
  for (const root of roots) {
    const day = root.first_day;
    if (root.contract !== said.contract) {
      faults.push(`The root of ${day} is of another contract, ${root.contract}.`);
    }
    if (!(previous.last_day < day && day <= root.last_day)) {
      faults.push(`The root of ${day} is out of order.`);
    }
    if ((await chained(root, previous.chain_sha256)) !== root.chain_sha256) {
      faults.push(`The root of ${day} does not continue the chain before it.`);
    }
    previous = root;
  }
  if (previous.first_day !== said.first_day || previous.last_day !== said.last_day) {
    faults.push("The last root is not that of the statement's period.");
  }
  return faults;
}

function wrongElsewhere({ roots }, other) {
  const of = (root) => JSON.stringify([root.contract, root.first_day]);
  const theirs = new Map(other.roots.map((root) => [of(root), root]));
  const common = roots.filter((root) => theirs.has(of(root)));
  const faults = common.length ? [] : ["It names no root of this contract up to this period."];
  for (const root of common) {
    if (ROOT.some((field) => theirs.get(of(root))[field] !== root[field])) {
      faults.push(`It names another root for the period that begins on ${root.first_day}.`);
    }
  }
  return faults;
}

/**
 * Verifies a proof that `read` gave, against other files by their names.
 * Gives [{right, faults, steps}] in the order of the checks; all is right where no faults are.
 */
export async function verify(proof, others) {
  const { statement: said, lines, roots, proof: place } = proof;
  const root = roots.at(-1).root_sha256;
  const closing = `${said.amounts_atoms.closing} atoms ${said.currency}`;
  const steps = [];
  const found = [
    [`its figures and its ${lines.length} lines are what was committed to`, wrongCommitments(proof)],
    [
      `these are ${lines.length + 1} of the ${place.leaf_count} leaves under the root ${root}`,
      wrongRange(proof, steps),
    ],
    [`its lines sum to its figures, these to its closing ${closing}`, wrongSums(proof)],
    ["each amount is its piece's revenue by the two shares, rounded", wrongProducts(proof)],
    [`the root continues an unbroken chain, as number ${roots.length}`, wrongChain(proof)],
    ...Object.entries(others).map(([path, other]) => [
      `${path} names the same roots`,
      wrongElsewhere(proof, other),
    ]),
  ];
  const checks = [];
  for (const [right, faults] of found) checks.push({ right, faults: await faults, steps: [] });
  checks[1].steps = steps.slice(-STEPS_SHOWN);
  return checks;
}

// --- Reading: a file says exactly what is expected, or nothing is concluded from it ---

/** A proof or a list of roots, from the bytes of a file. */
export function read(path, bytes) {
  let content;
  try {
    content = parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Unreadable(`${path} cannot be read: ${error.message}`);
  }
  if (!isRecord(content) || ![PROOF_FORMAT, ROOTS_FORMAT].includes(content.format)) {
    throw new Unreadable(`${path} is neither a statement's proof nor a list of roots.`);
  }
  expectAll(`${path}, root`, content.roots, ROOT);
  if (content.format === PROOF_FORMAT) {
    expectAll(`${path}, line`, content.lines, LINE);
    expect(`${path}, statement`, content.statement, STATEMENT);
    expect(`${path}, proof`, content.proof, PLACE);
  }
  return content;
}

/** Whether what was read proves a statement, and is no mere list of roots. */
export function isProof(content) {
  return content.format === PROOF_FORMAT && content.roots.length > 0;
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function expectAll(where, values, names) {
  if (!Array.isArray(values)) throw new Unreadable(`${where}s: there is no list of them.`);
  values.forEach((value, at) => expect(`${where} ${at + 1}`, value, names));
}

function expect(where, value, names) {
  const isWhole =
    isRecord(value) &&
    Object.keys(value).length === names.length &&
    names.every((each) => Object.hasOwn(value, each));
  if (!isWhole) throw new Unreadable(`${where}: it should have exactly ${names.join(", ")}.`);
  for (const each of names) {
    if (!fits(each, value[each])) throw new Unreadable(`${where}: ${each} is not what it can be.`);
  }
}

function fits(field, value) {
  if (field === "hashes") {
    return Array.isArray(value) && value.every((each) => fits("commitment", each));
  }
  if (field === "amounts_atoms") {
    const needed = ["attributed", "fallback", "closing"];
    const isNamed = isRecord(value) && needed.every((each) => Object.hasOwn(value, each));
    return isNamed && Object.values(value).every((each) => fits("atoms", each));
  }
  if (typeof value === "string") {
    if (HASHES.has(field)) return /^[0-9a-f]{64}$/.test(value);
    if (DAYS.has(field)) return isDay(value);
    return TEXTS.has(field);
  }
  if (value === null) return MAY_BE_ABSENT.has(field);
  const isWord = TEXTS.has(field) || HASHES.has(field) || DAYS.has(field);
  return typeof value === "bigint" && -LARGEST < value && value < LARGEST && !isWord;
}

function isDay(value) {
  const day = new Date(`${value}T00:00:00Z`);
  const isWritten = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(day.getTime());
  return isWritten && day.toISOString().startsWith(value);
}
