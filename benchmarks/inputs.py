"""The inputs: what is made, by whom, and which of its files the limit is measured on.

`python -m benchmarks.inputs NAME SIZE FOLDER` makes one in a process of its own: what makes up an input needs memory,
and a process starts with the highest resident size of the one that started it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from benchmarks.sizes import Size


class Input(NamedTuple):
    """An input.

    file: its name in the folder of inputs.  maker: module of `generators` and function.  slug: its format.
    counted: pattern of the files that the limit is about, within a folder or a zip.
    context: the input that says labels and sizes of the task, where the format has none.
    tracked: whether it holds tracks and no stills.
    """

    file: str
    maker: str
    slug: str
    counted: str = ""
    context: str = ""
    tracked: bool = False

    def is_at(self, size: Size) -> bool:
        """Whether there is such an input of that size."""
        return bool(size.tracks if self.tracked else size.annotations)


YOLO = "yolo-ultralytics-detection"
INPUTS = {
    "coco": Input("coco.json", "coco.write_outlines", "coco"),
    "coco-boxes": Input("coco-boxes.json", "coco.write_boxes", "coco"),
    "api": Input("api", "api.write_outlines", "cvat-api", counted="annotations.json"),
    "xml": Input("cvat.xml", "cvat_xml.write_outlines", "cvat-images"),
    "xml-boxes": Input("cvat-boxes.xml", "cvat_xml.write_boxes", "cvat-images"),
    "task": Input("task", "api.write_box_context", "cvat-api"),
    "yolo": Input("yolo", "label_files.write_yolo_folder", YOLO, counted="labels/*/*.txt", context="task"),
    "yolo-zip": Input("yolo.zip", "label_files.write_yolo_zip", YOLO, counted="labels/*/*.txt", context="task"),
    "voc": Input("voc", "label_files.write_voc_folder", "voc", counted="Annotations/*.xml"),
    "voc-zip": Input("voc.zip", "label_files.write_voc_zip", "voc", counted="Annotations/*.xml"),
    "api-tracks": Input("api-tracks", "api.write_tracks", "cvat-api", counted="annotations.json", tracked=True),
    "xml-tracks": Input("cvat-tracks.xml", "cvat_xml.write_tracks", "cvat-video", tracked=True),
}


def make(name: str, size: Size, folder: Path) -> None:
    """Write an input into a folder."""
    module, _, function = INPUTS[name].maker.rpartition(".")
    getattr(import_module(f"benchmarks.generators.{module}"), function)(folder / INPUTS[name].file, size)


def bytes_of(path: Path) -> int:
    """The size of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


if __name__ == "__main__":
    make(sys.argv[1], Size.called(sys.argv[2]), Path(sys.argv[3]))
