"""What the program says about itself is true: every example of every --help runs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time

import click
import pytest

import annotools
from annotools.cli.group import COMMANDS, group
from tests.cli.conftest import Run, process

EXAMPLE = re.compile(r"^ *annotools (.+)$", re.M)
SERVING = ("mock",)  # their examples do not end by themselves
NAMES = list(COMMANDS)


def loaded(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


def examples(name: str) -> list[str]:
    return EXAMPLE.findall(loaded(name).epilog or "")


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
    found = EXAMPLE.findall(group.epilog or "")
    assert len(found) >= 3
    assert [run(*shlex.split(example)).exit_code for example in found] == [0] * len(found)


def test_the_list_of_commands_is_short_and_complete(run: Run) -> None:
    output = run("--help").output
    for name, (_, about) in COMMANDS.items():
        assert re.search(rf"^ +{name} +{re.escape(about)}$", output, re.M)


def test_version_is_quick_and_loads_no_arrays() -> None:
    best = 1.0
    for _ in range(3):
        start = time.process_time()
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        assert process("--version").stdout.decode() == f"annotools, version {annotools.__version__}\n"
        best = min(best, time.clock_gettime(time.CLOCK_MONOTONIC) - before + time.process_time() - start)
    assert best < 1.0
    code = "import sys, annotools.cli; print(sorted({'numpy', 'rich', 'orjson', 'msgspec', 'PIL'} & set(sys.modules)))"
    loaded_modules = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert loaded_modules == "[]\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(run: Run, shell: str) -> None:
    assert "_ANNOTOOLS_COMPLETE" in run("completion", shell).output


def test_completion_knows_the_commands() -> None:
    import os

    environment = os.environ | {"_ANNOTOOLS_COMPLETE": "bash_complete", "COMP_WORDS": "annotools co", "COMP_CWORD": "1"}
    code = "from annotools.cli import main; main(prog_name='annotools')"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment).stdout
    assert found.decode().split() == ["plain,convert", "plain,completion"]
