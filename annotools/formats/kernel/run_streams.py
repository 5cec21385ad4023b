"""Runs of equal bytes -> zlib streams, many streams at a time, each bit set by arrays.

    0 0 0 0 0 5 5 5 0 0      run lengths 5 3 2, numbers 0 5 0      0, four again   5, 5, 5   0, 0

A stream is one block with one table of codes, which pictures of masks need: 3 bits for 0, 10 for any other byte, 2 and
1 for 258 times the byte before, up to 12 for fewer of them.  The bytes themselves are never there: what is made grows
with the outlines of masks, and not with pixels, and where a second stream has the same runs of other numbers only their
bits are exchanged.  A picture of 640 x 480 with 400 runs takes 20 us, and igzip 55 us after it is painted.
Source: RFC 1950, RFC 1951.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import expand_ranges, lengths, offsets_of
from annotools.model.columns import Array, Ints

_END, _LONGEST = 256, 285  # symbols of codes: the end of the block, and 258 bytes again
_MOST = 258
# Bits of the code of each symbol, which fill the space of codes.
_WIDTHS = [3, *[10] * 256, *[7] * 8, *[6] * 20, 2]
_BASES = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227]
_EXTRA_BITS = [max((number - 4) // 4, 0) for number in range(len(_BASES))]
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_INLINE = 12 * _MOST  # the longest run that is one token of 64 bits
_REPEATS = 21  # tokens of nothing but 258 bytes again, with up to so many of them
_PRIME = 65_521
_Bits = tuple[int, int]  # a number, and how many bits of it count, the lowest first


class Runs(NamedTuple):
    """Stretches of several streams that are not 0.

    ends: (n + 1,) those of each stream.  start, stop: in its bytes, ascending and disjoint.  sizes: (n,) of its bytes.
    """

    ends: Ints
    start: Ints
    stop: Ints
    sizes: Ints


class _Tokens(NamedTuple):
    """What stands for a run: bits + factor * code of its byte, of so many bits.

    A run of zeros has the token of its length, one of another byte that and `_INLINE` + 1 more; behind these are the
    end, and the repeats.
    """

    bits: Array
    factor: Array
    width: Ints


def zlib_streams(runs: Runs, *numbers: Array) -> list[list[bytes]]:
    """All streams, for each of `numbers`.  numbers: (number of runs,) uint8, above 0."""
    tokens, (header, skipped) = _tokens(), _header()
    kinds, token, ends = _kinds(runs)
    width = tokens.width[kinds]
    stops = offsets_of(width)
    used = skipped + np.diff(stops[ends])
    words = used // 64 + 2  # with the spill of the last token
    bases = offsets_of(words)
    at = stops[:-1] + np.repeat(64 * bases[:-1] + skipped - stops[ends[:-1]], lengths(ends))
    starts, sizes = (8 * bases[:-1]).tolist(), ((used + 7) // 8).tolist()
    streams = []
    for column in numbers:
        bits = tokens.bits[kinds]
        bits[token] += tokens.factor[kinds[token]] * _codes()[column]
        packed = _packed(bits, at, int(bases[-1]))
        packed[bases[:-1, None] + np.arange(len(header))] |= header
        data, checks = packed.tobytes(), _checks(runs, column)
        streams.append([data[s : s + n] + check for s, n, check in zip(starts, sizes, checks, strict=True)])
    return streams


def _kinds(runs: Runs) -> tuple[Ints, Ints, Ints]:
    """The token of each run and what lies between, where those of runs are, and the ends of streams."""
    count = lengths(runs.ends)
    stream = np.repeat(np.arange(len(count)), count)
    before = np.append(0, runs.stop[:-1]) if len(runs.stop) else runs.stop
    first = runs.ends[:-1][count > 0]
    before[first] = 0
    last = np.zeros(len(count), np.int64)
    last[count > 0] = runs.stop[runs.ends[1:][count > 0] - 1]
    ends = 2 * (runs.ends + np.arange(len(runs.ends)))
    token = 2 * (np.arange(len(stream)) + stream) + 1
    sizes, zero = np.zeros(int(ends[-1]), np.int64), np.ones(int(ends[-1]), np.bool_)
    sizes[token - 1], sizes[token], sizes[ends[1:] - 2] = runs.start - before, runs.stop - runs.start, runs.sizes - last
    zero[token] = False
    shift = np.where(zero, 0, _INLINE + 1)
    shift[ends[1:] - 1] = 2 * (_INLINE + 1)  # the end of the block
    if sizes.max(initial=0) <= _INLINE:
        return sizes + shift, token, ends
    return _with_repeats(sizes, shift, token, ends)


def _with_repeats(sizes: Ints, shift: Ints, token: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """The same where runs are longer than a token can say: behind it the rest, as 258 bytes again and again."""
    rest = np.maximum(-((_INLINE - sizes) // _MOST), 0)
    more = -(-rest // _REPEATS)
    position = offsets_of(1 + more)
    kinds = np.empty(int(position[-1]), np.int64)
    kinds[position[:-1]] = sizes - _MOST * rest + shift
    number = expand_ranges(np.zeros(len(more)), more)
    left = np.repeat(rest, more) - _REPEATS * number
    kinds[expand_ranges(position[:-1] + 1, more)] = 2 * (_INLINE + 1) + np.minimum(left, _REPEATS)
    return kinds, position[:-1][token], position[ends]


def _packed(bits: Array, at: Ints, words: int) -> Array:
    """Tokens one behind the other in words of 64 bits.  at: where each begins, in bits."""
    packed = np.zeros(words, "<u8")
    if not len(bits):
        return packed
    word, shift = at >> 6, (at & 63).astype(np.uint64)
    first = np.flatnonzero(np.diff(word, prepend=-1))
    packed[word[first]] = np.bitwise_or.reduceat(bits << shift, first)
    last = np.append(first[1:], len(bits)) - 1  # only the last one of a word reaches into the next
    packed[word[last] + 1] |= (bits[last] >> np.uint64(1)) >> (np.uint64(63) - shift[last])
    return packed


def _checks(runs: Runs, numbers: Array) -> list[bytes]:
    """The checksum of each stream (Adler-32), of runs and not of bytes."""
    count = runs.stop - runs.start
    after = np.repeat(runs.sizes, lengths(runs.ends)) - runs.start  # as often counts the first byte of each run
    sums = offsets_of(count * numbers)[runs.ends]
    weighed = offsets_of((count * after - count * (count - 1) // 2) % _PRIME * numbers)[runs.ends]
    low = (1 + np.diff(sums)) % _PRIME
    high = (runs.sizes + np.diff(weighed)) % _PRIME
    whole: bytes = (high << 16 | low).astype(">u4").tobytes()
    return [whole[start : start + 4] for start in range(0, len(whole), 4)]


@cache
def _tokens() -> _Tokens:
    codes = _reversed_codes(_WIDTHS)
    tokens = [_zeros(codes, size) for size in range(_INLINE + 1)]
    parts = [(bits, 0, width) for bits, width in tokens] + [_others(codes, size) for size in range(_INLINE + 1)]
    ends = [
        (codes[_END], _WIDTHS[_END]),
        *(_joined([_again(codes, _MOST)] * times) for times in range(1, _REPEATS + 1)),
    ]
    parts += [(bits, 0, width) for bits, width in ends]
    bits, factor, width = zip(*parts, strict=True)
    return _Tokens(np.array(bits, np.uint64), np.array(factor, np.uint64), np.array(width, np.int64))


def _zeros(codes: list[int], size: int) -> _Bits:
    """A run of zeros."""
    zero = codes[0], _WIDTHS[0]
    times, rest = divmod(size - 1, _MOST)
    if not size:
        return 0, 0
    tail = [_again(codes, rest)] if rest > 2 else [zero] * rest
    return _joined([zero, *[_again(codes, _MOST)] * times, *tail])


def _others(codes: list[int], size: int) -> tuple[int, int, int]:
    """A run of another byte, whose code is left out: bits, factor and width."""
    literal = 0, _WIDTHS[1]
    times, rest = divmod(size - 1, _MOST)
    if not size:
        return 0, 0, 0
    bits, width = _joined([literal, *[_again(codes, _MOST)] * times, *([_again(codes, rest)] if rest > 2 else [])])
    factor = 1
    for _ in range(rest if rest < 3 else 0):
        factor, width = factor | 1 << width, width + literal[1]
    return bits, factor, width


def _again(codes: list[int], size: int) -> _Bits:
    """So many times the byte before, 3 to 258.  The distance is a bit, 0."""
    if size == _MOST:
        return codes[_LONGEST], _WIDTHS[_LONGEST] + 1
    index = max(number for number, base in enumerate(_BASES) if base <= size)
    symbol, extra = _END + 1 + index, _EXTRA_BITS[index]
    return codes[symbol] | (size - _BASES[index]) << _WIDTHS[symbol], _WIDTHS[symbol] + extra + 1


@cache
def _codes() -> Array:
    """The code of each byte."""
    return np.array(_reversed_codes(_WIDTHS)[:_END], np.uint64)


@cache
def _header() -> tuple[Array, int]:
    """What stands before the first run, in words of 64 bits, and how many of its bits count."""
    symbols: list[tuple[int, int | None]] = []  # of widths, and 16: the width before, 3 to 6 times
    for width, alike in groupby([*_WIDTHS, 1]):
        symbols.append((width, None))
        rest = len([*alike]) - 1
        while rest > 2:
            symbols.append((16, min(rest, 6) - 3))
            rest -= min(rest, 6)
        symbols += [(width, None)] * rest
    widths = [{16: 1, 10: 2, 1: 4, 2: 4, 3: 4, 7: 5, 6: 5}.get(symbol, 0) for symbol in range(19)]
    codes = _reversed_codes(widths)
    parts = [(0x0178, 16), (1, 1), (2, 2), (len(_WIDTHS) - 257, 5), (0, 5), (len(_ORDER) - 4, 4)]
    parts += [(widths[symbol], 3) for symbol in _ORDER]
    for symbol, more in symbols:
        parts.append((codes[symbol], widths[symbol]))
        parts += [] if more is None else [(more, 2)]
    bits, width = _joined(parts)
    return np.frombuffer(bits.to_bytes(8 * (width // 64 + 1), "little"), "<u8"), width


def _joined(parts: list[_Bits]) -> _Bits:
    bits = width = 0
    for part, more in parts:
        bits, width = bits | part << width, width + more
    return bits, width


def _reversed_codes(widths: list[int]) -> list[int]:
    """The code of each symbol, its first bit the lowest; 0 for one without."""
    codes, code = [0] * len(widths), 0
    for width in range(1, max(widths) + 1):
        code <<= 1
        for symbol in (symbol for symbol, own in enumerate(widths) if own == width):
            codes[symbol] = int(f"{code:0{width}b}"[::-1], 2)
            code += 1
    return codes
