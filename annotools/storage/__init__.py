"""Folders, zips, single files and URLs, in and out, one member at a time: the only code that touches the disk.

    with open_source("task.zip") as source:
        for name in source.members():           # sorted, posix, never leading outside
            with source.open(name) as stream: ...
    write_members("out.zip", [("a/b.txt", [b"piece", b"piece"])])

Formats are handed a `Source` and yield members; they open nothing themselves. A zip, a folder and an object store
look the same, and memory stays flat: members are streams, and what must be sorted is spooled to disk.

    names        what a member may be called
    limits       how large an input may be
    sources      what a source is; reading single files and URLs
    folder_source reading folders of the disk, and no farther
    counted      telling how much of a source has been read
    zips         reading zips, trusting nothing they declare
    stores       the file systems of URLs, and their errors
    writing      which kind of target; writing a file or a URL aside, then in place
    outputs      `out/{stem}.zip`: a place for the output of each source
    places       what a write may put out of its place
    folders      building a folder aside, then swapping it in
    packing      zips of equal bytes for equal input
    zip_records  headers and directory of a zip
    portable     names that cannot stand on every disk
    picture_names which files are pictures, by their names
    media        frame -> lazy bytes of its picture
    video        the same of a video, whose pictures are decoded when they are opened
    decoding     pictures of an open video by their numbers
"""

from __future__ import annotations

from annotools.storage.limits import Limits
from annotools.storage.media import Media, MediaFile
from annotools.storage.names import safe_name
from annotools.storage.opening import open_source
from annotools.storage.places import Permit
from annotools.storage.sources import Source
from annotools.storage.writing import write_document, write_members

__all__ = [
    "Limits",
    "Media",
    "MediaFile",
    "Permit",
    "Source",
    "open_source",
    "safe_name",
    "write_document",
    "write_members",
]
