"""Parts of a form with files: names as clients write them."""

from __future__ import annotations

import pytest

from mockserver.protocol import multipart
from mockserver.protocol.http import Request


def _parts(disposition: str) -> list[multipart.Part]:
    body = f"--x\r\nContent-Disposition: {disposition}\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    return multipart.parts(Request("POST", "/", headers=headers, body=body.encode()))


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        ('form-data; name="a"', "a", None),
        ('form-data; name="a"; filename="b.zip"', "a", "b.zip"),
        ("form-data; name=a; filename=b.zip", "a", "b.zip"),
        ('FORM-DATA; NAME="a"; FILENAME="b.zip"', "a", "b.zip"),
        ('form-data; name="a"; filename="dé \\"q\\" ; x.jpg"', "a", 'dé "q" ; x.jpg'),
        ("form-data; name=\"a\"; filename*=utf-8''d%C3%A9%20x.jpg", "a", "dé x.jpg"),
        ('form-data; name="a"; filename=""', "a", ""),
        ('form-data; name="client_files[0]"; filename="../up/b.jpg"', "client_files[0]", "b.jpg"),
        ('form-data; name="a"; filename="C:\\\\dir\\\\b.jpg"', "a", "b.jpg"),
        ('form-data; filename="b.zip"', "", "b.zip"),
        ("form-data", "", None),
    ],
)
def test_names_of_parts(disposition: str, name: str, filename: str | None) -> None:
    assert _parts(disposition) == [multipart.Part(name, filename, b"one\r\ntwo")]


@pytest.mark.parametrize(
    ("given", "boundary"),
    [("a,b;c", None), ('"a,b;c"', "a,b;c"), ('"x y"; charset=utf-8', "x y"), ("x; charset=a", "x")],
)
def test_boundaries(given: str, boundary: str | None) -> None:
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--{boundary}--\r\n'.encode()
    headers = {"content-type": f"multipart/form-data; boundary={given}"}
    data = [part.data for part in multipart.parts(Request("POST", "/", headers=headers, body=body))]
    assert data == ([b"one"] if boundary else [])


@pytest.mark.parametrize("charset", ["idna", "undefined", "punycode", "hex", "none-such", "", "\0"])
def test_names_in_encodings_that_are_none(charset: str) -> None:
    (part,) = _parts(f"form-data; name=\"a\"; filename*={charset}''b%20c.jpg")
    assert (part.name, part.data) == ("a", b"one\r\ntwo")
    assert part.filename is not None  # a file, whatever it is called
