"""The table of commands, and how every one of them ends."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from annotools._version import __version__
from annotools.cli.ending import INTERNAL, INTERRUPTED, REFUSALS, ending, is_unread, refusal
from annotools.cli.messages import say, say_error
from annotools.errors import AnnotoolsError, suggest

# name -> (module:attribute, one line for the list of commands)
COMMANDS: dict[str, tuple[str, str]] = {
    "convert": ("annotools.cli.convert:command", "Convert annotations from one format to another."),
    "validate": ("annotools.cli.validate:command", "Find faults in annotations before they are uploaded."),
    "formats": ("annotools.cli.formats:command", "Show what each format carries."),
    "transforms": ("annotools.cli.transforms:command", "Show what --transform takes."),
    "rules": ("annotools.cli.rules:rules", "List the rules of validate."),
    "rule": ("annotools.cli.rules:rule", "Show one rule: why, bad, good, fix, source."),
    "stats": ("annotools.cli.stats:command", "Count annotations by label, kind, frame and attribute."),
    "diff": ("annotools.cli.diff:command", "Compare two sets of annotations by meaning."),
    "quality": ("annotools.cli.quality:command", "Judge jobs by their ground truth."),
    "consensus": ("annotools.cli.consensus:command", "Merge replicas of jobs into one."),
    "mock": ("annotools.cli.mock:command", "Serve a stand-in of the CVAT server for tests."),
    "completion": ("annotools.cli.completion:command", "Print a script that completes commands in a shell."),
}


class LazyGroup(click.Group):
    """Commands by name, loaded when called; errors become one clear line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        if module not in sys.modules:
            _load(module)
        command: click.Command = getattr(sys.modules[module], attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command is called {args[0]!r}, expected {suggest(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names from the table, so that a press of the tab key loads no command."""
        names = [name for name in COMMANDS if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=COMMANDS[name][1]) for name in names]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def main(self, *args: Any, **extra: Any) -> Any:
        """As click has it; help and version, too, end with what became of their text."""
        with ending():
            return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except AnnotoolsError as error:
            _told(ctx, error)
        except (KeyboardInterrupt, click.Abort) as stop:
            say(str(stop) or "interrupted: nothing was written")
            ctx.exit(INTERRUPTED)
        except REFUSALS as error:
            _trace(ctx)
            ctx.exit(refusal(error))
        except Exception as error:  # the last resort of a program: never a traceback by default
            _internal(ctx, error)
        else:
            return result


def _load(module: str) -> None:
    """Import the module of a command without the collector, which is not to look at it ever after either."""
    was = gc.isenabled()
    gc.disable()
    try:
        import_module(module)
        gc.freeze()
    finally:
        if was:
            gc.enable()


def _told(ctx: click.Context, error: AnnotoolsError) -> None:
    """An error that was raised on purpose; a broken pipe may be behind one of the storage."""
    if isinstance(error.__cause__, OSError) and is_unread(error.__cause__):
        ctx.exit(refusal(error.__cause__))
    _trace(ctx)
    say_error(error)
    ctx.exit(error.exit_code)


def _trace(ctx: click.Context) -> None:
    if ctx.params.get("traceback"):
        import traceback

        say(traceback.format_exc())


def _internal(ctx: click.Context, error: Exception) -> None:
    _trace(ctx)
    say_error(f"internal error: {type(error).__name__}: {error}")
    say("this is a fault of annotools; 'annotools --traceback COMMAND ...' shows where it happened")
    ctx.exit(INTERNAL)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n  annotools convert examples/street --to coco -o street-coco.zip\n"
    "  annotools formats\n  annotools stats examples/street",
)
@click.version_option(__version__, prog_name="annotools")
@click.option("--traceback", is_flag=True, help="Show where in the code an error happened.")
def group(traceback: bool) -> None:
    """Convert CVAT annotations, validate them before upload, and test against a stand-in of the server."""
