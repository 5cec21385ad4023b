"""Variations of the files of a dataset, as people have them: members that lack or are too many, other line ends and
encodings, and values one by one: where a key, attribute or column stands n times, it has n values that are odd.

    for word, members in variations({"gt/gt.txt": b"1,1,2,3,4,5,1,1,1\\n"}): ...
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

Members = dict[str, bytes]
Variation = tuple[str, Members]

MISSING = object()
JSON_VALUES: tuple[Any, ...] = (
    None,
    "",
    "x",
    -1,
    0,
    1,
    1.5,
    True,
    [],
    {},
    "7",
    MISSING,
    [1, 2, 3],
    1e12,
    [[0, 0, 5, 0, 5, 5]],
)
TEXTS = (
    "0",
    "1",
    "-1",
    "1.5",
    "",
    "x",
    "nan",
    "1e3",
    " 2 ",
    "0.999999",
    "1.000001",
    "99999",
    "true",
    "+3",
    "a b",
    "1,2;3,4",
)
MOST = 60  # keys, attributes or columns of a set of files
_ATTRIBUTE = re.compile(r'(?<= )([\w:]+)="([^"]*)"')
_LEAF = re.compile(r"<(\w+)>([^<>\n]*)</\1>")
_LINES = (".txt", ".csv", ".tsv", ".names", ".data", ".meta", ".yaml")


def variations(members: Members) -> Iterator[Variation]:
    """All of them that differ; members: the files that are sound."""
    known: list[Members] = []
    parts = (_of_members(members), _of_texts(members), _of_json(members), _of_xml(members), _of_lines(members))
    for word, changed in chain([("sound", members)], *parts):
        if changed not in known:
            known.append(changed)
            yield word, changed


def _of_members(members: Members) -> Iterator[Variation]:
    kinds: dict[str, str] = {}
    for name in members:
        kinds.setdefault(re.sub(r"\d+", "", name.rpartition("/")[0]) + "." + name.rpartition(".")[2], name)
    for number, gone in enumerate(list(kinds.values())[:8]):
        yield f"without-{number}", {name: data for name, data in members.items() if name != gone}
        yield f"empty-{number}", members | {gone: b""}
        yield f"doubled-{number}", members | {f"copy/{gone}": members[gone]}
        yield (
            f"other-end-{number}",
            {(name.replace(".", "2.") if name == gone else name): data for name, data in members.items()},
        )
    yield "capitals", {name.upper(): data for name, data in members.items()}
    yield "capital-ends", {_capital_end(name): data for name, data in members.items()}
    yield "in-a-folder", {f"data set/{name}": data for name, data in members.items()}
    beside = {
        "README.roboflow.txt": b"hello\n",
        ".DS_Store": b"\0\0",
        "__MACOSX/._a": b"\0",
        "notes.pdf": b"%PDF",
        "Thumbs.db": b"x",
    }
    yield "with-others", members | beside
    yield "only-others", beside
    yield "flat", {name.rpartition("/")[2]: data for name, data in members.items()}


def _capital_end(name: str) -> str:
    stem, dot, end = name.rpartition(".")
    return f"{stem}{dot}{end.upper()}"


def _of_texts(members: Members) -> Iterator[Variation]:
    """Other line ends and encodings of everything that is a text."""
    texts = {name: data.decode() for name, data in members.items() if _is_text(data)}
    changes = {
        "bom": {name: b"\xef\xbb\xbf" + text.encode() for name, text in texts.items()},
        "crlf": {name: text.replace("\n", "\r\n").encode() for name, text in texts.items()},
        "blank-lines": {name: text.replace("\n", "\n\n").encode() for name, text in texts.items()},
        "spaces-behind": {name: text.replace("\n", " \n").encode() for name, text in texts.items()},
        "no-last-line-end": {name: text.rstrip("\n").encode() for name, text in texts.items()},
        "utf-16": {name: text.encode("utf-16") for name, text in texts.items()},
        "latin-1": {name: text.encode("latin-1", "replace") for name, text in texts.items()},
        "half": {name: text[: len(text) // 2].encode() for name, text in texts.items()},
        "lower": {name: text.lower().encode() for name, text in texts.items()},
    }
    for word, changed in changes.items():
        yield word, members | changed


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _of_json(members: Members) -> Iterator[Variation]:
    """Each key, with an odd value in every spot where it is, two or three places apart."""
    for number, (name, beside) in enumerate(_of_each_kind(members, (".json", ".jsonl"), 4)):
        try:
            document = json.loads(members[name])
        except ValueError:
            continue
        keys = sorted(set(_keys(document)))[:MOST]
        for key in keys:
            changed = json.dumps(_odd(document, key, [_start(key)]), ensure_ascii=False).encode()
            yield f"json-{number}-{_word(key)}", beside | {name: changed}
        yield f"json-{number}-more", beside | {name: json.dumps(_with_strange(document)).encode()}
        yield f"json-{number}-in-a-list", beside | {name: json.dumps([document, document]).encode()}
        yield f"json-{number}-doubled", beside | {name: json.dumps(_doubled(document)).encode()}


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _start(word: str) -> int:
    """At which odd value a key begins: each at another."""
    return zlib.crc32(word.encode()) % 97


def _odd(value: Any, key: str, spot: list[int]) -> Any:
    """A copy in which every second value of a key is another.  spot: where in the list of values it goes on."""
    if isinstance(value, list):
        return [_odd(inner, key, spot) for inner in value]
    if not isinstance(value, dict):
        return value
    copy = {}
    for name, inner in value.items():
        if name == key:
            spot[0] += 1
            odd = JSON_VALUES[spot[0] // 2 % len(JSON_VALUES)] if spot[0] % 2 else inner
            if odd is not MISSING:
                copy[name] = odd
        else:
            copy[name] = _odd(inner, key, spot)
    return copy


def _with_strange(value: Any) -> Any:
    """With a key in every object that nobody knows."""
    if isinstance(value, list):
        return [_with_strange(inner) for inner in value]
    return (
        {name: _with_strange(inner) for name, inner in value.items()} | {"strange": [1, {"a": None}]}
        if isinstance(value, dict)
        else value
    )


def _doubled(value: Any) -> Any:
    """With the first item of every list of objects twice."""
    if isinstance(value, list):
        more = value[:1] if value and isinstance(value[0], dict) else []
        return [_doubled(inner) for inner in [*value, *more]]
    return {name: _doubled(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _of_each_kind(members: Members, ends: tuple[str, ...], most: int) -> list[tuple[str, Members]]:
    """The largest member of each folder, or each member beside the folders, with those of other folders."""
    kinds: dict[str, list[str]] = {}
    for name in members:
        if name.endswith(ends):
            folder = name.rpartition("/")[0]
            kinds.setdefault(re.sub(r"\d+", "", folder) or name, []).append(name)
    chosen = [max(names, key=lambda name: (len(members[name]), name)) for names in kinds.values()]
    alike = {name: set(kinds[re.sub(r"\d+", "", name.rpartition("/")[0]) or name]) - {name} for name in chosen}
    largest = sorted(chosen, key=lambda name: (-len(members[name]), name))[:most]
    return [(name, {one: data for one, data in members.items() if one not in alike[name]}) for name in largest]


def _word(key: str) -> str:
    return re.sub(r"\W", "_", key) or "empty"


def _of_xml(members: Members) -> Iterator[Variation]:
    """Each attribute and each leaf with odd values in every second spot; each element called otherwise, or twice."""
    for number, (name, beside) in enumerate(_of_each_kind(members, (".xml",), 2)):
        text = members[name].decode()
        beside = {one: data for one, data in beside.items() if _is_text(data)}  # no masks: they take the longest
        for pattern, kind in ((_ATTRIBUTE, "attribute"), (_LEAF, "element")):
            for key in sorted({match[1] for match in pattern.finditer(text)})[:MOST]:
                yield f"xml-{number}-{kind}-{_word(key)}", beside | {name: _odd_xml(text, pattern, key).encode()}
        for tag in sorted(set(re.findall(r"<(\w+)[ >/]", text)))[:MOST]:
            renamed = re.sub(rf"(?<=[</]){tag}(?=[ >/])", f"{tag}2", text, count=4)
            yield f"xml-{number}-renamed-{tag}", beside | {name: renamed.encode()}
            yield f"xml-{number}-doubled-{tag}", beside | {name: _twice(text, tag).encode()}


def _odd_xml(text: str, pattern: re.Pattern[str], key: str) -> str:
    spot = _start(key)

    def other(match: re.Match[str]) -> str:
        nonlocal spot
        if match[1] != key:
            return match[0]
        spot += 1
        if spot % 2 == 0:
            return match[0]
        if spot // 2 % 9 == 0:
            return ""
        value = TEXTS[spot // 2 % len(TEXTS)]
        return f'{key}="{value}"' if match[0].endswith('"') else f"<{key}>{value}</{key}>"

    return pattern.sub(other, text)


def _twice(text: str, tag: str) -> str:
    """With the first element of a name twice."""
    match = re.search(rf"<{tag}(?: [^<>]*)?/>|<{tag}(?: [^<>]*)?>.*?</{tag}>", text, re.DOTALL)
    return text[: match.end()] + match[0] + text[match.end() :] if match else text


def _of_lines(members: Members) -> Iterator[Variation]:
    """Each column with odd values in every second line; columns more, less and in another order; lines in another."""
    for number, (name, beside) in enumerate(_of_each_kind(members, _LINES, 4)):
        lines = members[name].decode("utf-8", "replace").splitlines()
        gap = next((sign for sign in ("\t", ",", ": ", " ") if any(sign in line for line in lines)), " ")
        for column in range(min(max((line.count(gap) + 1 for line in lines), default=0), 16)):
            yield f"lines-{number}-column-{column}", beside | {name: _odd_column(lines, gap, column)}
        changed = {
            "reversed": lines[::-1], "twice": [*lines, *lines], "one-more": [f"{line}{gap}0.5" for line in lines],
            "two-more": [f"{line}{gap}1{gap}2" for line in lines],
                "one-less": [gap.join(line.split(gap)[:-1]) for line in lines],
            "two-less": [gap.join(line.split(gap)[:-2]) for line in lines], "swapped": [_swapped(line,
                gap) for line in lines],
            "comments": [f"# {line}" if spot % 3 == 1 else line for spot, line in enumerate(lines)],
                "without-first": lines[1:],
            "other-gap": [line.replace(gap, ";" if gap != " " else "\t") for line in lines],
                "wide-gap": [line.replace(gap, f"{gap} ") for line in lines],
            "quoted": [gap.join(f'"{cell}"' for cell in line.split(gap)) for line in lines],
                "mixed": [line + gap * (spot % 3) for spot, line in enumerate(lines)],
        }  # fmt: skip
        for word, changes in changed.items():
            yield f"lines-{number}-{word}", beside | {name: "".join(f"{line}\n" for line in changes).encode()}


def _odd_column(lines: list[str], gap: str, column: int) -> bytes:
    changed = []
    for spot, line in enumerate(lines):
        cells = line.split(gap)
        if spot % 2 and column < len(cells):
            cells[column] = TEXTS[(spot // 2 + 5 * column) % len(TEXTS)]
        changed.append(gap.join(cells))
    return "".join(f"{line}\n" for line in changed).encode()


def _swapped(line: str, gap: str) -> str:
    cells = line.split(gap)
    return gap.join([*cells[1:2], *cells[:1], *cells[2:]])
