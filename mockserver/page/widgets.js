// What all sections are made of: actions whose failures are said, and tables.

import { make, say, session } from "./calls.js";

// Run an action of a button or form; what goes wrong is said.
export function doing(action) {
  return async (event) => {
    event?.preventDefault?.();
    try { await action(event); } catch (error) { complain(error); }
  };
}

export function complain(error) {
  if (error.status === 401) {
    session.token = null;
    dispatchEvent(new Event("loggedout"));
  }
  say(error.message);
}

export function table(heads, rows, empty) {
  if (!rows.length) return make("p", { className: "soft" }, empty);
  const head = make("tr", {}, heads.map((name) => make("th", { scope: "col", className: name.startsWith("#") ? "number" : "" },
    name.replace("#", ""))));
  return make("div", { className: "scroll" }, make("table", {}, make("thead", {}, head), make("tbody", {}, rows)));
}

export function cells(...values) {
  return make("tr", {}, values.map((value) => value instanceof Node && value.tagName === "TD" ? value
    : make("td", { className: typeof value === "number" ? "number" : "" }, value)));
}
