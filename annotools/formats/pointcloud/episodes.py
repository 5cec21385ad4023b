"""Episodes of Supervisely, whose one file speaks of all clouds of a recording, as files of clouds.

    ds0/frame_pointcloud_map.json     {"0": "1.pcd", "1": "2.pcd"}
    ds0/annotation.json               {"framesCount": 2, "tags": [{"name": "rain", "frameRange": [0, 1]}],
                                       "objects": [{"key": .., "classTitle": "car", "tags": [..]}],
                                       "frames": [{"index": 0, "figures": [..]}]}
    ds0/pointcloud/1.pcd

Tags hold for a range of frames, both ends included, or for all.
Source: https://docs.supervisely.com/customization-and-integration/00_ann_format_navi/07_supervisely_format_pointcloud_episode
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.kernel import jsonfile
from annotools.formats.kernel.members import member_named
from annotools.formats.pointcloud.projects import ANN, KIND, Cloud, CloudFile, Tag
from annotools.storage import Source

EPISODE = re.compile(r"(?P<root>(?:.*?/)?)(?P<folder>[^/]+)/annotation\.json", re.DOTALL)
MAP = "frame_pointcloud_map.json"
_MOST = 1 << 20  # frames


class _Frame(msgspec.Struct, gc=False):
    index: int
    figures: list[msgspec.Raw] | None = None


class _Episode(msgspec.Struct, gc=False, rename="camel"):
    key: str = ""
    frames_count: int | None = None
    tags: list[Tag] | None = None
    objects: list[msgspec.Raw] | None = None
    frames: list[_Frame] | None = None


def episodes_of(source: Source, problems: Problems) -> list[Cloud]:
    """The clouds of all episodes, in the order of their frames."""
    parts = [match for name in source.members() if (match := EPISODE.fullmatch(name))]
    return [cloud for match in parts for cloud in _clouds(source, match, problems)]


def _clouds(source: Source, parts: re.Match[str], problems: Problems) -> Iterator[Cloud]:
    member, root, folder = parts[0], parts["root"], parts["folder"]
    episode = jsonfile.read(source, member, problems, _Episode)
    if episode is None:
        return
    names = _names(source, f"{root}{folder}/{MAP}", problems)
    places = {frame.index: index for index, frame in reversed([*enumerate(episode.frames or ())])}
    for number in sorted({*names, *places, *range(min(episode.frames_count or 0, _MOST))}):
        if not 0 <= number < _MOST:
            message, pointer = f"index is {number}", f"/frames/{places.get(number, 0)}/index"
            problems.append(Problem(message, member, pointer=pointer, expected="a number of a frame from 0"))
            continue
        index = places.get(number)
        figures = None if index is None else (episode.frames or [])[index].figures
        tags = [tag for tag in episode.tags or () if tag.covers(number)]
        file = CloudFile(f"{folder} {number}", tags, episode.objects, figures)
        pointer = "" if index is None else f"/frames/{index}"
        yield Cloud(member, root, folder, names.get(number, f"{number:06d}.pcd"), file, number, pointer)


def _names(source: Source, member: str, problems: Problems) -> dict[int, str]:
    """The names of the clouds of frames."""
    content: Any = jsonfile.read(source, member, problems, dict[str, str]) if source.has(member) else None
    named = content if isinstance(content, dict) else {}
    return {int(number): name for number, name in named.items() if number.isdecimal() and len(number) < 10 and name}


def is_project(source: Source) -> bool:
    """Whether a source is certainly a project of clouds of points, or of episodes of them."""
    matches = (ANN.fullmatch(name) or EPISODE.fullmatch(name) for name in source.members())
    roots = {parts["root"] for parts in matches if parts}
    metas = filter(None, (member_named(source, f"{root}meta.json") for root in roots))
    return any(KIND.search(source.read(meta)) for meta in metas)
