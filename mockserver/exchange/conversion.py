"""Between the state and dataset files: annotools writes exports and reads imports.

conversion.export(ctx, "job", job, "COCO 1.0", images=False)      (bytes of a zip, "zip")
conversion.read_into(ctx, "job", job, ("CVAT 1.1", data), append=False)
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats.base import Format, Members, Options, Read, ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.quirks import CVAT
from annotools.storage import Media, Source, open_source
from annotools.storage.packing import write_zip
from annotools.transform import drop_deleted_frames
from mockserver.annotations import grammar, job_annotations, records, task_annotations
from mockserver.annotations.cutting import cut
from mockserver.background.queue import WorkError
from mockserver.exchange import bundles, installing, project_labels, project_xml, refusals
from mockserver.exchange.format_names import EXPORTERS
from mockserver.protocol.schemas import UncheckedError
from mockserver.state.context import Context
from mockserver.state.tables import Record

# The slug of an export format is the one whose Format has its name; these are the ones that several share.
_IMPORTS = {"CVAT 1.1": ("cvat-images", "cvat-video")}
_OWN = ("cvat-api", "cvat-backup")
_XML = ("cvat-images", "cvat-video")


def slugs_of(format_name: str) -> tuple[str, ...]:
    """Slugs of the formats behind one of CVAT's names."""
    return _IMPORTS.get(format_name) or tuple(
        form.slug for form in formats() if form.name == format_name and form.slug not in _OWN
    )


def export(ctx: Context, target: str, record: Record, format_name: str, images: bool) -> tuple[bytes, str]:
    """A job, task or project as a dataset file and its extension. Raises: WorkError."""
    dataset, media = bundles.of_target(ctx, target, record)
    refusals.check(format_name, dataset)
    form, options = formats.get(slugs_of(format_name)[0]), WriteOptions(quirks=CVAT, images=images)
    try:
        if target == "project" and form.slug in _XML:
            return _packed(project_xml.members(ctx, record, form, options), "zip")
        ready, _ = fit_to_format(dataset, form, options)
        write = form.dialect(options).write
        members: Members = write(ready, media if images else None, options)  # type: ignore[misc]  # it writes
        return _packed(members, EXPORTERS[format_name].suffix)
    except AnnotoolsError as error:
        raise WorkError(str(error)) from None


def _packed(members: Members, suffix: str) -> tuple[bytes, str]:
    """A zip of all members, or the only one as it is."""
    if suffix != "zip":
        return b"".join(piece for _, pieces in members for piece in pieces), suffix
    packed = io.BytesIO()
    write_zip(packed, members)
    return packed.getvalue(), suffix


@dataclass(slots=True, frozen=True)
class Upload:
    """A dataset file, whether it is to be appended to what there is, and whether its masks stay masks."""

    format_name: str
    content: bytes
    append: bool = False
    keep_masks: bool = False

    @property
    def options(self) -> ReadOptions:
        """What its reader is told."""
        return ReadOptions(quirks=CVAT, keep_masks=self.keep_masks)


def read_into(ctx: Context, target: str, record: Record, upload: Upload) -> None:
    """Store the annotations of a dataset file. Raises: WorkError, and nothing has changed then."""
    context, _ = bundles.dataset_of(ctx, target, record, rows="none")
    if target == "job":
        context = _seen_by_job(context)
    dataset = _read(upload, context)
    if target == "job":
        _check_frames(dataset, context)
    document = labeled_data(dataset)
    try:
        _store(ctx, target, record, grammar.check(document, "create"), upload.append)
    except UncheckedError as error:
        raise WorkError(str(error)) from None


def _store(ctx: Context, target: str, record: Record, document: Record, append: bool) -> None:
    if target == "task":
        action = "create" if append else "replace"
        task_annotations.change(ctx, record, action, records.from_document(document))
        return
    part = cut(document, record["start_frame"], record["stop_frame"])
    change = job_annotations.create if append else job_annotations.replace
    change(ctx, record, records.from_document(part))


def _seen_by_job(context: Dataset) -> Dataset:
    """The context with names only for the frames of its job: the server does not know the others in a job."""
    job_frames = set(context.jobs[0].frames().tolist())
    numbered = enumerate(context.frames.names)
    names = tuple(name if frame in job_frames else f"(frame {frame} of another job)" for frame, name in numbered)
    return context.replace(frames=replace(context.frames, names=names))


def _check_frames(dataset: Dataset, context: Dataset) -> None:
    """Annotations of a job's import are on its frames. Raises: WorkError."""
    frames = np.concatenate([dataset.tags.frame, dataset.shapes.frame])
    foreign = frames[~np.isin(frames, context.jobs[0].frames())]
    if len(foreign):
        frame = int(foreign[0])
        name = context.frames.names[frame] if 0 <= frame < len(context.frames) else f"frame {frame}"
        raise WorkError(f"Could not match item id: {name!r} with any task frame")


def _read(upload: Upload, context: Dataset) -> Dataset:
    slugs = slugs_of(upload.format_name)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="cvat-mock-") as folder,
            _opened(Path(folder), upload.content) as source,
        ):
            result = _reader(_fitting(slugs, source))(source, context, upload.options)
    except AnnotoolsError as error:
        raise WorkError(str(error)) from None
    _refuse_problems(result)
    return result.dataset


def _reader(form: Format) -> Callable[[Source, Dataset | None, ReadOptions], Read]:
    """The server's reader of a format that was chosen because it has one."""
    read = form.dialect(Options(quirks=CVAT)).read or form.read
    assert read is not None
    return read


def _opened(folder: Path, content: bytes) -> Source:
    first = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    suffix = ".zip" if content[:2] == b"PK" else {b"{": ".json", b"[": ".json", b"<": ".xml"}.get(first, "")
    path = folder / f"upload{suffix}"
    path.write_bytes(content)
    return open_source(path)


def _refuse_problems(result: Read) -> None:
    if result.problems:
        raise WorkError("\n".join(str(problem) for problem in result.problems[:20]))


def _fitting(slugs: tuple[str, ...], source: Any) -> Format:
    """The format that knows the source; the first one when none does, so that its reader says what is wrong."""
    forms = [formats.get(slug) for slug in slugs]
    return next((form for form in forms if form.sniff is not None and form.sniff(source)), forms[0])


def labeled_data(dataset: Dataset) -> Record:
    """A dataset's annotations as the API would take them: without ids."""
    form = formats.get("cvat-api")
    ready, _ = fit_to_format(dataset, form, WriteOptions(quirks=CVAT))
    members = {name: b"".join(pieces) for name, pieces in form.write(ready, None, WriteOptions(quirks=CVAT))}  # type: ignore[misc] # it can be written
    document: Record = {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []}
    for name in members:
        if name.rpartition("/")[2] == "annotations.json":
            content = orjson.loads(members[name])
            for kind in ("tags", "shapes", "tracks", "intervals"):
                document[kind] += list(_without_ids(content.get(kind, ())))
    return document


def _without_ids(items: Iterable[Record]) -> Iterator[Record]:
    for item in items:
        fields = {name: value for name, value in item.items() if name != "id"}
        for name in ("elements", "shapes"):
            if name in fields:
                fields[name] = list(_without_ids(fields[name]))
        yield fields


def _read_into_project(ctx: Context, form: Format, source: Source, project: Record, options: ReadOptions) -> Read:
    """A dataset with the labels of a project, which takes over what it lacks, and with the frames it has itself."""
    read = _reader(form)
    dataset = read(source, None, options).dataset
    project_labels.complete(ctx, project, dataset)
    labels = bundles.labels_of_project(ctx, project)
    result = read(source, Dataset(labels=labels, frames=dataset.frames), options)
    _refuse_problems(result)
    return result


def read_as_tasks(ctx: Context, project: Record, upload: Upload) -> None:
    """New tasks of a project, one for each subset of a dataset file. Raises: WorkError."""
    slugs = slugs_of(upload.format_name)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="cvat-mock-") as folder,
            _opened(Path(folder), upload.content) as source,
            ctx.state.attempt(),
        ):
            result = _read_into_project(ctx, _fitting(slugs, source), source, project, upload.options)
            for subset, dataset, media in _by_subset(result):
                task = installing.install(ctx, dataset, media, project["organization_id"])
                ctx.state.update("tasks", task["id"], name=subset, subset=subset)
                installing.adopt(ctx, ctx.table("tasks")[task["id"]], project)
    except (AnnotoolsError, UncheckedError) as error:
        raise WorkError(str(error)) from None


def _by_subset(result: Read) -> Iterator[tuple[str, Dataset, Media | None]]:
    """The frames of each subset, counted anew, with what is on them; what is in no subset is in `default`."""
    subsets = np.array([str(subset) or project_xml.DEFAULT for subset in result.dataset.frames.subsets])
    for subset in dict.fromkeys(subsets.tolist()) or [project_xml.DEFAULT]:
        frames = replace(result.dataset.frames, deleted=subsets != subset)
        dataset, _ = drop_deleted_frames(result.dataset.replace(frames=frames))
        numbers = {int(frame): number for number, frame in enumerate(np.flatnonzero(subsets == subset))}
        media = result.media
        if media is not None:
            media = Media((numbers[frame], file) for frame, file in media.items() if frame in numbers)
        yield subset, dataset, media
