/** The page on which a statement's proof is verified: takes files or fetches them, shows each step. */

import { isProof, read, Unreadable, verify } from "./verify-proof.js";

const page = document.querySelector("[data-verify]");
const [status, list] = ["status", "checks"].map((name) => page.querySelector(`[data-${name}]`));

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function say(text, kind) {
  status.textContent = text;
  status.className = `notice blocked ${kind}`;
  status.hidden = false;
}

function show({ right, faults, steps }) {
  const item = document.createElement("li");
  if (faults.length) {
    item.append(element("strong", page.dataset.wrong, "badge bad"));
    for (const fault of faults) item.append(element("p", fault));
  } else item.append(element("strong", page.dataset.right, "badge attributed"), ` ${right}`);
  if (steps.length) item.append(trace(steps));
  list.append(item);
}

function trace(steps) {
  const more = document.createElement("details");
  more.className = "more";
  more.append(element("summary", page.dataset.steps));
  const path = document.createElement("ol");
  for (const { low, high, left, right, hash } of steps) {
    path.append(element("li", `${low}–${high - 1n}: ${left} + ${right} → ${hash}`, "hash"));
  }
  more.append(path);
  return more;
}

async function check(files) {
  list.replaceChildren();
  say(page.dataset.working, "");
  try {
    const [proof, ...others] = files.map(([path, bytes]) => [path, read(path, bytes)]);
    if (!isProof(proof[1])) throw new Unreadable(page.dataset.noproof);
    const found = await verify(proof[1], Object.fromEntries(others));
    found.forEach(show);
    const isRight = found.every(({ faults }) => !faults.length);
    const said = isRight ? (others.length ? "proved" : "alone") : "unproved";
    say(page.dataset[said], isRight ? "" : "bad");
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    say(error.message, "bad");
  }
}

async function chosen(input) {
  return Promise.all([...input.files].map(async (file) => [file.name, await file.arrayBuffer()]));
}

async function fetched(link) {
  const answer = await fetch(link.href, { credentials: "same-origin" });
  if (!answer.ok) throw new Unreadable(`${link.textContent}: ${answer.status}`);
  return [link.textContent, await answer.arrayBuffer()];
}

if (globalThis.crypto?.subtle) {
  const form = page.querySelector("form");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [proofs, roots] = [form.elements.proof, form.elements.roots];
    await check([...(await chosen(proofs)), ...(await chosen(roots))]);
  });
  const own = page.querySelector("[data-own]");
  if (own) {
    own.hidden = false;
    own.addEventListener("click", async () => {
      try {
        await check(await Promise.all([...page.querySelectorAll("[data-file]")].map(fetched)));
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        say(error.message, "bad");
      }
    });
  }
}
