"""What formats of lines, rows and cells have in their files: the members they take, and the one that grows.

Each layout: a row, what stands at the head and the end of the member, and the members beside it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from struct import pack

from benchmarks.heavy.bundles import Members, dumped

PICTURES = 100
LABELS = ({"id": 1, "name": "car", "type": "any", "attributes": []},)


@dataclass(frozen=True)
class Layout:
    """member: a name, with {} where there are many.  row: a number -> bytes.  pictures: folder of black pictures.

    task: whether a task says labels and sizes.
    """

    member: str
    row: Callable[[int], bytes]
    head: bytes = b""
    tail: bytes = b""
    beside: Members = field(default_factory=dict)
    pictures: str = ""
    between: bytes = b"\n"
    task: bool = False


def png(width: int = 64, height: int = 48, depth: int = 8) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + bytes((3 if depth == 8 else 2) * width)) * height)
    head = pack(">IIBBBBB", width, height, depth, 2 if depth == 8 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _text(form: str) -> Callable[[int], bytes]:
    """A row of a template: {i} its number, {p} a picture's, {s} a share, {x}, {y} pixels."""
    return lambda i: form.format(
        i=i, p=f"{i % PICTURES:06}", f=i % PICTURES, s=(i * 7919 % 9973) / 20000 + 0.2, x=i * 31 % 1800, y=i * 17 % 900
    ).encode()


_POSES = b"".join(
    b"<item><tx>%d</tx><ty>2</ty><tz>3</tz><rx>0</rx><ry>0</ry><rz>0.5</rz><state>2</state><occlusion>0</occlusion>"
    b"<occlusion_kf>0</occlusion_kf><truncation>0</truncation><amt_occlusion>-1</amt_occlusion></item>" % i
    for i in range(3)
)
_TRACKLET = (
    b"<item><objectType>car</objectType><h>1.5</h><w>1.6</w><l>4</l><first_frame>%d</first_frame><poses><count>3"
    b"</count><item_version>2</item_version>" + _POSES + b"</poses><finished>1</finished></item>"
)
_TRACKLETS = b"<boost_serialization><tracklets><count>9</count><item_version>1</item_version>"
_YAML = b"path: .\ntrain: train.txt\nnames:\n  0: car\n  1: person\n"
_LISTED = b"".join(b"./images/train/%06d.jpg\n" % i for i in range(PICTURES))
_FRAMES = b"".join(b"%d a/%06d.pcd\n" % (i, i) for i in range(PICTURES))
_FIGURE = (
    '{{"key": "{i:032x}", "objectKey": "{i:032x}", "geometryType": "cuboid_3d", "geometry": {{"position": {{"x": {x},'
    ' "y": 2, "z": 3}}, "rotation": {{"x": 0, "y": 0, "z": 0.5}}, "dimensions": {{"x": 1, "y": 2, "z": 4}}}}}}'
)
_OBJECT = b'{"key": "%032x", "classTitle": "car", "tags": []}'
_SLY_META = dumped({"classes": [{"id": 0, "title": "car", "color": "#ff0000", "shape": "cuboid_3d"}], "tags": []})
_LABELME = (
    "<object><name>car</name><deleted>0</deleted><verified>0</verified><occluded>no</occluded><date></date><id>{i}</id>"
    "<parts><hasparts></hasparts><ispartof></ispartof></parts><polygon><pt><x>{x}</x><y>{y}</y></pt><pt><x>1</x>"
    "<y>9</y></pt><pt><x>30.5</x><y>5</y></pt></polygon><attributes></attributes></object>"
)
_VOC = (
    "<object><name>car</name><difficult>0</difficult><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>1900</xmax>"
    "<ymax>1000</ymax></bndbox></object>"
)
_DATUMARO = (
    '{{"id": "{i:07}", "annotations": [{{"id": {i}, "type": "bbox", "attributes": {{"occluded": false}}, "group": 0,'
    ' "label_id": 0, "z_order": 0, "bbox": [{x}, {y}, 20, 30]}}], "attr": {{"frame": {i}}}, "image": {{"path":'
    ' "{i:07}.jpg", "size": [1080, 1920]}}}}'
)
_CATEGORIES = b'{"info": {}, "categories": {"label": {"labels": [{"name": "car", "parent": "", "attributes": []}]}}, '
_CITY = '{{"label": "car", "polygon": [[{x}, {y}], [9, 1], [30, 50], [7, 3]]}}'
_OPEN = b"ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"
_LAYOUTS: dict[str, Layout] = {
    "yolo": Layout("obj_train_data/{}.txt", _text("0 {s:.6f} {s:.6f} 0.1 0.05"), beside={
        "obj.data": b"classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n", "obj.names": b"car\n",
        "train.txt": b"".join(b"data/obj_train_data/%06d.jpg\n" % i for i in range(PICTURES))}),
    "yolo-ultralytics-detection": Layout(
        "labels/train/{}.txt", _text("0 {s:.6f} {s:.6f} 0.1 0.05"), beside={"data.yaml": _YAML, "train.txt": _LISTED}),
    "yolo-ultralytics-detection-track": Layout(
        "labels/train/{}.txt", _text("0 {s:.6f} {s:.6f} 0.1 0.05 {i}"),
        beside={"data.yaml": _YAML, "train.txt": _LISTED}),
    "yolo-ultralytics-obb": Layout(
        "labels/train/{}.txt", _text("0 {s:.6f} 0.1 0.9 0.1 0.9 0.3 {s:.6f} 0.3"),
        beside={"data.yaml": _YAML, "train.txt": _LISTED}),
    "yolo-ultralytics-segmentation": Layout(
        "labels/train/{}.txt", _text("0 {s:.6f} 0.1 0.9 0.1 0.9 0.3 {s:.6f} 0.3 0.1 0.2"),
        beside={"data.yaml": _YAML, "train.txt": _LISTED}),
    "yolo-ultralytics-pose": Layout(
        "labels/train/{}.txt", _text("0 {s:.6f} {s:.6f} 0.1 0.05 {s:.6f} 0.2 2 0.3 0.4 1"),
        beside={"data.yaml": _YAML + b"kpt_shape: [2, 3]\n", "train.txt": _LISTED}),
    "yolo-ultralytics-classification": Layout(
        "train/labels.json", _text('"a/{i:07}.jpg": {{"labels": ["car"], "path": "car/{i:07}.jpg"}}'), b"{", b"}",
        {"classes.txt": b"car\n"}, between=b",\n"),
    "data.yaml": Layout("data.yaml", _text("  {i}: class {i}"), b"path: .\ntrain: train.txt\nnames:\n", beside={
        "train.txt": _LISTED, "labels/train/000001.txt": b"0 0.5 0.5 0.1 0.1\n"}),
    "voc": Layout("Annotations/{}.xml", _text(_VOC), b"<annotation><folder></folder><filename>a.jpg</filename><size>"
        b"<width>1920</width><height>1080</height><depth>3</depth></size>", b"</annotation>", {"labelmap.txt":
        b"# label:color_rgb:parts:actions\ncar:0,128,0::\nbackground:0,0,0::\n"}),
    "camvid": Layout("label_colors.txt", _text("{f} {f} 7 label {i}"), pictures="defaultannot/{}.png"),
    "segmentation-mask": Layout("labelmap.txt", _text("label {i}:{f},{f},7::"), pictures="SegmentationClass/{}.png"),
    "cityscapes": Layout(
        "gtFine/default/{}_gtFine_polygons.json", _text(_CITY), b'{"imgHeight": 48, "imgWidth": 64, "objects": [',
        b"]}", pictures="gtFine/default/{}_gtFine_color.png", between=b",\n"),
    "kitti": Layout("default/label_2/{}.txt", _text("car 0.0 0 -1 {x} {y} 1900.5 1000 -1 -1 -1 -1000 -1000 -1000 -10")),
    "kitti tracking": Layout("training/label_02/0000.txt", _text(
        "{i} 1 car 0 0 -1.5 {x}.5 {y} 1900.5 1000 1.5 1.6 4 1 2 30 -1.5")),
    "mots": Layout("default/instances/labels.txt", _text("label {i}"), beside={
        "default/instances/000001.png": png(depth=16)}),
    "mots txt": Layout("instances_txt/0001.txt", _text("{i} 2001 2 48 64 PP2")),
    "mot": Layout("gt/gt.txt", _text("{f},{i},{x}.5,{y},20,30,1,1,0.5"), beside={"gt/labels.txt": b"car\n"}),
    "datumaro": Layout("annotations/default.json", _text(_DATUMARO), _CATEGORIES + b'"items": [', b"]}",
        between=b",\n"),
    "labelme": Layout("default/{}.xml", _text(_LABELME), b"<annotation><filename>a.jpg</filename><folder></folder>"
        b"<imagesize><nrows>1080</nrows><ncols>1920</ncols></imagesize>", b"</annotation>"),
    "open-images": Layout("annotations/default-annotations-bbox.csv", _text(
        "{p},,car,1,0.1,{s:.4f},0.1,0.{y},0,0,0,0,0"), _OPEN + b"\n", beside={
        "annotations/class-descriptions.csv": b"car,car\n", "annotations/default-images-with-rotation.csv":
        b"ImageID,Subset\n" + b"".join(b"%06d,default\n" % i for i in range(PICTURES))}),
    "imagenet": Layout("default.txt", _text("a/{i:07}.jpg 0"), beside={"synsets.txt": b"car\ndog\n"}),
    "wider-face": Layout(
        "wider_face_split/wider_face_default_bbx_gt.txt", _text("0--car/{i:07}.jpg\n1\n{x} {y} 20 30 0 0 0 0 0 0"),
        beside={"labels.txt": b"car\nface\n"}),
    "vggface2": Layout("bb_landmark/loose_bb_default.csv", _text("car/{i:07},{x}.5,{y},20,30"), b"NAME_ID,X,Y,W,H\n",
        beside={"labels.txt": b"car\n"}),
    "vggface2 landmarks": Layout("bb_landmark/loose_landmark_default.csv", _text(
        "car/{i:07},{x}.5,{y},20,30,1,2,3,4,5,6"), b"NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\n",
        beside={"labels.txt": b"car\n"}),
    "lfw": Layout("default/annotations/pairs.txt", _text("car/{i:07}"), beside={
        "default/annotations/people.txt": b"car\t3\n"}),
    "lfw people": Layout("default/annotations/people.txt", _text("person {i}\t3"), beside={
        "default/annotations/pairs.txt": b"car/0001\n"}),
    "lfw landmarks": Layout("default/annotations/landmarks.txt", _text("car/car_{i:07}.jpg\t{x}\t20.5"), beside={
        "default/annotations/people.txt": b"car\t3\n", "default/annotations/pairs.txt": b"car/0001\n"}),
    "lfw pairs": Layout("default/annotations/pairs.txt", _text("car\t{i}\tdog\t{f}"), beside={
        "default/annotations/people.txt": b"car\t3\ndog\t9\n"}),
    "market-1501": Layout("images_default.txt", _text("bounding_box_default/{i:04}_c1s1_{p}_03.jpg")),
    "icdar-recognition": Layout("default/gt.txt", _text('word_{i}.png, "word {i}"')),
    "icdar-localization": Layout("default/gt_{}.txt", _text('{x} {y} 1900.5 1000 "word {i}"')),
    "icdar-segmentation": Layout("default/{}_GT.txt", _text('{f} 128 0 - - {x} {y} 1900 1000 "a"'),
        pictures="default/{}_GT.png"),
    "kitti-raw": Layout("tracklet_labels.xml", lambda i: _TRACKLET % (i % 90), _TRACKLETS,
        b"</tracklets></boost_serialization>", {"frame_list.txt": _FRAMES, "labels.txt": b"car\n"}),
    "kitti-raw frames": Layout("frame_list.txt", _text("{i} a/{i:06}.pcd"), beside={
        "tracklet_labels.xml": _TRACKLETS + b"</tracklets></boost_serialization>", "labels.txt": b"car\n"}),
    "sly-pointcloud": Layout("ds0/ann/{}.pcd.json", _text(_FIGURE), b'{"key": "%032x", "tags": [], "objects": [' % 7
        + b", ".join(_OBJECT % i for i in range(PICTURES)) + b'], "figures": [', b"]}", {"meta.json": _SLY_META},
        between=b",\n"),
    "generic-tsv": Layout("annotations.tsv", _text("{i}\ta.mp3\t0:00:{f:02}\t0:02:02.450000\tcar\tmanual\t1.0\tanna"),
        b"id\tfilename\tstart\tstop\tlabel\tsource\tscore\tspeaker\n"),
}  # fmt: skip


_WITHOUT_SIZES = {"yolo", "open-images", "kitti", "kitti tracking", "voc"} | {
    f"yolo-ultralytics-{kind}" for kind in ("detection", "detection-track", "obb", "segmentation", "pose")
}
LAYOUTS = {name: replace(layout, task=name in _WITHOUT_SIZES) for name, layout in _LAYOUTS.items()}


def slug_of(name: str) -> str:
    """The format of a layout."""
    return "yolo-ultralytics-detection" if name == "data.yaml" else name.split()[0]


def task() -> Members:
    """A task whose frames are called as pictures are here."""
    frames = [{"name": f"{i:06}.jpg", "width": 1920, "height": 1080} for i in range(3_000)]
    meta = {"size": len(frames), "start_frame": 0, "stop_frame": len(frames) - 1, "frames": frames}
    labels = [{"id": i + 1, "name": name, "type": "any", "attributes": []} for i, name in enumerate(("car", "person"))]
    return {"labels.json": dumped(labels), "data_meta.json": dumped(meta | {"deleted_frames": []})}
