// The page: login, journal, faults, state and clock, what this is, and which section is shown.

import { logIn, make, mock, say, session } from "./calls.js";
import { showJob, showTasks } from "./jobs.js";
import { cells, complain, doing, table } from "./widgets.js";

const main = document.getElementById("main");

// --- login and theme -------------------------------------------------------------------------------------------------

function showLogin() {
  const place = document.getElementById("login");
  if (session.token) {
    place.replaceChildren(make("span", { className: "soft" }, `logged in as ${session.user} `),
      make("button", { type: "button", onclick: () => { session.token = null; showLogin(); route(); } }, "Log out"));
    return;
  }
  const user = make("input", { name: "user", value: "admin", "aria-label": "User", autocomplete: "username" });
  const password = make("input", { name: "password", type: "password", value: "mock", "aria-label": "Password",
                                   autocomplete: "current-password" });
  place.replaceChildren(make("form", { onsubmit: doing(async () => {
    await logIn(user.value, password.value);
    showLogin();
    route();
  }) }, user, password, make("button", { className: "main" }, "Log in")));
}

const THEMES = ["auto", "light", "dark"];
function setTheme(name) {
  const button = document.getElementById("theme");
  button.textContent = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" }[name];
  localStorage.setItem("theme", name);
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
}
const theme = () => localStorage.getItem("theme") ?? "auto";
document.getElementById("theme").onclick = () => setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % 3]);

// --- journal ---------------------------------------------------------------------------------------------------------

async function showJournal(place) {
  const own = make("input", { type: "checkbox", onchange: () => draw() });
  const only = make("input", { type: "checkbox", onchange: () => draw() });
  const words = make("input", { type: "search", placeholder: "path, status, user …", "aria-label": "Filter", oninput: () => draw() });
  const rows = make("div");
  let entries = [];
  const draw = () => {
    const kept = entries.filter((entry) => (own.checked || !entry.from_page) && (!only.checked || odd(entry)) && mentions(entry, words.value));
    rows.replaceChildren(table(["#No.", "Status", "Request", "User", "#Bytes"], kept.slice(-200).reverse().map(journalLine),
      "Nobody has asked anything yet."));
  };
  const load = async () => { entries = await mock("GET", "requests?last=300"); draw(); };
  place.replaceChildren(make("section", { className: "card" }, make("h2", {}, "Journal"),
    make("div", { className: "row" }, words, make("label", {}, only, "only remarks and errors"), make("label", {}, own, "requests of this page too")),
    rows));
  await load();
  const timer = setInterval(() => load().catch(() => {}), 1000);
  return () => clearInterval(timer);
}

function odd(entry) { return entry.status >= 400 || entry.warnings.length > 0; }

function mentions(entry, words) {
  const text = `${entry.method} ${entry.path} ${entry.status} ${entry.user} ${entry.operation}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function journalLine(entry) {
  const query = entry.query.map(([name, value]) => `${name}=${value}`).join("&");
  const kind = entry.status === 0 ? "soft" : entry.status >= 400 ? "bad" : "good";
  const near = entry.near.length ? [`no such endpoint; near ones: ${entry.near.join(", ")}`] : [];
  const remarks = [...entry.warnings.map((remark) => `${remark.code}: ${remark.text}`), ...near];
  return cells(entry.number, make("span", { className: kind }, entry.status || "…"),
    make("td", { className: "path" }, `${entry.method} ${entry.path}${query && "?"}${query}`,
      remarks.map((text) => make("span", { className: "remark" }, text))),
    entry.user || "–", entry.response_bytes);
}

// --- faults ----------------------------------------------------------------------------------------------------------

async function showFaults(place) {
  const { effects } = await mock("GET", "");
  const match = make("input", { value: "*", required: true });
  const effect = make("select", { onchange: () => offer() }, Object.keys(effects).map((name) => make("option", { value: name }, name)));
  const nth = make("input", { type: "number", min: 1, value: 1 });
  const times = make("input", { type: "number", min: 0, value: 1 });
  const options = make("div", { className: "row" });
  const offer = () => options.replaceChildren(...Object.entries(effects[effect.value].options).map(([name, value]) =>
    make("label", { className: "field" }, name, make("input", { type: "number", min: 0, step: "any", value, name }))));
  const list = make("div");
  const load = async () => {
    const faults = await mock("GET", "faults");
    list.replaceChildren(table(["Match", "Effect", "#From the nth", "#Times", "#Seen", "#Done"], faults.map((fault) =>
      cells(fault.match, fault.effect, fault.nth ?? 1, fault.times || "no end", fault.seen, fault.done)), "No faults are on order."));
  };
  const order = doing(async () => {
    const parameters = Object.fromEntries([...options.querySelectorAll("input")].map((input) => [input.name, Number(input.value)]));
    await mock("POST", "faults", { match: match.value, effect: effect.value, parameters, when: { nth: Number(nth.value), times: Number(times.value) } });
    say(`${effect.value} is on order`);
    await load();
  });
  const field = (name, input) => make("label", { className: "field" }, name, input);
  place.replaceChildren(make("section", { className: "card" }, make("h2", {}, "Faults"),
    make("form", { onsubmit: order }, make("div", { className: "row" }, field("METHOD /path or operation", match),
      field("Effect", effect), field("From the nth", nth), field("Times, 0 for no end", times)), options,
      make("div", { className: "row" }, make("button", { className: "main" }, "Order"),
        make("button", { type: "button", onclick: doing(async () => { await mock("DELETE", "faults"); await load(); }) }, "Call all off")))),
    make("section", { className: "card" }, make("h2", {}, "On order"), list));
  offer();
  await load();
  const timer = setInterval(() => load().catch(() => {}), 1000);
  return () => clearInterval(timer);
}

// --- state and clock -------------------------------------------------------------------------------------------------

async function showState(place) {
  const counts = make("div");
  const time = make("p", { className: "mono" });
  const modes = ["instant", "manual", "real"];
  const mode = make("select", { "aria-label": "Mode", onchange: doing(async () => tell(await mock("POST", "clock", { mode: mode.value }))) },
    modes.map((name) => make("option", { value: name }, name)));
  const seconds = make("input", { type: "number", min: 0, value: 60, "aria-label": "Seconds" });
  const tell = (clock) => { time.textContent = clock.now; mode.value = clock.mode; };
  const load = async () => {
    const state = Object.entries(await mock("GET", "state")).filter(([, count]) => count);
    counts.replaceChildren(table(["Table", "#Records"], state.map(([name, count]) => cells(name.replaceAll("_", " "), count)), "Nothing is in it."));
  };
  const reset = doing(async () => { await mock("POST", "reset"); say("back to the seed"); await load(); });
  const file = make("input", { type: "file", "aria-label": "Snapshot to restore", onchange: doing(async () => {
    await mock("PUT", "snapshot", file.files[0]);
    say("the snapshot is restored");
    await load();
  }) });
  place.replaceChildren(make("div", { className: "columns" },
    make("section", { className: "card" }, make("h2", {}, "State"), counts,
      make("div", { className: "row" }, make("button", { type: "button", onclick: reset }, "Reset to the seed"),
        make("a", { href: "/_mock/snapshot", download: "mock.snapshot" }, "Save a snapshot")),
      make("label", { className: "field" }, "Restore a snapshot", file)),
    make("section", { className: "card" }, make("h2", {}, "Clock"), time,
      make("div", { className: "row" }, mode, seconds, make("button", { type: "button", onclick: doing(async () =>
        tell(await mock("POST", "clock", { advance: Number(seconds.value) }))) }, "Advance by seconds")),
      make("p", { className: "soft" }, "instant: imports and exports are done when they are first asked for. " +
        "manual: time stands still until it is advanced. real: they take their while."))));
  await load();
  tell(await mock("GET", "clock"));
}

// --- about -----------------------------------------------------------------------------------------------------------

async function showAbout(place) {
  const [{ calls }, coverage] = await Promise.all([mock("GET", ""), mock("GET", "coverage")]);
  const total = coverage.yes + coverage.partly + coverage.no;
  place.replaceChildren(make("div", { className: "columns" },
    make("section", { className: "card" }, make("h2", {}, "What this is"),
      make("p", {}, "A stand-in of CVAT's jobs API. It answers as a real server does, keeps its state in this process, " +
        "and can be put into any state, slowed down and broken on purpose."),
      make("p", {}, `It has ${coverage.yes} of ${total} operations, ${coverage.partly} more in part; ${coverage.no} answer 501.`),
      make("p", {}, make("a", { href: "/api/schema/?scheme=json" }, "Schema"), " · ", make("a", { href: "/api/swagger/" }, "Endpoints"),
        " · ", make("a", { href: "/_mock/coverage" }, "Coverage"), " · ", make("a", { href: "/_mock/" }, "Admin calls")),
      make("h3", {}, "Keys"),
      make("p", {}, make("kbd", {}, "1"), " to ", make("kbd", {}, "5"), " sections, ", make("kbd", {}, "←"), " ", make("kbd", {}, "→"),
        " frames, ", make("kbd", {}, "Page Up"), " ", make("kbd", {}, "Page Down"), " ten frames, ", make("kbd", {}, "Home"), " ",
        make("kbd", {}, "End"), " first and last.")),
    make("section", { className: "card" }, make("h2", {}, "Admin calls"), table(["Call", "Does"],
      calls.map((call) => cells(make("td", { className: "path" }, `${call.method} ${call.path}`), call.about)), ""))));
}

// --- shell -----------------------------------------------------------------------------------------------------------

const SECTIONS = { tasks: showTasks, journal: showJournal, faults: showFaults, state: showState, about: showAbout };

let turns = 0;
let leave;

// Show what the address says; what was asked for before and comes later is not seen.
async function route() {
  const turn = ++turns;
  leave?.();
  leave = undefined;
  const [name, id] = location.hash.slice(1).split("/");
  const current = name === "job" ? "tasks" : SECTIONS[name] ? name : "tasks";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${current}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const place = make("div");
  main.replaceChildren(place);
  let left;
  try {
    left = await (name === "job" && session.token ? showJob(place, Number(id)) : SECTIONS[current](place));
  } catch (error) { complain(error); }
  if (turn !== turns) { left?.(); return; }
  leave = left;
  document.body.dataset.shown = location.hash || "#tasks";
}

async function watch() {
  const health = await mock("GET", "health");
  document.getElementById("facts").textContent = `CVAT ${health.version}, dialect ${health.dialect}`;
  const count = document.getElementById("count");
  const refresh = async () => {
    const found = (await mock("GET", "requests?last=300")).filter((entry) => !entry.from_page && odd(entry)).length;
    count.textContent = found;
    count.hidden = !found;
    count.title = "requests with remarks or errors";
  };
  await refresh();
  setInterval(() => refresh().catch(() => {}), 2000);
}

document.addEventListener("keydown", (event) => {
  const link = document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`);
  if (link && !event.ctrlKey && !event.altKey && !event.metaKey && !event.target.closest("input, select, textarea")) link.click();
});
addEventListener("hashchange", () => { route(); main.focus({ preventScroll: true }); });
addEventListener("loggedout", showLogin);
setTheme(theme());
showLogin();
route();
watch().catch(complain);
