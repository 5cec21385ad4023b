"""Contents of the data endpoints: one picture, a block of pictures as a zip, a video, a sound.

A chunk is a block of `chunk_size` frames: of the job's own frames (`index`), or of the task's (`number`), of which the
job then gets its part; a ground-truth job gets 1 x 1 pictures for frames that are not its own.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.media import frame_numbers, pictures, video
from mockserver.protocol.http import bare
from mockserver.state.context import Context
from mockserver.state.tables import Record

EPOCH = (1980, 1, 1, 0, 0, 0)


def picture(ctx: Context, task: Record, frame: int, original: bool) -> tuple[bytes, str]:
    """Bytes and media type of a frame."""
    meta = frame_numbers.meta_of(ctx, task["id"])
    file = frame_numbers.file_of(task, meta, frame)
    if task.get("dimension") == "3d":
        return pictures.point_cloud(frame), pictures.MEDIA_TYPES[".pcd"]
    media_type = "image/jpeg" if not original else _original_type(task, file)
    stored = stored_file(ctx, task, file)
    if stored is not None:
        return (stored if original else pictures.convert(stored, media_type)), media_type
    return pictures.draw(file["width"], file["height"], frame, media_type), media_type


def _original_type(task: Record, file: Record) -> str:
    return "image/png" if frame_numbers.is_video(task) else pictures.MEDIA_TYPES[pictures.suffix_of(file["name"])]


def small_picture(ctx: Context, task: Record, frame: int) -> bytes:
    """The preview of a frame, a JPEG."""
    file = frame_numbers.file_of(task, frame_numbers.meta_of(ctx, task["id"]), frame)
    stored = stored_file(ctx, task, file)
    if stored is not None:
        return pictures.convert(stored, "image/jpeg", small=True)
    return pictures.preview(file["width"], file["height"], frame)


def stored_file(ctx: Context, task: Record, file: Record) -> bytes | None:
    """The picture that a client uploaded, None if there is none that can be served frame by frame."""
    if frame_numbers.is_video(task):
        return None
    content: bytes | None = ctx.table("blobs").get(f"data/{task.get('data')}/{file['name']}")
    return content


def checksum(data: bytes) -> int:
    """`X-Checksum` of a chunk."""
    return zlib.crc32(data[:1000], zlib.crc32(str(len(data)).encode()))


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which chunk: `by` "index" of the job or "number" of the task, and whether of original pictures."""

    by: str
    number: int
    original: bool


def chunk(ctx: Context, task: Record, job: Record | None, wanted: Wanted) -> tuple[bytes, str]:
    """Bytes and media type of a chunk. Raises: ApiError 400 for a number out of range."""
    meta = frame_numbers.meta_of(ctx, task["id"])
    included = frame_numbers.of_job(job) if job else list(range(meta["size"]))
    size, by, number, original = meta["chunk_size"] or len(included), wanted.by, wanted.number, wanted.original
    sparse = job is not None and job.get("frames") is not None
    first, last = (0, (len(included) - 1) // size) if by == "index" else (included[0] // size, included[-1] // size)
    if sparse and by == "number":
        first, last = 0, (meta["size"] - 1) // size
    if not first <= number <= last:
        raise bare(f"Invalid chunk number '{number}'. The chunk number should be in the [{first}, {last}] range")
    if by == "index":
        frames = included[number * size : (number + 1) * size]
    else:
        block = range(number * size, min((number + 1) * size, meta["size"]))
        frames = list(block) if sparse else [frame for frame in block if included[0] <= frame <= included[-1]]
    if task.get("media_type") == "audio":
        return pictures.silence(), "audio/mpeg"
    if original and frame_numbers.is_video(task) and not sparse:
        pictures_shown = [picture(ctx, task, frame, False)[0] for frame in frames]
        return video.motion_jpeg(pictures_shown, *_frame_size(meta)), "video/mp4"
    return _zip_of_frames(ctx, task, frames, set(included), original and not sparse), "application/zip"


def _frame_size(meta: Record) -> tuple[int, int]:
    return meta["frames"][0]["width"], meta["frames"][0]["height"]


def _zip_of_frames(ctx: Context, task: Record, frames: list[int], included: set[int], original: bool) -> bytes:
    meta = frame_numbers.meta_of(ctx, task["id"])
    members = []
    for number, frame in enumerate(frames):
        suffix = ".jpeg"
        if task.get("dimension") == "3d":
            suffix = ".pcd"
        elif original:
            suffix = pictures.suffix_of(frame_numbers.file_of(task, meta, frame)["name"])
        data = picture(ctx, task, frame, original)[0] if frame in included else pictures.dot()
        members.append((f"{number:06d}{suffix}", data))
    return zip_bytes(members, zipfile.ZIP_STORED)


def zip_bytes(members: Iterable[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with fixed dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = compression, 0o644 << 16
            archive.writestr(info, data)
    return target.getvalue()


def context_images(ctx: Context, task: Record, frame: int) -> tuple[bytes, str]:
    """Zip of a frame's related pictures, and its media type ("" for an empty one)."""
    meta = frame_numbers.meta_of(ctx, task["id"])
    count = frame_numbers.file_of(task, meta, frame).get("related_files", 0)
    members = [(f"{number + 1:06d}.jpg", pictures.draw(320, 240, frame)) for number in range(count)]
    return zip_bytes(members), "application/zip" if members else ""
