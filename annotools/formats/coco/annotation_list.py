"""A document taken apart into its long list and all else, in one walk through the text.

{"info": {..}, "annotations": [{..}, {..}]}     info: {..}, annotations: []     and {..}, {..}
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from annotools.formats.coco import segment_anything
from annotools.formats.kernel.jsonfile import UNDECODABLE
from annotools.formats.kernel.text_pages import Text, place_in


class _Annotations(msgspec.Struct):
    annotations: list[msgspec.Raw] = []


_ANNOTATIONS = msgspec.json.Decoder(_Annotations)
_FIELDS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])


def fields_and_annotations(data: Text) -> tuple[dict[str, msgspec.Raw], list[msgspec.Raw]] | None:
    """All values of a document by key, undecoded, with an empty list of annotations; and these, undecoded.

    None for a document that has none, or is not as COCO says.
    """
    with suppress(*UNDECODABLE):
        pieces = _ANNOTATIONS.decode(data).annotations
        if pieces:
            start, stop = place_in(data, pieces[0]), place_in(data, pieces[-1]) + len(pieces[-1])
            fields = _FIELDS.decode(data[:start] + data[stop:])
            return None if segment_anything.is_one_picture(fields) else (fields, pieces)
    return None
