"""Labels as clients send them, for tasks, projects and `/api/labels/{id}`: checked, numbered, stored.

[{"name": "car", "color": "#ff0000", "type": "any", "attributes": [{"name": "a", "mutable": false,
  "input_type": "select", "default_value": "x", "values": ["x", "y"]}]},
 {"name": "pose", "type": "skeleton", "sublabels": [{"name": "head"}], "svg": "<circle data-label-name='head'/>"},
 {"id": 7, "name": "new name"}, {"id": 8, "deleted": true}]
"""

from __future__ import annotations

import re
import zlib
from typing import Any

from annotools import cvat_limits
from annotools.model.definitions import INPUT_TYPES
from mockserver.annotations import cascade
from mockserver.protocol.http import detail, errors, fields
from mockserver.rules import forms
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, boolean, choice, items, many, text_up_to
from mockserver.state.context import Context
from mockserver.state.tables import Record

UNIQUE = "All label names must be unique"
TYPES = cvat_limits.LABEL_TYPES
_ATTRIBUTE = {
    "id": Field(at_least(0), ABSENT),
    "name": Field(text_up_to(cvat_limits.MAX_ATTRIBUTE_NAME)), "mutable": Field(boolean),
    "input_type": Field(choice(INPUT_TYPES)),
    "default_value": Field(text_up_to(cvat_limits.MAX_DEFAULT_VALUE, blank=True), ABSENT),
    "values": Field(items(text_up_to(cvat_limits.MAX_CHOICE, blank=True))), "deleted": Field(boolean, ABSENT),
}  # fmt: skip
_OLD_ATTRIBUTE = {name: Field(field.parse, ABSENT) for name, field in _ATTRIBUTE.items()}


def _attribute(given: Any) -> Record:
    old = isinstance(given, dict) and given.get("id") is not None
    return Schema(_OLD_ATTRIBUTE if old else _ATTRIBUTE)(given)


def _attributes(value: Any) -> list[Record]:
    return many(_attribute)(value)  # type: ignore[no-any-return]  # a list of objects


_SUBLABEL = {
    "id": Field(at_least(0), ABSENT), "name": Field(text_up_to(cvat_limits.MAX_LABEL_NAME)),
    "color": Field(forms.color, ABSENT),
    "type": Field(choice(TYPES), ABSENT), "attributes": Field(_attributes, ABSENT),
}  # fmt: skip
_LABEL = {
    **_SUBLABEL, "deleted": Field(boolean, ABSENT), "svg": Field(text_up_to(blank=True), ABSENT),
    "sublabels": Field(many(Schema(_SUBLABEL)), ABSENT),
}  # fmt: skip
CHANGE = Schema({**_LABEL, "name": Field(text_up_to(cvat_limits.MAX_LABEL_NAME), ABSENT)})


def label(given: Any) -> Record:
    """One label of a task's or project's form. Raises: InvalidError."""
    old = isinstance(given, dict) and given.get("id") is not None
    form = CHANGE(given) if old else Schema(_LABEL)(given)
    if form.get("deleted") and not old:
        raise forms.InvalidError({"non_field_errors": ["Deleted label must have an ID"]})
    return form


LABELS = Field(many(label), ABSENT)


def save(ctx: Context, wanted: list[Record], owner: Record) -> None:
    """Create, change and delete the labels of a form. `owner`: `{"task_id": 7}` or `{"project_id": 7}`.

    Raises: ApiError 400, 404.
    """
    for form in wanted:
        if "id" not in form:
            create(ctx, form, owner)
            continue
        old = ctx.table("labels").get(form["id"])
        if old is None or any(old.get(key) != value for key, value in owner.items()):
            raise detail(404, f"Not found label with id #{form['id']} to change")
        if form.get("deleted"):
            delete(ctx, old)
        else:
            update(ctx, old, form)


def create(ctx: Context, form: Record, owner: Record) -> Record:
    """A new label."""
    _check_name(ctx, form["name"], owner, None)
    kind = form.get("type", "any")
    if kind != "skeleton" and form.get("sublabels"):
        raise fields(labels=["Only skeletons may have sublabels"])
    _check_unique([item["name"] for item in form.get("sublabels", ())])
    pk = ctx.state.next_id("labels")
    sublabels = [_sublabel(ctx, item) for item in form.get("sublabels", ())]
    color = form.get("color") or color_of(form["name"])
    attributes = _new_specs(ctx, form)
    record: Record = {
        "id": pk, "name": form["name"], "color": color, "attributes": attributes, "type": kind,
        "sublabels": sublabels, **owner, "parent_id": None, "has_parent": False,
    }  # fmt: skip
    if kind == "skeleton":
        record["svg"] = with_ids(form.get("svg", ""), sublabels)
    ctx.state.put("labels", pk, record)
    return record


def _check_name(ctx: Context, name: str, owner: Record, own_id: int | None) -> None:
    for row in ctx.table("labels").values():
        if row["name"] == name and row["id"] != own_id and all(row.get(key) == value for key, value in owner.items()):
            raise errors(UNIQUE)


def _check_unique(names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise errors(UNIQUE)


def _check_attributes(wanted: list[Record]) -> None:
    names = [item["name"] for item in wanted if "name" in item]
    repeated = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if repeated is not None:
        raise errors(f"Duplicate attribute with name '{repeated}' exists")


def _new_specs(ctx: Context, form: Record) -> list[Record]:
    wanted = form.get("attributes", [])
    _check_attributes(wanted)
    return [_new_spec(ctx, item) for item in wanted]


def _sublabel(ctx: Context, form: Record) -> Record:
    attributes = _new_specs(ctx, form)
    color = form.get("color") or color_of(form["name"])
    start = {"id": ctx.state.next_id("labels"), "name": form["name"], "color": color, "attributes": attributes}
    return {**start, "type": form.get("type", "points"), "has_parent": True}


def update(ctx: Context, old: Record, form: Record) -> Record:
    """Change what a form names; attributes by id, or by name, are changed, the rest is added. The type stays."""
    owner = {key: old[key] for key in ("task_id", "project_id") if old.get(key) is not None}
    if "name" in form:
        _check_name(ctx, form["name"], owner, old["id"])
    changes = forms.given(form, "name", "color", "svg")
    if "color" in changes:
        changes["color"] = changes["color"] or color_of(str(form.get("name", old["name"])))
    if "attributes" in form:
        changes["attributes"] = _changed_specs(ctx, old["attributes"], form["attributes"])
    if "sublabels" in form:
        changes["sublabels"] = _changed_sublabels(ctx, old["sublabels"], form["sublabels"])
        _check_unique([row["name"] for row in changes["sublabels"]])
    changed = ctx.state.update("labels", old["id"], **changes)
    cascade.forget_specs(ctx, old, _spec_ids(old) - _spec_ids(changed))
    return changed


def delete(ctx: Context, label: Record) -> None:
    """Remove a label, and what has been annotated with it."""
    cascade.forget_label(ctx, label)
    ctx.state.delete("labels", label["id"])


def _spec_ids(label: Record) -> set[int]:
    return {spec["id"] for part in (label, *label.get("sublabels", ())) for spec in part["attributes"]}


def _changed_sublabels(ctx: Context, old: list[Record], wanted: list[Record]) -> list[Record]:
    by_id = {row["id"]: row for row in old}
    names = {row["name"]: row["id"] for row in old}
    for form in wanted:
        pk = form.get("id", names.get(form["name"]))
        if pk not in by_id:
            row = _sublabel(ctx, form)
            by_id[row["id"]] = row
            continue
        changes = forms.given(form, "name", "color")
        specs = _changed_specs(ctx, by_id[pk]["attributes"], form.get("attributes", []))
        by_id[pk] = {**by_id[pk], **changes, "attributes": specs}
    return list(by_id.values())


def _changed_specs(ctx: Context, old: list[Record], wanted: list[Record]) -> list[Record]:
    _check_attributes(wanted)
    by_id = {spec["id"]: spec for spec in old}
    names = {spec["name"]: spec["id"] for spec in old}
    for form in wanted:
        pk = form.get("id", names.get(form.get("name")))
        if pk is not None and pk not in by_id:
            raise detail(404, f"Attribute with id #{pk} does not exist")
        if pk is None:
            spec = _new_spec(ctx, form)
            by_id[spec["id"]] = spec
        elif form.get("deleted"):
            del by_id[pk]
        else:
            by_id[pk] = {**by_id[pk], **forms.given(form, "name", "mutable", "input_type", "default_value", "values")}
    return list(by_id.values())


def _new_spec(ctx: Context, form: Record) -> Record:
    values = form["values"] or [""]
    rest = {name: form[name] for name in ("name", "mutable", "input_type")}
    default = form.get("default_value", values[0])
    return {"id": ctx.state.next_id("specs"), **rest, "default_value": default, "values": values}


def color_of(name: str) -> str:
    """A color that follows from the name."""
    return f"#{zlib.crc32(name.encode()) & 0xFFFFFF:06x}"


def with_ids(svg: str, sublabels: list[Record]) -> str:
    """A drawing whose nodes name sub-labels by id."""
    ids = {row["name"]: row["id"] for row in sublabels}

    def replace(match: re.Match[str]) -> str:
        pk = ids.get(match[2])
        return match[0] if pk is None else f'data-label-id="{pk}"'

    return re.sub(r"data-label-name=([\"'])(.*?)\1", replace, svg)
