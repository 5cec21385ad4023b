"""What a project takes over of the labels of a dataset that becomes its tasks.

A project without labels gets those of the dataset; one with labels must have all of them, and gets the attributes that
its own lack, as check boxes where all values are true or false, as texts else.
Source: the importer of CVAT 2.73 (soft import of attributes), as observed.
"""

from __future__ import annotations

import orjson

from annotools.model import Dataset
from mockserver.background.queue import WorkError
from mockserver.exchange import installing
from mockserver.resources import label_forms
from mockserver.state.context import Context
from mockserver.state.tables import Record

_BACKGROUND = "background"  # what masks call nothing at all


def complete(ctx: Context, project: Record, dataset: Dataset) -> None:
    """Add to the labels of a project what only the dataset has. Raises: WorkError, ApiError."""
    forms = [installing.form_of(item) for item in orjson.loads(installing.bundle_of(dataset)["labels.json"])]
    by_name = {row["name"]: row for row in ctx.table("labels").values() if row.get("project_id") == project["id"]}
    for form in forms if not by_name else ():
        label_forms.create(ctx, form, {"project_id": project["id"]})
    parts = {part["name"] for row in by_name.values() for part in row["sublabels"]}  # some formats say them as labels
    for form in forms if by_name else ():
        if form["name"] in by_name:
            _add_attributes(ctx, by_name[form["name"]], form)
        elif form["name"] not in (_BACKGROUND, *parts):
            raise WorkError(f'Target project does not have label with name "{form["name"]}"')


def _add_attributes(ctx: Context, label: Record, form: Record) -> None:
    names = {spec["name"] for spec in label["attributes"]}
    missing = [spec for spec in form["attributes"] if spec["name"] not in names]
    if missing:
        label_forms.update(ctx, label, {"attributes": missing})
