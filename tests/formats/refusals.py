"""What the server's exporters refuse, and so do the dialects that are theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from annotools.errors import UsageError
from annotools.formats.base import Format, Options

# By slug, what is said of a dataset that has more than the server writes; without --compat all of it is written.
REFUSED = {"vggface2": "an image can have only one", "generic-tsv": "data has no audio"}


@contextmanager
def as_the_server(form: Format, options: Options) -> Iterator[None]:
    """A refusal ends the block, if the server refuses too."""
    try:
        yield
    except UsageError as error:
        if not options.quirks or form.slug not in REFUSED or REFUSED[form.slug] not in str(error):
            raise
