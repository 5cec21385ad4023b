"""The export and import formats that CVAT knows by name, with extension and dimension.

    EXPORTERS["COCO 1.0"].suffix == "zip"

Source: CVAT's manual, page "Formats"; which of them work here depends on what annotools reads and writes.
"""

from __future__ import annotations

from typing import NamedTuple


class FormatName(NamedTuple):
    """A row of `/api/server/annotation/formats`."""

    name: str
    ext: str
    version: str
    dimension: str
    enabled: bool = True

    @property
    def suffix(self) -> str:
        """Extension of an exported file."""
        return self.ext.lower()

    @property
    def title(self) -> str:
        """Name and version, as clients send it."""
        return f"{self.name} {self.version}"


_BOTH = """
COCO|ZIP|JSON, ZIP|1.0|2d
COCO Keypoints|ZIP|JSON, ZIP|1.0|2d
Datumaro|ZIP|JSON, ZIP|1.0|2d
Datumaro 3D|ZIP|JSON, ZIP|1.0|3d
LabelMe|ZIP|ZIP|3.0|2d
MOT|ZIP|ZIP|1.1|2d
MOTS PNG|ZIP|ZIP|1.0|2d
PASCAL VOC|ZIP|ZIP|1.1|2d
Segmentation mask|ZIP|ZIP|1.1|2d
YOLO|ZIP|ZIP|1.1|2d
Ultralytics YOLO Detection|ZIP|ZIP|1.0|2d
Ultralytics YOLO Segmentation|ZIP|ZIP|1.0|2d
Ultralytics YOLO Pose|ZIP|ZIP|1.0|2d
Ultralytics YOLO Oriented Bounding Boxes|ZIP|ZIP|1.0|2d
Ultralytics YOLO Classification|ZIP|ZIP|1.0|2d
CamVid|ZIP|ZIP|1.0|2d
WiderFace|ZIP|ZIP|1.0|2d
VGGFace2|ZIP|ZIP|1.0|2d
Market-1501|ZIP|ZIP|1.0|2d
ICDAR Recognition|ZIP|ZIP|1.0|2d
ICDAR Localization|ZIP|ZIP|1.0|2d
ICDAR Segmentation|ZIP|ZIP|1.0|2d
ImageNet|ZIP|ZIP|1.0|2d
LFW|ZIP|ZIP|1.0|2d
Open Images V6|ZIP|ZIP|1.0|2d
Cityscapes|ZIP|ZIP|1.0|2d
KITTI|ZIP|ZIP|1.0|2d
Kitti Raw Format|ZIP|ZIP|1.0|3d
Sly Point Cloud Format|ZIP|ZIP|1.0|3d
Generic TSV|TSV|TSV|1.0|1d
"""
_ROWS = [line.split("|") for line in _BOTH.strip().split("\n")]


def _table(*rows: FormatName) -> dict[str, FormatName]:
    return {row.title: row for row in sorted(rows, key=lambda row: row.title)}


EXPORTERS = _table(
    *(FormatName(name, out, version, dimension) for name, out, _, version, dimension in _ROWS),
    FormatName("CVAT for images", "ZIP", "1.1", "2d"),
    FormatName("CVAT for video", "ZIP", "1.1", "2d"),
    FormatName("Ultralytics YOLO Detection Track", "ZIP", "1.0", "2d"),
)
IMPORTERS = _table(
    *(FormatName(name, into, version, dimension) for name, _, into, version, dimension in _ROWS),
    FormatName("CVAT", "XML, ZIP", "1.1", "2d"),
)
