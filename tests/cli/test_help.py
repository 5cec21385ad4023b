"""What the program says about itself is true: every example of every --help runs."""

from __future__ import annotations

import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

import annotools
from annotools.cli.group import COMMANDS, group
from tests.cli.conftest import Run, process

EXAMPLE = re.compile(r"^ *annotools (.+)$", re.M)
SERVING = ("mock",)  # their examples do not end by themselves
NAMES = list(COMMANDS)


def loaded(name: str) -> click.Command:
    sub = group.get_command(click.Context(group), name)
    assert sub is not None
    return sub


def examples(name: str) -> list[str]:
    return EXAMPLE.findall(loaded(name).epilog or "")


def options(command: click.Command, path: str) -> Iterator[tuple[str, click.Option]]:
    """The options that are shown, of a command and those below it, and of what each is."""
    yield from ((path, one) for one in command.params if isinstance(one, click.Option) and not one.hidden)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from options(below, f"{path} {name}")


def test_each_option_says_what_it_is_for() -> None:
    known = [option for name in NAMES for option in options(loaded(name), name)]
    assert len(known) > 90
    assert [(path, one.opts) for path, one in known if not one.help] == []


@pytest.mark.parametrize("name", NAMES)
def test_help_has_examples_and_fits_a_terminal(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Usage: annotools" in result.output
    if name not in SERVING:
        assert examples(name), "no example"
        assert all(example in result.output for example in examples(name))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SERVING])
def test_examples_run(run: Run, name: str) -> None:
    shutil.copy("examples/street/jobs/2/annotations.json", "body.json")
    for example in dict.fromkeys([*examples("convert"), *examples(name)]):
        words = shlex.split(example)
        result = run(*(words[: words.index(">")] if ">" in words else words))
        assert result.exit_code in ((0, 1) if name in ("diff", "validate") else (0,)), f"{example}: {result.output}"


def test_the_examples_of_the_program_itself_run(run: Run) -> None:
    examples = EXAMPLE.findall(group.epilog or "")
    assert len(examples) >= 3
    assert [run(*shlex.split(example)).exit_code for example in examples] == [0] * len(examples)


def test_the_list_of_commands_is_short_and_complete(run: Run) -> None:
    output = run("--help").output
    for name, (_, about) in COMMANDS.items():
        assert re.search(rf"^ +{name} +{re.escape(about)}$", output, re.M)


def test_version_is_quick_and_loads_no_arrays() -> None:
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert process("--version").stdout.decode() == f"annotools, version {annotools.__version__}\n"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    assert min(spent) < 0.15, "seconds of CPU"
    code = "import sys, annotools.cli; print(sorted({'numpy', 'rich', 'orjson', 'msgspec', 'PIL'} & set(sys.modules)))"
    loaded_modules = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert loaded_modules == "[]\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(run: Run, shell: str) -> None:
    assert "_ANNOTOOLS_COMPLETE" in run("completion", shell).output


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("annotools co", ["convert", "consensus", "completion"]),
        ("annotools convert x --to cvat-i", ["cvat-images"]),
        ("annotools convert x --transform masks", ["masks-to-polygons"]),
        ("annotools --trace", ["--traceback"]),
    ],
)
def test_completion_knows_words(line: str, expected: list[str]) -> None:
    words = {"_ANNOTOOLS_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    code = "from annotools.cli import main; main(prog_name='annotools')"
    command = [sys.executable, "-c", code]
    completed = subprocess.run(command, capture_output=True, check=True, env=os.environ | words).stdout.decode()
    assert [word.partition(",")[2] for word in completed.split()] == expected
