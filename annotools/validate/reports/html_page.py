"""The fixed parts of the page: style, filter and script."""

from __future__ import annotations

_STYLE = """
:root { --ink: #1c2024; --dim: #5b6570; --paper: #fff; --panel: #f5f6f8; --line: #d9dde2;
  --error: #c62828; --warning: #a15c00; --info: #1565c0; --faint: #9aa4ae; --pair: #8e24aa }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --dim: #9aa4ae; --paper: #16191c; --panel: #1f2327;
  --line: #343a40; --error: #ff6b6b; --warning: #ffb454; --info: #64b5f6; --faint: #5b6570; --pair: #ce93d8 } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  padding: 1rem 1.5rem 4rem; max-width: 1100px }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; margin: 1.2rem 0 .8rem }
.cards { display: flex; gap: .8rem; flex-wrap: wrap }
.card { background: var(--panel); border-left: 4px solid; padding: .5rem 1rem; border-radius: 4px; min-width: 8rem }
.card b { font-size: 1.6rem; display: block; color: var(--ink) }
.error { color: var(--error) } .warning { color: var(--warning) } .info { color: var(--info) }
.summary { color: var(--dim); padding-left: 1.2rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--dim); font-weight: 500 } td:last-child { white-space: nowrap }
.n { text-align: right; font-variant-numeric: tabular-nums }
a { color: inherit } .tag { font-weight: 600; font-size: .85rem }
.filter { position: sticky; top: 0; background: var(--paper); padding: .6rem 0; display: flex; gap: 1rem;
  flex-wrap: wrap; align-items: center; border-bottom: 1px solid var(--line); z-index: 1 }
.filter input[type=search] { font: inherit; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: 4px;
  background: var(--panel); color: inherit; min-width: 16rem }
details.group { margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; padding: .3rem 1rem 0 }
summary { cursor: pointer; padding: .4rem 0 } p { margin: .2rem 0 } .about, .more { color: var(--dim) }
article { display: flex; gap: 1rem; padding: .7rem 0; border-top: 1px solid var(--line); min-width: 0 }
article > div { min-width: 0; overflow-wrap: anywhere } .drawing { flex: 0 0 244px } .drawing:empty { display: none }
.message { font-weight: 500 } .address { color: var(--ink) }
.place { color: var(--dim); font: .85rem ui-monospace, monospace }
svg { display: block; background: var(--panel); border: 1px solid var(--line) }
svg path, svg circle { fill: none; vector-effect: non-scaling-stroke }
.frame path { stroke: var(--faint); stroke-dasharray: 4 3; fill: var(--paper) } .faint path { stroke: var(--faint) }
.faint circle { fill: var(--faint) } .faint { opacity: .55 }
.pair path { stroke: var(--pair); stroke-width: 1.5 } .pair circle { fill: var(--pair) }
.shape path { stroke: var(--error); stroke-width: 2; fill: var(--error); fill-opacity: .12 }
.shape circle { fill: var(--error) }
.clean { font-size: 1.1rem } footer { color: var(--dim); margin-top: 3rem } [hidden] { display: none !important }
@media (max-width: 640px) { article { flex-direction: column } }
"""

_FILTER = """
<div class=filter role=search>
<label>Filter <input type=search id=words placeholder="rule, label, frame, file"></label>
<label class=error><input type=checkbox value=error checked> errors</label>
<label class=warning><input type=checkbox value=warning checked> warnings</label>
<label class=info><input type=checkbox value=info checked> infos</label>
</div>
"""

_SCRIPT = """
const words = document.getElementById("words");
const boxes = [...document.querySelectorAll(".filter input[type=checkbox]")];
function apply() {
  const wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const levels = new Set(boxes.filter(box => box.checked).map(box => box.value));
  const fits = text => wanted.every(word => text.toLowerCase().includes(word));
  const seen = new Set();
  for (const row of document.querySelectorAll("tr.rule")) {
    row.hidden = !levels.has(row.dataset.severity);
  }
  for (const group of document.querySelectorAll("details.group")) {
    const whole = fits(group.querySelector("summary").textContent);
    let some = false;
    for (const one of group.querySelectorAll("article")) {
      one.hidden = !whole && !fits(group.querySelector("summary").textContent + " " + one.textContent);
      some = some || !one.hidden;
    }
    group.hidden = !levels.has(group.dataset.severity) || !(whole || some);
    if (!group.hidden) seen.add(group.id);
  }
  if (document.querySelector("details.group")) {
    for (const row of document.querySelectorAll("tr.rule")) row.hidden = !seen.has(row.dataset.of);
  }
}
words.addEventListener("input", apply);
boxes.forEach(box => box.addEventListener("change", apply));
"""

HEAD = f"""<!doctype html>
<html lang=en><head><meta charset=utf-8>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name=viewport content="width=device-width, initial-scale=1">
<title>annotools validate</title><style>{_STYLE}</style></head><body>{_FILTER}
"""
FOOT = f"<script>{_SCRIPT}</script></body></html>\n"
