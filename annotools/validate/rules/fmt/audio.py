"""Tables of intervals: what CVAT's importer stops at.

    filename  start    stop     label
    a.mp3     0:00:01  0:00:02  speech

What a reader makes of such a table is in the tables of the hub; these rules ask what the file itself says.
Source: CVAT 2.73 dataset_manager/formats/audio_tsv.py
"""

from __future__ import annotations

from annotools.errors import Problems
from annotools.formats.audio.tables import Table, members_of, table_of, time_of
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_DAY = 86_400_000


def tables(ctx: Context) -> tuple[Table, ...]:
    """The tables of the input; nothing for another format."""
    if ctx.source is None or ctx.slug != "generic-tsv":
        return ()
    return tuple(table_of(ctx.source, name, Problems()) for name in members_of(ctx.source))


@rule("FMT086", "interval-without-recording", INFO, upload=ERROR, needs=SOURCE, proof="source: audio_tsv.py, import")
def interval_without_recording(ctx: Context) -> Found | None:
    """A line of a table of intervals does not say which recording it is of.

    Why: the server's importer says `Missing filename` and refuses the whole table.
    Bad:
        {"from": "generic-tsv", "files": {"a.tsv": "start\\tstop\\tlabel\\n0:00:01\\t0:00:02\\tspeech\\n"}}

        {"from": "generic-tsv", "files": {
            "a.tsv": "filename\\tstart\\tstop\\tlabel\\n\\t0:00:01\\t0:00:02\\tspeech\\n"}}
    Good:
        {"from": "generic-tsv", "files": {
            "a.tsv": "filename\\tstart\\tstop\\tlabel\\na.mp3\\t0:00:01\\t0:00:02\\tspeech\\n"}}
    Source: source: CVAT's audio_tsv.py
    """
    faults = []
    for table in ctx.once(tables):
        bare = [line for line, cells in zip(table.line, table.cells, strict=True) if not cells.get("filename")]
        if bare:
            message = f"there is no filename ({len(bare):,} in all)"
            faults.append(Fault("FMT086", table.member, "", message, line=bare[0]))
    return ctx.found(faults)


@rule("FMT087", "time-beyond-a-day", INFO, upload=ERROR, needs=SOURCE, proof="source: audio_tsv.py, times of day")
def time_beyond_a_day(ctx: Context) -> Found | None:
    """A time of a table of intervals is a day or more.

    Why: the server writes such times with a number of days, and its importer takes 23 hours at most: it refuses the
        whole table, its own exports too.
    Bad:
        {"from": "generic-tsv", "files": {
            "a.tsv": "filename\\tstart\\tstop\\tlabel\\na.mp3\\t1 day, 0:00:01\\t\\tspeech\\n"}}

        {"from": "generic-tsv", "files": {
            "a.tsv": "filename\\tstart\\tstop\\tlabel\\na.mp3\\t0:00:01\\t1 day, 0:00:01\\tspeech\\n"}}
    Good:
        {"from": "generic-tsv", "files": {
            "a.tsv": "filename\\tstart\\tstop\\tlabel\\na.mp3\\t23:59:59\\t\\tspeech\\n"}}
    Source: source: CVAT's audio_tsv.py
    """
    faults = []
    for table in ctx.once(tables):
        for line, cells in zip(table.line, table.cells, strict=True):
            late = [name for name in ("start", "stop") if _is_late(cells[name])]
            for name in late:
                message = f"{name} is {cells[name][:40]!r}"
                faults.append(Fault("FMT087", table.member, "", message, line=line))
    return ctx.found(faults)


def _is_late(text: str) -> bool:
    time = time_of(text)
    return time is not None and time[0] >= _DAY
