"""The same conversion by another tool: `python conversions.py PEER SOURCE-SLUG TARGET-SLUG SOURCE OUTPUT`.

`python conversions.py versions PEER...` prints which are installed.

Run by the interpreter that has the peers; it knows nothing of annotools.  Status 3: the peer is not installed, 4: it
has no such conversion.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NOT_INSTALLED, NOT_OFFERED = 3, 4
YOLO = "yolo-ultralytics-detection"
BOX_LABELS = [f"label {number}" for number in range(1, 81)]
Reader = Callable[[Path], Any]
Writer = Callable[[Any, Path], Any]


def globox(source: str, target: str, path: Path, output: Path) -> None:
    """https://github.com/laclouis5/globox"""
    from globox import AnnotationSet

    readers: dict[str, Reader] = {
        "coco": AnnotationSet.from_coco,
        "voc": lambda folder: AnnotationSet.from_pascal_voc(folder / "Annotations"),
        "cvat-images": AnnotationSet.from_cvat,
        YOLO: lambda folder: AnnotationSet.from_yolo_v5(folder / "labels/train", image_folder=folder / "images/train"),
    }
    numbers = {label: number for number, label in enumerate(BOX_LABELS)}
    writers: dict[str, Writer] = {
        "coco": lambda annotations, out: annotations.save_coco(out, auto_ids=True),
        "voc": lambda annotations, out: annotations.save_pascal_voc(out),
        "cvat-images": lambda annotations, out: annotations.save_cvat(out),
        YOLO: lambda annotations, out: annotations.save_yolo_v5(out, label_to_id=numbers),
    }
    offered(writers, target)(offered(readers, source)(path), output)


def labelformat(source: str, target: str, path: Path, output: Path) -> None:
    """https://github.com/lightly-ai/labelformat"""
    from labelformat.formats import coco, cvat, pascalvoc, yolov8

    readers: dict[str, Reader] = {
        "coco": coco.COCOObjectDetectionInput,
        "voc": lambda folder: pascalvoc.PascalVOCObjectDetectionInput(folder / "Annotations", ",".join(BOX_LABELS)),
        "cvat-images": cvat.CVATObjectDetectionInput,
        YOLO: lambda folder: yolov8.YOLOv8ObjectDetectionInput(folder / "data.yaml", "train"),
    }
    writers: dict[str, Writer] = {
        "coco": lambda label_input, out: coco.COCOObjectDetectionOutput(out).save(label_input),
        "voc": lambda label_input, out: pascalvoc.PascalVOCObjectDetectionOutput(out).save(label_input),
        "cvat-images": lambda label_input, out: cvat.CVATObjectDetectionOutput(out).save(label_input),
        YOLO: lambda label_input, out: yolov8.YOLOv8ObjectDetectionOutput(out / "data.yaml", "train").save(label_input),
    }
    offered(writers, target)(offered(readers, source)(path), output)


def datumaro(source: str, target: str, path: Path, output: Path) -> None:
    """https://github.com/open-edge-platform/datumaro"""
    from datumaro import Dataset

    readers = {"coco": "coco_instances", "voc": "voc_detection", YOLO: "yolo"}
    readers |= dict.fromkeys(("cvat-images", "cvat-video"), "cvat")
    writers = {"coco": "coco_instances", "voc": "voc_detection", YOLO: "yolo", "mot": "mot_seq_gt"}
    kind, given = offered(writers, target), offered(readers, source)
    with tempfile.TemporaryDirectory() as folder:
        if source == "coco":  # it takes folders alone, and wants one of pictures, be it empty
            nested = Path(folder, "annotations", "instances_train.json")
            nested.parent.mkdir()
            Path(folder, "images").mkdir()
            nested.symlink_to(path.resolve())
            path = Path(folder)
        Dataset.import_from(str(path), given).export(str(output), kind, save_media=False)


def supervision(source: str, target: str, path: Path, output: Path) -> None:
    """https://github.com/roboflow/supervision"""
    from supervision import DetectionDataset

    pictures = str(path / "JPEGImages") if path.is_dir() else str(path.parent)
    readers: dict[str, Reader] = {
        "coco": lambda file: DetectionDataset.from_coco(pictures, str(file)),
        "voc": lambda folder: DetectionDataset.from_pascal_voc(pictures, str(folder / "Annotations")),
        YOLO: lambda folder: DetectionDataset.from_yolo(
            str(folder / "images/train"), str(folder / "labels/train"), str(folder / "data.yaml")
        ),
    }
    writers: dict[str, Writer] = {
        "coco": lambda dataset, out: dataset.as_coco(annotations_path=str(out)),
        "voc": lambda dataset, out: dataset.as_pascal_voc(annotations_directory_path=str(out)),
        YOLO: lambda dataset, out: dataset.as_yolo(annotations_directory_path=str(out)),
    }
    offered(writers, target)(offered(readers, source)(path), output)


def panlabel(source: str, target: str, path: Path, output: Path) -> None:
    """https://github.com/strickvl/panlabel: a program, which takes the place of this process."""
    known = {"coco": "coco", "voc": "voc", "cvat-images": "cvat", YOLO: "yolo"}
    words = ["convert", "--from", offered(known, source), "--to", offered(known, target), "--input", str(path)]
    program = Path(sys.executable).parent / "panlabel"
    os.execv(program, [str(program), *words, "--output", str(output), "--allow-lossy"])


PEERS = {peer.__name__: peer for peer in (datumaro, labelformat, supervision, globox, panlabel)}


def offered(table: dict[str, Any], slug: str) -> Any:
    """What a peer has for a format.  Raises: SystemExit where it has nothing."""
    if slug not in table:
        sys.exit(NOT_OFFERED)
    return table[slug]


def main(name: str, source: str, target: str, path: str, output: str) -> None:
    """Convert, and end with a status that says why not."""
    if find_spec(name) is None and not (Path(sys.executable).parent / name).exists():
        sys.exit(NOT_INSTALLED)
    try:
        PEERS[name](source, target, Path(path), Path(output))
    except Exception as error:
        sys.exit(reason(error))


def reason(error: BaseException) -> str:
    """The innermost cause, in a line."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {error}".splitlines()[0]


def print_versions(names: list[str]) -> None:
    """A line for each that is installed."""
    for name in names:
        with suppress(PackageNotFoundError):
            print(name, version(name))


if __name__ == "__main__":
    print_versions(sys.argv[2:]) if sys.argv[1] == "versions" else main(*sys.argv[1:6])
