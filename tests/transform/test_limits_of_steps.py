"""How much a step makes of little before it is refused."""

from __future__ import annotations

import pytest

from annotools.errors import LimitError
from annotools.model import AttributeSpec, DatasetBuilder
from annotools.transform import attribute_defaults, run


@pytest.mark.parametrize(
    ("rows", "attributes", "fits"),
    [
        (2, 2, True),  # as many values as anything may have
        (3, 2, True),  # more, but two a row
        (2, 3, False),
        (1, 4, True),
        (1, 5, False),
        (9, 2, True),
    ],
)
def test_defaults_are_refused_for_many_rows_of_very_many_attributes(
    rows: int, attributes: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribute_defaults, "_MOST", 4)
    monkeypatch.setattr(attribute_defaults, "_MANY", 2)
    build = DatasetBuilder()
    build.add_label("car", attributes=[AttributeSpec(0, f"no {n}", default_value="?") for n in range(attributes)])
    build.add_frame("a.jpg", 64, 48)
    for _ in range(rows):
        build.add_tag(0, "car")
    if fits:
        assert len(run(build.dataset(), ("default-attributes",))[0].attributes) == rows * attributes
    else:
        with pytest.raises(LimitError, match=f"{rows} rows have {rows * attributes} attributes by their labels"):
            run(build.dataset(), ("default-attributes",))
