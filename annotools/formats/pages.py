"""The manual page of a format, from its declaration and the docstring of its module.

`python -m annotools.formats.pages > docs/formats.md` makes the page of all of them; `annotools formats SLUG` shows one.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping

import msgspec

from annotools import formats
from annotools.formats import TABLE
from annotools.formats.base import Format, WriteOptions
from annotools.model import Condition, ShapeType
from annotools.model.keeps import FRAME_FIELDS, JOB_FIELDS, LABEL_FIELDS, SHAPE_COLUMNS, TAG_COLUMNS, TASK_FIELDS
from annotools.quirks import QUIRKS
from annotools.transform.shape_boxes import BOXED
from annotools.transform.steps import STEPS

FIELDS = {"labels": LABEL_FIELDS, "frames": FRAME_FIELDS, "task": TASK_FIELDS, "jobs": JOB_FIELDS}
KINDS = ("tags", "tracks", "intervals")
HEAD = """# Formats

This page is made of what each format declares by `python -m annotools.formats.pages > docs/formats.md`;
`annotools formats SLUG` shows the same.  "yes" means that a reader of the output gets it back, "as ..." that a format
turns it into what it can hold, a dash that it is lost, and counted.  What of a kind is kept stands on each page.
"""


class Page(msgspec.Struct, frozen=True):
    """What there is to say of a format.

    about: paragraphs and blocks of its docstring, a block with four blanks before each line.  carried: a kind, what is
    kept of it and what is lost.  steps: what is done before writing.  differences: what is otherwise under
    `--compat cvat`, and why annotools differs.
    """

    form: Format
    about: str
    carried: tuple[tuple[str, str, str], ...]
    steps: tuple[tuple[str, str], ...]
    conditions: tuple[Condition, ...]
    differences: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, form: Format) -> Page:
        """The page of a format."""
        steps = tuple((name, _summary(name)) for name in form.steps(WriteOptions()))
        conditions = tuple({one.what: one for one in form.keeps.conditions}.values())
        return cls(form, manual(form), tuple(_carried(form)), steps, conditions, tuple(_differences(form)))

    def markdown(self) -> Iterator[str]:
        """The page as lines of Markdown."""
        form = self.form
        needs = f", needs {' and '.join(sorted(form.needs))}" if form.needs else ""
        yield from (
            f"## {form.slug}",
            "",
            f"*{form.name}*: {form.directions}{needs}.",
            "",
            *self.about.splitlines(),
            "",
        )
        if form.keeps.rounding:
            yield from (f"Coordinates are rounded: {form.keeps.rounding}.", "")
        yield from _table(("", "kept", "lost"), self.carried)
        yield from _list("Lost besides", [(one.what, one.why) for one in self.conditions])
        yield from _list("Before it is written", [(f"`{name}`", what) for name, what in self.steps])
        yield from _list("Settings", [(f"`{name}`", what) for name, what in form.settings.items()])
        yield from _list(
            "As the server has it (compat `cvat`)", [(what, f"by default: {why}") for what, why in self.differences]
        )


def manual(form: Format) -> str:
    """The docstring of the module that a format is in, dedented."""
    module = sys.modules.get(formats.module_of(form.slug))
    return inspect.cleandoc((module and module.__doc__) or form.about)


def cells(form: Format) -> dict[str, str]:
    """What becomes of each kind: `yes`, `as mask`, or `-`."""
    keeps, steps = form.keeps, [name.partition("=")[0] for name in form.steps(WriteOptions())]
    kept = {kind.word: kind in keeps.shapes for kind in ShapeType} | {k: getattr(keeps, k) is not None for k in KINDS}
    kept["jobs"] = bool(keeps.jobs)
    turned = {kind: _turned_into(kind, steps) for kind in kept}
    return {
        kind: "yes" if yes else f"as {turned[kind]}" if kept.get(turned[kind], turned[kind] == "shapes") else "-"
        for kind, yes in kept.items()
    }


def _turned_into(kind: str, steps: list[str]) -> str:
    """What a kind is in the end, by the names of all steps: boxes-to-polygons, polygons-to-masks."""
    boxed = {shape.word for shape in BOXED}
    for name in steps:
        what, to, result = name.partition("-to-")
        plural = kind if kind in (*KINDS, "points") else {"rectangle": "boxes"}.get(kind, f"{kind}s")
        if to and what == plural and result in _RESULTS:
            kind = _RESULTS[result]
        elif name == "shapes-to-boxes" and kind in boxed:  # one step for several kinds
            kind = "rectangle"
    return kind


_RESULTS = {
    "masks": "mask", "polygons": "polygon", "boxes": "rectangle", "points": "points", "shapes": "shapes",
    "numbered-shapes": "shapes",
}  # fmt: skip


def _summary(step: str) -> str:
    return (inspect.getdoc(STEPS[step.partition("=")[0]]) or "").partition("\n")[0]


def _carried(form: Format) -> Iterator[tuple[str, str, str]]:
    keeps = form.keeps
    columns = {kind.word: (keeps.shapes.get(kind), SHAPE_COLUMNS) for kind in ShapeType}
    columns["elements of skeletons"] = (keeps.elements, SHAPE_COLUMNS)
    columns |= {kind: (getattr(keeps, kind), TAG_COLUMNS) for kind in KINDS}
    columns |= {name: (getattr(keeps, name) or None, known) for name, known in FIELDS.items()}
    turned = cells(form)
    for name, (kept, known) in columns.items():
        if kept is None:
            yield name, turned.get(name, "-"), "" if turned.get(name, "-") != "-" else "all"
        else:
            yield name, ", ".join(sorted(kept)) or "what it is", ", ".join(sorted(known - kept))
    for table, names in form.keeps.extras.items():
        yield f"extras of {table}", ", ".join(sorted(names)).replace("*", "all"), ""


def _differences(form: Format) -> Iterator[tuple[str, str]]:
    known: Mapping[str, tuple[str, str]] = {quirk.name: (quirk.what, quirk.why) for quirk in QUIRKS}
    return (known[name] for name in form.dialects.get("cvat", form).quirks)


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    yield ""


def _list(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if rows:
        yield from (f"{title}:", "", *(f"- {what}: {why}" for what, why in rows), "")


def handbook() -> str:
    """The page of all formats of annotools itself."""
    own = [formats.get(slug) for slug in TABLE]
    rows = tuple((f"[{form.slug}](#{form.slug})", form.directions, *cells(form).values()) for form in own)
    lines = [HEAD, *_table(("format", "", *cells(own[0])), rows)]
    for form in own:
        lines += Page.of(form).markdown()
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.stdout.write(handbook())
