"""CVAT's XML where its texts are escaped, and where its images have a number alone."""

from __future__ import annotations

import pytest

from tests.formats.test_cvat_xml_strangers import image, read, task

RAW = "a<b>c\"d'e&f&lt;"
ENTITIES = {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


def escaped(text: str) -> str:
    text = text.replace("&", "&amp;")
    for sign, entity in ENTITIES.items():
        text = text.replace(sign, entity)
    return text


@pytest.mark.parametrize("apart", ["", "<!-- an odd file takes another way -->"])
@pytest.mark.parametrize("text", [RAW, *ENTITIES, "&", "&amp;", "&#65;", "é&日", "a'b"])
def test_escaped_texts_are_what_they_stand_for(text: str, apart: str) -> None:
    name = escaped(text)
    specs = f"<attributes><attribute><name>{name}</name></attribute></attributes>"
    meta = f"<meta><task><name>{name}</name><labels><label><name>{name}</name>{specs}</label></labels></task></meta>"
    value = f'<attribute name="{name}">{name}</attribute>'
    shape = f'<box label="{name}" xtl="1" ytl="2" xbr="3" ybr="4" source="manual" occluded="0">{value}</box>'
    dataset = read(image(shape).replace("<annotations>", f"<annotations>{meta}{apart}")).dataset
    assert dataset.task.name == text
    assert [label.name for label in dataset.labels] == [text]
    assert dict(dataset.shapes[0].attributes) == {text: text}


@pytest.mark.parametrize(("number", "frame"), [(0, 0), (1, 1), (2, None), (-1, None)])
def test_an_image_without_a_name_is_the_frame_of_its_number(number: int, frame: int | None) -> None:
    box = '<box label="car" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    result = read(image(box, number, name=""), task("a.jpg", "b.jpg"))
    assert result.dataset.shapes.frame.tolist() == ([] if frame is None else [frame])
    assert len(result.problems) == (frame is None)
