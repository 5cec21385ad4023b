"""Ids of background requests.

    action=export&target=job&target_id=68&user_id=1&format=CVAT_for_images_1~1&subresource=dataset
    export:job-68-dataset-in-CVAT_for_images_1@1-format-by-1         the same, as older servers wrote it

What a client has kept from an older server is found by its old form.
"""

from __future__ import annotations

import re

_EXPORT = r"(?P<action>export):(?P<target>project|task|job)-(?P<target_id>\d+)-(?P<subresource>annotations|dataset)"
_OLD_FORMS = tuple(
    re.compile(pattern + r"\Z")
    for pattern in (
        r"(?P<action>export):(?P<target>task|project)-(?P<target_id>\d+)-(?P<subresource>backup)-by-(?P<user_id>\d+)",
        _EXPORT + r"-in-(?P<format>[\w@]+)-format-by-(?P<user_id>\d+)",
        r"(?P<action>create):(?P<target>task)-(?P<target_id>\d+)",
        r"(?P<action>import):(?P<target>task|project|job)-(?P<target_id>\d+)-(?P<subresource>annotations|dataset)",
        r"(?P<action>import):(?P<target>task|project)-(?P<id>[0-9a-fA-F-]{36})-(?P<subresource>backup)",
    )
)
_ACTIONS = ("export", "import", "create", "calculate", "merge")
_ORDER = ("action", "target", "target_id", "id", "user_id", "format", "subresource")


def request_id(action: str, target: str, **rest: object) -> str:
    """Key and value pairs joined by `&`; spaces become `_` and dots `~`; None is left out."""
    pairs = {"action": action, "target": target, **rest}
    return "&".join(f"{key}={_escape(value)}" for key, value in pairs.items() if value is not None)


def _escape(value: object) -> str:
    return str(value).replace(" ", "_").replace(".", "~")


def parse_id(rq_id: str) -> dict[str, str] | None:
    """The pairs of an id, None for what is none."""
    pairs = dict(part.partition("=")[::2] for part in canonical(rq_id).split("&"))
    valid = pairs.get("action") in _ACTIONS and {"target", "action"} <= pairs.keys()
    return {key: value.replace("_", " ").replace("~", ".") for key, value in pairs.items()} if valid else None


def canonical(rq_id: str) -> str:
    """An id in the form of today."""
    for pattern in _OLD_FORMS:
        if match := pattern.match(rq_id):
            pairs = {name: value for name, value in match.groupdict().items() if value is not None}
            return request_id(**{name: pairs[name].replace("@", ".") for name in _ORDER if name in pairs})
    return rq_id
