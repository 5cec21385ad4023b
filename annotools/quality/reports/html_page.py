"""The fixed parts of the page: style and legend."""

from __future__ import annotations

_STYLE = """
:root { --ink: #1c2024; --dim: #5b6570; --paper: #fff; --panel: #f5f6f8; --line: #d9dde2; --good: #2e7d32;
  --bad: #c62828; --agrees: #00a152; --warning: #ffab00; --wrong: #d500f9; --alone: #ff1744 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --dim: #9aa4ae; --paper: #16191c; --panel: #1f2327;
  --line: #343a40; --good: #66bb6a; --bad: #ff6b6b } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  padding: 1rem 1.5rem 4rem; max-width: 1140px }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; margin: 1.6rem 0 .8rem } h2 { font-size: 1.1rem; margin: 2rem 0 .4rem }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere } p { margin: .2rem 0 } .about { color: var(--dim) }
.cards { display: flex; gap: .8rem; flex-wrap: wrap }
.card { background: var(--panel); border-left: 4px solid var(--line); padding: .5rem 1rem; border-radius: 4px;
  min-width: 8rem } .card b { font-size: 1.6rem; display: block }
.good { border-color: var(--good) } .bad { border-color: var(--bad) }
table { border-collapse: collapse; margin: .4rem 0 } table:not(.matrix) { width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere } th { color: var(--dim); font-weight: 500 }
.wide { overflow-x: auto } .n { text-align: right; font-variant-numeric: tabular-nums }
.right { background: color-mix(in srgb, var(--good) calc(var(--share) * 60%), transparent) }
.off { background: color-mix(in srgb, var(--bad) calc(var(--share) * 60%), transparent) }
article { border: 1px solid var(--line); border-radius: 6px; padding: .7rem 1rem; margin: 1rem 0 }
.sides { display: flex; gap: 1rem; flex-wrap: wrap } figure { margin: .5rem 0 0; flex: 1 1 320px; min-width: 0 }
figcaption { color: var(--dim); font-size: .85rem } svg { display: block; width: 100%; height: auto;
  background: var(--panel); border: 1px solid var(--line) }
svg path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; fill-opacity: .22 }
.agrees path { stroke: var(--agrees) } .agrees circle { fill: var(--agrees) }
.warning path { stroke: var(--warning); fill: var(--warning) } .warning circle { fill: var(--warning) }
.wrong path { stroke: var(--wrong); fill: var(--wrong) } .wrong circle { fill: var(--wrong) }
.alone path { stroke: var(--alone); fill: var(--alone) } .alone circle { fill: var(--alone) }
svg .line path { fill: none } .legend span { margin-right: 1.2rem } .legend i { display: inline-block; width: .8rem;
  height: .8rem; margin-right: .35rem; border-radius: 2px } footer { color: var(--dim); margin-top: 3rem }
"""

HEAD = f"""<!doctype html>
<html lang=en><head><meta charset=utf-8>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name=viewport content="width=device-width, initial-scale=1">
<title>annotools quality</title><style>{_STYLE}</style></head><body>
"""
FOOT = "</body></html>\n"
_FATES = (
    ("agrees", "agrees"), ("warning", "agrees, with a warning"), ("wrong", "another label"),
    ("alone", "missing or extra"),
)  # fmt: skip
LEGEND = (
    "<p class=legend>"
    + "".join(f'<span><i style="background:var(--{name})"></i>{words}</span>' for name, words in _FATES)
    + "</p>\n"
)
