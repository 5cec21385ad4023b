"""`import annotools as at`: what it offers, and that it costs nothing until it is used."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from tests.datasets import FULL
from tests.paths import ROOT, STREET


def test_every_name_is_there_and_documented() -> None:
    assert at.__all__ == sorted(at.__all__)
    assert dir(at) == sorted(at.__all__)
    for name in at.__all__:
        assert inspect.getdoc(getattr(at, name)), name


def test_names_and_their_types_for_checkers_are_the_same() -> None:
    source = inspect.getsource(at)
    promised = source.partition("if TYPE_CHECKING:")[2].partition("__all__ = [")[0]
    for name in set(at.__all__) - {"__version__"}:
        assert f"{name}," in promised.replace("\n", ",\n"), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        at.nothing  # noqa: B018


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, annotools; print(len(sys.modules.keys() & {'numpy', 'click', 'orjson', 'annotools.model'}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"0\n"


ROOMS = ("convert", "diff", "formats", "validate")  # which have the names of functions


@pytest.mark.parametrize(
    "first",
    [
        "at.read", "at.diff", "at.formats", "at.stats", "at.Dataset",
        *(f"import annotools.{room}" for room in ROOMS), "import annotools.convert.conversion",
        "from annotools.formats import TABLE", "from annotools import validate", "import annotools.cli",
        "importlib.reload(at)", "at.convert; importlib.reload(at)", "import annotools.diff; importlib.reload(at)",
    ],
)  # fmt: skip
def test_names_are_functions_and_no_rooms_whatever_was_used_first(first: str) -> None:
    code = (
        f"import importlib; import annotools as at; {first}; at.convert\n"
        f"for room in {ROOMS}: importlib.import_module('annotools.' + room)\n"
        "import annotools.convert.report; from annotools.validate.report import Report; from annotools import diff\n"
        "d = at.Dataset(); assert not diff(d, d) and not at.diff(d, d); assert at.stats(d).totals == {}\n"
        "import annotools.formats; assert annotools.formats.get('coco') in at.formats()\n"
        "assert not any(isinstance(getattr(at, name), type(at)) for name in dir(at) if name != 'quality')\n"
        "try: at.convert([], 'x.zip', 'coco')\nexcept at.UsageError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ran.stdout == b"nothing to read, expected at least one source\n"


def test_their_signature_is_that_of_the_function() -> None:
    assert list(inspect.signature(at.convert).parameters)[:4] == ["sources", "where", "to", "source_format"]
    assert list(inspect.signature(at.diff).parameters) == ["a", "b", "tolerance", "ignore"]


CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "read": (at.read, ("x",)), "write": (at.write, (None, "x", "coco")), "convert": (at.convert, ("x", "y", "coco")),
    "validate": (at.validate, ("x",)), "fix": (at.fix, ("x",)), "assert_valid": (at.assert_valid, ("x",)),
    "diff": (at.diff, ("x", "y")),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_options_are_keywords_with_types_and_defaults(name: str) -> None:
    function = CALLS[name][0]
    parameters = inspect.signature(function).parameters.values()
    assert not [p for p in parameters if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    options = [p for p in parameters if p.kind == p.KEYWORD_ONLY]
    assert options
    assert all(p.annotation is not p.empty and p.default is not p.empty for p in options)
    document = inspect.getdoc(function) or ""
    if "as of `validate`" not in document:
        assert [p.name for p in options if p.name not in document] == []


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_keyword_is_told_with_what_was_meant(name: str) -> None:
    function, args = CALLS[name]
    first = next(p.name for p in inspect.signature(function).parameters.values() if p.kind == p.KEYWORD_ONLY)
    misspelt = f"{first[:-1]}x{first[-1]}"
    with pytest.raises(TypeError, match=rf"^{name}\(\) has no '{misspelt}', did you mean .*{first}"):
        function(*args, **{misspelt: 1})
    with pytest.raises(TypeError, match=rf"^{name}\(\) has no 'zzz', expected one of .*{first}"):
        function(*args, zzz=1)


def test_misspelt_strict_is_no_licence_to_lose(tmp_path: Path) -> None:
    where = tmp_path / "x.zip"
    for call in (partial(at.convert, STREET, where, "coco"), partial(at.write, FULL, where, "coco")):
        with pytest.raises(TypeError, match=r"has no 'strickt', did you mean strict$"):
            call(strickt=True)
        with pytest.raises(at.LossError):
            call(strict=True)
    assert list(tmp_path.iterdir()) == []


def test_a_text_where_a_list_is_meant_is_a_list_of_one(tmp_path: Path) -> None:
    done = at.convert(STREET, tmp_path / "x.zip", "coco", transforms="tracks-to-shapes")
    assert done.written["frames"] == 7
    dataset = at.read(STREET).dataset
    assert not at.diff(dataset, dataset, ignore="z_order")
    body = {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10]}]}
    assert at.validate(body, select="GEO").counts == at.validate(body, select=["GEO"]).counts
    assert at.ValidateSettings(selected="GEO", ignored="GEO001").ignored == ("GEO001",)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: at.stats(str(STREET)), TypeError, r"stats\(\) takes a dataset, not a str, expected read"),
        (lambda: at.stats(at.read(STREET)), TypeError, r"stats\(\) takes a dataset, expected the .dataset of what was"),
        (lambda: at.write(at.read(STREET), "x", "coco"), TypeError, r"write\(\) takes a dataset, expected the"),
        (lambda: at.write(str(STREET), "x", "coco"), TypeError, r"write\(\) takes a dataset, not a str"),
        (lambda: at.diff(STREET, at.read(STREET)), TypeError, r"diff\(\) takes a dataset, expected the .dataset"),
        (lambda: at.diff(STREET, 5), TypeError, r"diff\(\) takes a dataset, not a int"),
        (lambda: at.read(STREET, job="1"), TypeError, "job is '1', expected the number that is its id"),
        (lambda: at.read(STREET, settings="masks=rle"), TypeError, "settings are 'masks=rle', expected names"),
        (lambda: at.read(STREET, compat="2.70"), at.UsageError, "compat is '2.70', expected True, False or 'cvat'"),
        (lambda: at.read(STREET, on_error="ignore"), at.UsageError, "on_error is 'ignore', expected raise or skip"),
        (lambda: at.validate(STREET, action="post"), at.UsageError, "action is 'post', expected one of put, create"),
        (lambda: at.validate(STREET, preset="hard"), at.UsageError, "no preset is called 'hard'"),
        (lambda: at.validate(STREET, settings={"preset": "gt"}), TypeError, "settings are a dict, expected Valid"),
        (lambda: at.assert_valid(STREET, "bad"), at.UsageError, "least is 'bad', expected one of off, info, warning"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_in_the_words_of_the_library(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text) as caught:
        call()
    assert "--" not in str(caught.value)


def test_no_message_of_the_library_names_an_option_of_the_command_line() -> None:
    root = Path(inspect.getfile(at)).parent
    spared = ("cli", "reports")  # the latter are what the command line prints
    named = []
    for path in root.rglob("*.py"):
        if not set(spared) & set(path.relative_to(root).parts):
            tree = ast.parse(path.read_text("utf-8"))
            raised = [node for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Call)]
            texts = (part.value for node in raised for part in ast.walk(node) if isinstance(part, ast.Constant))
            named += [text for text in texts if isinstance(text, str) and re.search(r"(?<![\w-])--[a-z]", text)]
    assert named == []


def test_the_public_names_are_those_that_the_documentation_promises() -> None:
    table = (ROOT / "docs" / "api.md").read_text("utf-8").partition("| | names |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(at.__all__)


def test_the_distribution_has_a_name_of_its_own_and_names_nobody() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (project["name"], project["scripts"]) == ("annotools-cvat", {"annotools": "annotools.cli:main"})
    assert "urls" not in project
    assert project["authors"] == [{"name": "annotools developers"}]
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert packaged["packages"] == ["annotools", "mockserver"]


def test_nothing_installs_by_a_name_that_is_not_ours() -> None:
    """Another project has the name of our packages on the package index."""
    texts = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / ".ci" / "run"]
    for folder in ("annotools", "mockserver", "docs", "examples", "benchmarks"):
        texts += [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md", ".txt", ".toml", "")]
    words = [
        word.strip("'\"`(),.;") or "." for path in texts if path.is_file()
        for line in re.findall(r"\b(?:pip|pipx|uv|uvx)3? (?:install|tool|run) ([^\n&;]*)", path.read_text("utf-8"))
        for word in line.split()
    ]  # fmt: skip
    assert words
    assert [word for word in words if re.match(r"annotools(?!-cvat)\b", word)] == []


@pytest.mark.parametrize(
    ("room", "old", "new"), [(at, "Settings", "ValidateSettings"), (at.quality, "Settings", "QualitySettings")]
)
def test_a_name_that_is_to_go_works_and_says_so(room: Any, old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"^{old} is called {new}, and goes in 0.3$"):
        assert getattr(room, old) is getattr(room, new)
