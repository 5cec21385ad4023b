"""LabelMe's XML: parts of objects that are not there, and objects that were deleted.

    <object> <id>0</id> <deleted>0</deleted> <parts><hasparts>1,2</hasparts><ispartof></ispartof></parts> </object>

Source: http://labelme2.csail.mit.edu/Release3.0/Doc/main.html
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from annotools.errors import Problems
from annotools.formats.kernel.xmlfile import child_text
from annotools.formats.labelme.layout import entries_of
from annotools.validate.context import Context
from annotools.validate.findings import INFO, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault


def objects_of(ctx: Context) -> tuple[tuple[str, list[Element]], ...]:
    """The objects of each file of the input."""
    if ctx.source is None or ctx.slug != "labelme":
        return ()
    entries = entries_of(ctx.source, Problems())
    return tuple((entry.xml, entry.document.root.findall("object")) for entry in entries)


@rule("FMT045", "part-that-is-not-there", WARNING, needs=SOURCE, proof="source: Datumaro's LabelMe reader, parts")
def part_that_is_not_there(ctx: Context) -> Found | None:
    """An object of LabelMe has a part, or is a part of an object, that its file does not hold.

    Why: groups are made of these numbers, so the object ends up alone.  It happens when objects are deleted by hand.
    Bad:
        {"from": "labelme", "files": {"default/a.xml": "<annotation><filename>a.jpg</filename><object><name>car</name><id>0</id><parts><hasparts>4</hasparts></parts><polygon><pt><x>1</x><y>1</y></pt><pt><x>9</x><y>1</y></pt><pt><x>9</x><y>9</y></pt></polygon></object></annotation>"}}

        {"from": "labelme", "files": {"default/a.xml": "<annotation><filename>a.jpg</filename><object><name>car</name><id>0</id><parts><ispartof>4</ispartof></parts><polygon><pt><x>1</x><y>1</y></pt><pt><x>9</x><y>1</y></pt><pt><x>9</x><y>9</y></pt></polygon></object></annotation>"}}
    Good:
        {"from": "labelme", "files": {"default/a.xml": "<annotation><filename>a.jpg</filename><object><name>car</name><id>0</id><parts><hasparts></hasparts></parts><polygon><pt><x>1</x><y>1</y></pt><pt><x>9</x><y>1</y></pt><pt><x>9</x><y>9</y></pt></polygon></object></annotation>"}}
    Source: source: Datumaro's LabelMe reader, groups of parts
    """  # noqa: E501  # a file is one text
    faults = []
    for member, objects in ctx.once(objects_of):
        known = {child_text(one, "id") for one in objects}
        for one in objects:
            parts = f"{child_text(one, 'parts/hasparts')},{child_text(one, 'parts/ispartof')}".split(",")
            gone = sorted({part.strip() for part in parts if part.strip()} - known)
            if gone:
                message = f"object {child_text(one, 'id')} goes with {', '.join(gone)[:40]}, which is not there"
                faults.append(Fault("FMT045", member, "", message))
    return ctx.found(faults)


@rule("FMT046", "deleted-object", INFO, needs=SOURCE, proof="source: Datumaro's LabelMe reader skips them")
def deleted_object(ctx: Context) -> Found | None:
    """A file of LabelMe holds objects that were deleted.

    Why: the tool only marks them; readers skip them, and whoever counts elements counts too many.
    Bad:
        {"from": "labelme", "files": {"default/a.xml": "<annotation><filename>a.jpg</filename><object><name>car</name><deleted>1</deleted></object></annotation>"}}

        {"from": "labelme", "files": {"default/a.xml": "<annotation><filename>a.jpg</filename><object><name>car</name></object><object><name>car</name><deleted>1</deleted></object></annotation>"}}
    Good:
        {"from": "labelme", "files": {"default/a.xml": "<annotation><filename>a.jpg</filename></annotation>"}}
    Source: http://labelme2.csail.mit.edu/Release3.0/Doc/main.html
    """  # noqa: E501  # a file is one text
    counts = ((member, sum(child_text(one, "deleted") == "1" for one in objs)) for member, objs in ctx.once(objects_of))
    return ctx.found([Fault("FMT046", member, "", f"{count:,} deleted") for member, count in counts if count])
