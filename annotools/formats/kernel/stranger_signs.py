"""What files of formats that nobody here reads look like: a row each, the more particular first.

{"data_row": {..}, "projects": {..}}                Labelbox        words that stand in a head of JSON
684,8,273,116,1,4,0,1                               VisDrone        what each line of a text is
<sequence name="MVI_20011">                         UA-DETRAC       the root of XML
filename,width,height,class,xmin,ymin,xmax,ymax     TensorFlow      columns of a table
"""

from __future__ import annotations

import re

# There is one way to read each of these: of two, a line of thirty numbers has a thousand million.
_NUMBER = rb"-?(?:\d++(?:\.\d++)?+|\.\d++)(?:[eE][-+]?\d++)?+"
_SHARE = rb"(?:[01](?:\.\d*+)?+|\.\d++)(?:[eE]-\d++)?+"
_COMMA = rb"[ \t]*,[ \t]*"
_WHOLE = rb"-?\d++(?:\.0*+)?+"
_SCORE = rb"(?:[01](?:\.\d*+)?+|\.\d++)"
_FLAGS = rb"(?:1[01]|\d)" + _COMMA + rb"(?:-1|[01])" + _COMMA + rb"(?:-1|[0-2]),?"  # class, truncation, occlusion
_PLACE = rb"\d++(?:\.\d++)?+"
_FAR = rb"\d\d++(?:\.\d++)?+"  # no score, no class and no share
_CORNERS = _COMMA.join([_PLACE] * 6 + [_FAR, _FAR])

NO = "which cannot be read"
YOLO = "labels of YOLO, without data.yaml, obj.data or a list of classes (classes.txt) beside"
MOT = "lines of MOT, which are found in gt/gt.txt and det/det.txt, or by the slug mot"
_ICDAR, _NAMED = "ICDAR's text localization", "which are found in gt_*.txt, or by the slug icdar-localization"

# A tool, and what all of its files have, in any order.
JSON: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    (f"labelme, {NO}; labelme2coco makes COCO of it", (b'"shapes"', b'"flags"')),
    (f"labelme, {NO}; labelme2coco makes COCO of it", (b'"imageData"',)),
    (f"labelme, {NO}; labelme2coco makes COCO of it", (b'"shapes"', b'"imagePath"')),
    (f"Label Studio, {NO}; it exports COCO, VOC and YOLO", (b'"annotations"', b'"result"', b'"data"')),
    (f"Label Studio (JSON-MIN), {NO}; it exports COCO, VOC and YOLO", (b'"annotator"', b'"annotation_id"')),
    (f"VIA, {NO}; it exports COCO", (b'"regions"', b'"file_attributes"')),
    (f"VIA 3, {NO}", (b'"metadata"', b'"vid"', b'"xy"')),
    (f"CreateML, {NO}", (b'"annotation', b'"coordinates"', b'"label"')),
    (f"Supervisely's pictures, {NO}; it exports COCO", (b'"classTitle"', b'"exterior"')),
    (f"Supervisely's videos, {NO}", (b'"framesCount"', b'"frames"')),
    (f"MegaDetector, {NO}", (b'"detection_categories"', b'"detections"')),
    (f"CrowdHuman, {NO}", (b'"gtboxes"',)),
    (f"BDD100K (Scalabel), {NO}; its tools make COCO of it", (b'"category"', b'"box2d"')),
    (f"BDD100K (Scalabel), {NO}; its tools make COCO of it", (b'"category"', b'"poly2d"')),
    (f"Labelbox, {NO}", (b'"data_row"', b'"projects"')),
    (f"Labelbox, {NO}", (b'"Labeled Data"', b'"Label"')),
    (f"VoTT, {NO}; it exports VOC", (b'"securityToken"', b'"assets"')),
    (f"VoTT, {NO}; it exports VOC", (b'"asset"', b'"regions"')),
    (f"V7 Darwin, {NO}; it exports COCO", (b'"annotations"', b'"slot_name')),
    (f"nuScenes or nuImages, {NO}", (b'"token"', b'"sample_token"')),
    (f"nuScenes or nuImages, {NO}", (b'"token"', b'"category_token"')),
    (f"GeoJSON, {NO}", (b'"FeatureCollection"', b'"features"')),
    (f"Mapillary, {NO}", (b'"objects"', b'"label"', b'"ispano"')),
    (f"CityPersons, {NO}", (b'"bboxVis"', b'"instanceId"')),
    (
        "Cityscapes, which is found in gtFine or gtCoarse, or by the slug cityscapes",
        (b'"imgHeight"', b'"objects"', b'"polygon"'),
    ),
    (f"SageMaker Ground Truth, {NO}", (b'"source-ref"',)),
    (f"Scale, {NO}", (b'"task_id"', b'"response"')),
    (f"Encord, {NO}", (b'"label_hash"', b'"data_units"')),
    (f"Edge Impulse, {NO}", (b'"boundingBoxes"', b'"version"')),
    (f"COCO-Text, {NO}", (b'"imgToAnns"',)),
    (f"ICDAR's ArT and LSVT, {NO}", (b'"transcription"', b'"illegibility"')),
    (f"BURST, {NO}", (b'"annotated_image_paths"', b'"sequences"')),
    (f"Hugging Face, {NO}", (b'"file_name"', b'"objects"', b'"bbox"')),
    (f"vision language models, {NO}", (b'"prefix"', b'"suffix"', b'"image"')),
    ("CVAT's API, which has to be an object with tags, shapes and tracks at the top", (b'"label_id"', b'"frame"')),
)  # fmt: skip


# What lines are -> what each of them is.
LINES: dict[str, re.Pattern[bytes]] = {
    YOLO: re.compile(rb"\d+(?:[ \t]+" + _SHARE + rb"){4,}(?:[ \t]+\d+)?"),
    f"lines of DOTA, {NO}": re.compile(rb"(?:" + _NUMBER + rb"[ \t]+){8}\S.*[ \t][0-3]|(?:imagesource|gsd):.*"),
    f"results of DOTA, {NO}": re.compile(rb"\S+[ \t]+" + _SCORE + rb"(?:[ \t]+" + _NUMBER + rb"){8}"),
    f"lines of VisDrone (boxes of pictures), {NO}": re.compile(
        _COMMA.join([_WHOLE] * 4) + _COMMA + _SCORE + _COMMA + _FLAGS
    ),
    f"lines of VisDrone (objects of videos), {NO}": re.compile(
        _COMMA.join([_WHOLE] * 6) + _COMMA + _SCORE + _COMMA + _FLAGS.replace(rb"-1|", b"")
    ),
    f"corners of {_ICDAR}, {_NAMED}": re.compile(_CORNERS + rb",?"),
    f"results of {_ICDAR} with scores, {NO}": re.compile(_CORNERS + _COMMA + _SCORE + rb"(?:" + _COMMA + rb".*)?"),
    f"lines of {_ICDAR}, {_NAMED}": re.compile(_CORNERS + _COMMA + rb".*\S.*"),
    f"lists of a picture with boxes behind, as trainers of Keras have them, {NO}": re.compile(
        rb"\S.*\.\w{3,4}(?:[ \t]+\d+(?:,\d+){4})+"
    ),
    "lines of KITTI's tracking, which are found in label_02": re.compile(
        rb"\d+[ \t]+-?\d+[ \t]+[A-Za-z]\w*(?:[ \t]+" + _NUMBER + rb"){14,15}"
    ),
    f"lists of PaddleOCR, {NO}": re.compile(rb'\S.*\t\[(?:\{"transcription".*)?\]'),
    f"lines of Total-Text, {NO}": re.compile(rb"x: \[\[.*\]\], y: \[\[.*"),
    f"lines of four numbers, as of one tracked object (GOT-10k, OTB, LaSOT), {NO}": re.compile(
        _COMMA.join([_NUMBER] * 4)
    ),
    f"lines of a class and the corners of a box, as of the OIDv4 ToolKit, {NO}": re.compile(
        rb"[A-Za-z][\w' -]*(?:[ \t]+" + _NUMBER + rb"){4}"
    ),
    f"lines of MSRA-TD500, {NO}": re.compile(rb"\d+ [01](?: -?\d+){4} " + _NUMBER),
    f"corners and words of SCUT-CTW1500, {NO}": re.compile(_COMMA.join([_PLACE] * 10) + _COMMA + rb".*"),
    f"labels of Audacity, {NO}": re.compile(rb"(?:" + _NUMBER + rb"\t){2}.*"),
    MOT: re.compile(rb"\d+,\s*-?\d+(?:,\s*" + _NUMBER + rb"){4,8}"),
}  # fmt: skip

# The root of XML, as it begins -> what it is.
XML: dict[bytes, str] = {
    b"<sequence": f"XML of UA-DETRAC, {NO}", b"<PcGts": f"XML of PAGE, {NO}", b"<alto": f"XML of ALTO, {NO}",
    b"<HRSC_Image": f"XML of HRSC2016, {NO}", b"<dataset": f"XML of dlib or of PETS, {NO}",
    b"<viper": f"XML of ViPER, {NO}", b"<svg": f"SVG, {NO}", b"<kml": f"KML, {NO}",
}  # fmt: skip

# What heads of tables have -> what they are.
TABLES: dict[str, tuple[bytes, ...]] = {
    f"a table of boxes of TensorFlow, {NO}": (b"filename", b"class", b"xmin", b"ymax"),
    f"a table of VoTT, {NO}; it exports VOC": (b"image", b"label", b"xmin", b"ymax"),
    f"a table of VIA, {NO}; it exports COCO": (b"region_shape_attributes",),
    f"a table of VIA 3, {NO}": (b"# Exported using VGG Image Annotator",),
    f"a table of Label Studio, {NO}; it exports COCO, VOC and YOLO": (b"annotator", b"annotation_id"),
    f"a table of Hugging Face, {NO}": (b"file_name",),
    f"a table of boxes as Kaggle has it, {NO}": (b"image_id", b"bbox"),
    f"a table of run lengths as Kaggle has it, {NO}": (b"EncodedPixels",),
    f"a table of Common Voice, {NO}": (b"client_id", b"sentence"),
}
_CLASSES = re.compile(rb"filename(?:[ \t]*,[^,\n]+)+\r?\n[^,\n]+(?:[ \t]*,[ \t]*[01])+\r?(?:\n|\Z)")
_BOXES = re.compile(rb"[^,\n]+\.\w{3,4}(?:,\d++){4},[^,\n]+")
# What whole heads of tables begin with -> what they are.
BEGUN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (_CLASSES, f"Roboflow's table of classes of pictures, {NO}"),
    (_BOXES, f"a table of boxes of RetinaNet, {NO}"),
)
