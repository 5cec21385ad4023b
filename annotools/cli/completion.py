"""`annotools completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

EXAMPLES = """\b
Examples:
  annotools completion bash
  annotools completion fish
"""
_VARIABLE = "_ANNOTOOLS_COMPLETE"


@click.command(epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands and options; source it where your shell starts.

    For bash: annotools completion bash > ~/.local/share/bash-completion/completions/annotools
    """
    kind = get_completion_class(shell)
    assert kind is not None  # all three come with click
    click.echo(kind(ctx.find_root().command, {}, "annotools", _VARIABLE).source())
