"""Values of attributes against what their specification allows.  The server stores any text of up to 4096 characters.

{"input_type": "select", "values": ["red", "green"]}       one of the values
{"input_type": "checkbox"}                                  "true" or "false"
{"input_type": "number", "values": ["0", "200", "5"]}       minimum, maximum, step
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from annotools import cvat_limits
from annotools.model import AttributeSpec
from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, PutAttribute
from annotools.validate.findings import ERROR, WARNING, Found, Remedy, lossless, lossy
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule
from annotools.validate.rules.lbl._derived import names_of, rows_where, specs_of, texts_of

_SHOWN = 40
_BOOLEANS = ("true", "false")


def _shown(texts: list[str]) -> list[str]:
    return [repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…") for text in texts]


def _texts(ctx: Context, rows: Ints, message: str, fix: Remedy | None = None, **evidence: object) -> Found:
    names, values = names_of(ctx, rows), _shown(texts_of(ctx, rows))
    return ctx.at("attribute", rows, message, fix, attribute=names, value=values, **evidence)


def _rewritten(
    ctx: Context, rows: Ints, better: Callable[[AttributeSpec, str], str | None]
) -> Callable[[int], list[Edit]]:
    """Edits that put what `better` makes of a value, none where it makes nothing."""
    specs, texts = specs_of(ctx, rows), texts_of(ctx, rows)

    def edits(i: int) -> list[Edit]:
        text = better(specs[i], texts[i])
        return [] if text is None else [PutAttribute(int(rows[i]), text)]

    return edits


def _is_choice(spec: AttributeSpec) -> bool:
    return spec.input_type in ("select", "radio")


def _same_choice(spec: AttributeSpec, text: str) -> str | None:
    """The one choice that differs from a text only in case and white space."""
    plain = " ".join(text.split()).casefold()
    alike = [value for value in spec.values if " ".join(value.split()).casefold() == plain]
    return alike[0] if len(alike) == 1 else None


@rule("LBL009", "value-not-in-choices", ERROR, upload=WARNING, needs=LABELS, proof="annos-vid/track-bad-select-value")
def value_not_in_choices(ctx: Context) -> Found:
    """The value of a select or radio attribute is none of its choices.

    Why: the server stores any text; the editor shows an empty field, and the next person who opens the object changes
        the value without noticing.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "Red"}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "purple"}]}]}

        {"annotations": {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "purple"}]}]},
         "labels": [{"id": 1, "name": "car", "type": "any", "attributes": [{"id": 11, "name": "colour",
             "mutable": false, "input_type": "radio", "default_value": "red", "values": ["red", "blue"]}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]}]}
    Fix: lossless: a choice that differs only in case or white space is taken.
    Source: annos-vid/track-bad-select-value, annos-img/tag-3 (accepted, kept as sent)
    """
    rows = rows_where(ctx, lambda spec, text: _is_choice(spec) and text.strip() not in spec.values)
    choices = [", ".join(spec.values[:8]) for spec in specs_of(ctx, rows)]
    fix = lossless("take the choice that differs only in case or white space", _rewritten(ctx, rows, _same_choice))
    return _texts(ctx, rows, "{attribute} is {value}, expected one of {choices}", fix, choices=choices)


def _boolean(spec: AttributeSpec, text: str) -> str | None:
    plain = text.strip().casefold()
    return {"1": "true", "yes": "true", "0": "false", "no": "false"}.get(plain, plain if plain in _BOOLEANS else None)


@rule(
    "LBL010", "checkbox-not-boolean", ERROR, upload=WARNING, export=ERROR, coco=ERROR, needs=LABELS,
    proof="annos-img/attr-checkbox",
)  # fmt: skip
def checkbox_not_boolean(ctx: Context) -> Iterator[Found]:
    """The value of a checkbox is neither true nor false.

    Why: the server stores any text. One that is no boolean at all makes every export but CVAT's XML fail (`Failed to
        convert attribute`), and an import of it; another spelling of true or false is shown as unchecked.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 12, "value": "True"}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 12, "value": "maybe"}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 12, "value": "true"}]}]}
    Fix: lossless: another spelling of true or false becomes that word.
    Source: annos-img/attr-checkbox (accepted); source: bindings.py converts values to booleans on export
    """
    rows = rows_where(ctx, lambda spec, text: spec.input_type == "checkbox" and text.strip() not in _BOOLEANS)
    known = [_boolean(spec, text) for spec, text in zip(specs_of(ctx, rows), texts_of(ctx, rows), strict=True)]
    spelt = rows[[text is not None for text in known]] if len(rows) else rows
    other = rows[[text is None for text in known]] if len(rows) else rows
    fix = lossless("spell it true or false", _rewritten(ctx, spelt, _boolean))
    yield _texts(ctx, spelt, "{attribute} is {value}, expected true or false", fix, severity=WARNING)
    yield _texts(ctx, other, "{attribute} is {value}, expected true or false")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


@rule(
    "LBL011", "number-not-a-number", ERROR, needs=LABELS,
    proof="annos-img/attr-number",
)  # fmt: skip
def number_not_a_number(ctx: Context) -> Found:
    """The value of a number attribute is not a number.

    Why: the server stores any text, and then every export but CVAT's XML fails: `Failed to convert attribute`.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "fast"}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "nan"}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "1e999"}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "120"}]}]}
    Source: annos-img/attr-number (accepted); source: bindings.py converts values to float on export
    """
    rows = rows_where(ctx, lambda spec, text: spec.input_type == "number" and _number(text) is None)
    return _texts(ctx, rows, "{attribute} is {value}, expected a number")


def _bounds(spec: AttributeSpec) -> tuple[float, float, float] | None:
    """Minimum, maximum and step of a number attribute that has all three."""
    if spec.input_type != "number" or len(spec.values) < 3:
        return None
    low, high, step = (_number(text) for text in spec.values[:3])
    return None if low is None or high is None or step is None else (low, high, step)


def _outside(spec: AttributeSpec, text: str) -> bool:
    bounds, value = _bounds(spec), _number(text)
    return bounds is not None and value is not None and not bounds[0] <= value <= bounds[1]


def _clamped(spec: AttributeSpec, text: str) -> str | None:
    bounds, value = _bounds(spec), _number(text)
    if bounds is None or value is None:
        return None
    return spec.values[0] if value < bounds[0] else spec.values[1]


@rule("LBL012", "number-out-of-range", ERROR, upload=WARNING, needs=LABELS, proof="annos-img/attr-number")
def number_out_of_range(ctx: Context) -> Found:
    """A number is below the minimum or above the maximum of its attribute.

    Why: the server stores it; the editor's field does not show such a number, and corrects it when it is touched.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "300"}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "-5"}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "200"}]}]}
    Fix: lossy: the nearer end of the range is taken.
    Source: annos-img/attr-number (accepted, kept as sent)
    """
    rows = rows_where(ctx, _outside)
    ranges = [" to ".join(spec.values[:2]) for spec in specs_of(ctx, rows)]
    fix = lossy("take the nearer end of the range", _rewritten(ctx, rows, _clamped))
    return _texts(ctx, rows, "{attribute} is {value}, expected {range}", fix, range=ranges)


def _off_step(spec: AttributeSpec, text: str) -> bool:
    bounds, value = _bounds(spec), _number(text)
    if bounds is None or value is None or bounds[2] <= 0 or _outside(spec, text):
        return False
    steps = (value - bounds[0]) / bounds[2]
    return abs(steps - round(steps)) > 1e-9 * max(1.0, abs(steps))


def _on_step(spec: AttributeSpec, text: str) -> str | None:
    bounds, value = _bounds(spec), _number(text)
    if bounds is None or value is None:
        return None
    low, high, step = bounds
    nearest = low + round((value - low) / step) * step
    return f"{nearest if nearest <= high else nearest - step:.12g}"


@rule("LBL013", "number-off-step", WARNING, needs=LABELS, proof="annos-img/attr-number")
def number_off_step(ctx: Context) -> Found:
    """A number is not a whole number of steps above the minimum of its attribute.

    Why: the server stores it; the editor can neither enter nor keep such a number.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "52.5"}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "attributes": [{"spec_id": 13, "value": "199"}]}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "55"}]}]}
    Fix: lossy: the nearest step is taken.
    Source: annos-img/attr-number (accepted, kept as sent)
    """
    rows = rows_where(ctx, _off_step)
    steps = [f"{spec.values[0]} plus a multiple of {spec.values[2]}" for spec in specs_of(ctx, rows)]
    fix = lossy("take the nearest step", _rewritten(ctx, rows, _on_step))
    return _texts(ctx, rows, "{attribute} is {value}, expected {steps}", fix, steps=steps)


@rule("LBL014", "too-long-value", ERROR, needs=LABELS, proof="annos-img/attr-value-4097-chars")
def too_long_value(ctx: Context) -> Found:
    """The value of an attribute has more than 4096 characters.

    Why: the server answers 400 and stores nothing of the whole request (older servers answered 500).
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "<x*4097>"}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "<x*4097>"}], "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B 123"}]}]}
    Source: annos-img/attr-value-4097-chars (400)
    """
    rows = rows_where(ctx, lambda spec, text: len(text.strip()) > cvat_limits.MAX_VALUE)
    lengths = [len(text.strip()) for text in texts_of(ctx, rows)]
    message = "{attribute} has {length} characters, at most {limit} are stored"
    return _texts(ctx, rows, message, length=lengths, limit=cvat_limits.MAX_VALUE)


@rule("LBL017", "nul-in-value", ERROR, needs=LABELS, proof="annos-img/attr-nul-char")
def nul_in_value(ctx: Context) -> Found:
    r"""The value of an attribute holds a NUL character.

    Why: the server answers 400 `Null characters are not allowed.` and stores nothing of the whole request.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B\u0000 123"}]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10],
                     "attributes": [{"spec_id": 14, "value": "\u0000"}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B 123"}]}]}
    Fix: lossless: the character is taken out.
    Source: annos-img/attr-nul-char (400)
    """
    rows = rows_where(ctx, lambda spec, text: "\0" in text)
    fix = lossless("take the NUL out", _rewritten(ctx, rows, lambda spec, text: text.replace("\0", "")))
    return _texts(ctx, rows, "{attribute} holds a NUL character: {value}", fix)


@rule("LBL021", "padded-value", WARNING, needs=LABELS, proof="annos-img/attr-value-2")
def padded_value(ctx: Context) -> Found:
    """The value of an attribute begins or ends with white space.

    Why: the server takes it off, so what is read back is not what was sent.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": " B 123 "}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": " B 123"}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B 123 "}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B 123"}]}]}
    Fix: lossless: the white space is taken off, as the server does.
    Source: annos-img/attr-value-2 (accepted, trimmed)
    """
    rows = rows_where(ctx, lambda spec, text: text != text.strip())
    fix = lossless("take the white space off", _rewritten(ctx, rows, lambda spec, text: text.strip()))
    return _texts(ctx, rows, "{attribute} is {value}, of which the server takes the white space off", fix)
