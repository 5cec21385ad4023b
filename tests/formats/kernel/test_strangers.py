"""What is said of sources that no format recognises."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotools import formats
from annotools.errors import InputError
from tests.formats.kernel.sources import zipped

RESULT: dict[str, Any] = {"type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["cat"]}}
REGION = {"shape_attributes": {"name": "rect", "x": 1}, "region_attributes": {}}
SOURCES: dict[str, dict[str, Any]] = {
    "JSON of labelme": {"a.json": {"version": "5.0.1", "flags": {}, "shapes": [], "imagePath": "a.jpg"}, "a.jpg": ""},
    "JSON of Label Studio": {"p.json": [{"id": 1, "annotations": [{"result": [RESULT]}], "data": {"image": "a.jpg"}}]},
    "JSON of VIA": {"via.json": {"a.jpg1": {"filename": "a.jpg", "file_attributes": {}, "regions": {"0": REGION}}}},
    "JSON of CreateML": {"a.json": [{"image": "a.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 1}}]}]},
    "labels of YOLO, without": {
        "labels/a.txt": "0 0.5 .5 1 1e-05 0 1\n",
        "labels/b.txt": "0 .1 .2 .3 .4 17\n",
        "a.jpg": "",
        "README.md": "# cats",
    },
    "lines of MOT": {"MOT17-02.txt": "1,1,13.24,9.53,26.7,6.2,1,1,0.5\n", "README.txt": "results"},
    "lines of DOTA": {"labelTxt/P1.txt": "2753.0 2408.0 2861.0 2385.0 2888.0 2468.0 2805.0 2502.0 plane 0\n"},
    "JSON of Supervisely's pictures": {
        "ds/ann/a.jpg.json": {"objects": [{"classTitle": "x", "points": {"exterior": []}}]}
    },
    "JSON of MegaDetector": {"a.json": {"detection_categories": {}, "images": [{"file": "a.jpg", "detections": []}]}},
    "lines of VisDrone (boxes of pictures)": {
        "annotations/a.txt": "684,8,273,116,0,0,0,0\n406,119,265,70,1,4,0,2\n",
        "images/a.jpg": "",
    },
    "lines of VisDrone (boxes of pictures), which cannot be read": {"a.txt": "684,8,273,116,0.98,4,-1,-1,\n"},
    "lines of VisDrone (objects of videos)": {"uav1_v.txt": "1,0,593,43,174,190,0,0,0,0\n2,0,592,43,174,189,1,4,0,1\n"},
    "corners of ICDAR's text localization": {"res_img_1.txt": "690, 169, 907, 169, 907, 207, 690, 207\r\n"},
    "results of ICDAR's text localization with scores": {
        "res_1.txt": "377,117,463,117,465,130,378,130,0.98\n",
        "res_2.txt": "",
    },
    "results of ICDAR's text localization with scores, which": {"a.txt": "37,11,46,11,46,13,37,13,0.9,Genaxis\n"},
    "lines of ICDAR's text localization": {"img_1.txt": "377,117,463,117,465,130,378,130,Genaxis Theatre\n"},
    "lines of a class and the corners of a box": {
        "train/Apple/Label/a.txt": "Apple 12.8 0.0 1023.36 682.99\nHuman eye 1 2 3 4\n",
        "train/Apple/a.jpg": "",
    },
    "lines of four numbers": {"Basketball/groundtruth_rect.txt": "198,214,34,81\n197,214,34,81\n"},
    "lines of KITTI's tracking": {"0000.txt": "0 -1 DontCare" + " -1" * 14 + "\n0 0 Van" + " 1.5" * 14 + "\n"},
    "lists of a picture with boxes": {"list.txt": "a b.jpg 50,100,150,200,0 30,50,200,120,3\n"},
    "lists of PaddleOCR": {"Label.txt": 'a.jpg\t[{"transcription": "MASA", "points": [[1, 2]]}]\n'},
    "results of DOTA": {"Task1_plane.txt": "P0006 0.99 " + " ".join(["2753.0"] * 8) + "\n"},
    "JSON of CrowdHuman": {"val.odgt": '{"ID": "a", "gtboxes": [{"tag": "person", "fbox": [1, 2, 3, 4]}]}\n'},
    "JSON of BDD100K (Scalabel)": {"a.json": [{"name": "a.jpg", "labels": [{"category": "car", "box2d": {"x1": 1}}]}]},
    "JSON of COCO-Text": {"a.json": {"imgs": {"1": {}}, "anns": {}, "imgToAnns": {"1": [5]}}},
    "JSON of ICDAR's ArT and LSVT": {"a.json": {"gt_1": [{"transcription": "a", "points": [], "illegibility": True}]}},
    "lines of MSRA-TD500": {"IMG_0059.gt": "0 0 1368 181 455 83 0.0\n1 1 12 8 5 3 -0.25\n", "IMG_0059.JPG": ""},
    "corners and words of SCUT-CTW1500": {"a.txt": "1,1,9,1,9,9,5,12,1,9,word\n1,1,9,1,9,9,5,12,1,9,7,7,###\n"},
    "labels of Audacity": {"a.txt": "0.000000\t1.500000\tdog\n2.0\t3.0\tbig cat\n", "a.wav": ""},
    "a table of boxes as Kaggle has it": {"train.csv": 'image_id,width,height,bbox\na,9,9,"[1, 2, 3, 4]"\n'},
    "a table of run lengths as Kaggle has it": {"train.csv": "ImageId,EncodedPixels\na.jpg,264661 17\n"},
    "a table of Common Voice": {"train.tsv": "client_id\tpath\tsentence\nx\ta.mp3\tHello\n", "clips/a.mp3": ""},
    "a table of boxes of RetinaNet": {"_annotations.csv": "a.jpg,1,2,30,40,ball\nb.jpg,,,,,\n", "a.jpg": ""},
    "JSON of Labelbox": {"a.ndjson": '{"data_row": {}, "projects": {}}\n'},
    "JSON of VoTT": {"a.json": {"asset": {"name": "a.jpg"}, "regions": []}},
    "JSON of labelme, which": {"a.json": '{"imageData": "' + "x" * 20_000 + '", "shapes": []}'},
    "JSON of CVAT's API, which": {
        "dump.json": {"job": {"id": 7}, "annotations": {"tags": [{"frame": 0, "label_id": 1}]}}
    },
    "JSON of CVAT's API, which has to be an object": {"a.json": [{"type": "points", "frame": 0, "label_id": 1}]},
    "JSON of GeoJSON": {"a.geojson": {"type": "FeatureCollection", "features": []}},
    "XML of UA-DETRAC": {"MVI_20011.xml": '<?xml version="1.0"?>\n<sequence name="MVI_20011"></sequence>'},
    "XML of PAGE": {"a.xml": '<PcGts xmlns="x"><Page/></PcGts>'},
    "a table of boxes of TensorFlow": {
        "a.csv": "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,1,1,car,1,2,3,4\n"
    },
    "a table of VIA": {"a.csv": "filename,file_size,region_shape_attributes\n"},
    "Roboflow's table of classes": {"train/_classes.csv": "filename, car, bus\na.jpg, 1, 0\n", "train/a.jpg": ""},
    "pictures without annotations": {"cat/a.jpg": "", "dog/b.PNG": "", "LICENSE.txt": "MIT"},
}


def refusal(members: dict[str, Any]) -> str:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}
    with pytest.raises(InputError) as caught:
        formats.sniff(zipped(texts))
    return str(caught.value)


@pytest.mark.parametrize("what", SOURCES)
def test_a_stranger_is_called_by_its_name(what: str) -> None:
    assert f"is of no known format, and looks like {what}" in refusal(SOURCES[what])


@pytest.mark.parametrize(
    "members",
    [
        {"a.txt": "684,8,273,116,0,0,0,0\nno line\n"},
        {"a.xml": "<project/>"},
        {"a.csv": "a,b\n"},
        {"images.txt": "1 a.jpg\n", "bounding_boxes.txt": "1 60.0 27.0 325.0 304.0\n", "classes.txt": "1 bird\n"},
        {"a.txt": "1 1 13.24 9.53 26.7 6.2\n"},
        {"a.json": {"name": "x"}},
        {"a.py": "0 0.5 0.5 0.5 0.5", "b.py": ""},
        {"a.txt": "0" + " 0.5" * 60 + " x\n"},
        {"a.txt": "9" * 16_000 + "\n"},
        {"a.json": '{"' + '\\"' * 30_000},
    ],
)
def test_others_are_not(members: dict[str, Any]) -> None:
    assert "is of no known format, expected one of cvat-api, " in refusal(members)
