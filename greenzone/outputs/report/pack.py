"""Numbers and text for the page, small: typed arrays one after the other, compressed, as base64.

Comes in: arrays and texts by name. Goes out: one text and the list of what lies where in it.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

TYPES = {"f4": "Float32Array", "i4": "Int32Array", "i2": "Int16Array", "u1": "Uint8Array"}
ALIGNMENT = 4  # bytes; a typed array must begin at a multiple of its item


def pack(entries: Mapping[str, np.ndarray | str]) -> tuple[str, dict[str, list[Any]]]:
    """Lay arrays and texts one after the other.

    Parameters
    ----------
    entries : mapping
        Arrays of float32, int32, int16 or uint8, of any shape, and texts.

    Returns
    -------
    text : str
        base64 of the gzip-compressed bytes, little-endian, the same for the same entries.
    directory : dict
        `[type, offset, length]` by name: the JavaScript type, or "text"; offset in bytes; length in items.
    """
    parts: list[bytes] = []
    directory: dict[str, list[Any]] = {}
    offset = 0
    for name, entry in entries.items():
        if isinstance(entry, str):
            data, kind = entry.encode("utf-8"), "text"
            length = len(data)
        else:
            array = np.ascontiguousarray(entry)
            data = array.astype(array.dtype.newbyteorder("<")).tobytes()
            kind, length = TYPES[array.dtype.str[1:]], array.size
        directory[name] = [kind, offset, length]
        padding = -len(data) % ALIGNMENT
        parts.append(data + b"\0" * padding)
        offset += len(data) + padding
    return compress(b"".join(parts)), directory


def compress(data: bytes) -> str:
    """base64 of gzip, without the time of writing."""
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode("ascii")


def json_for_script(content: Any) -> str:
    """JSON that can not end the script element it stands in, nor be anything but JSON; NaN as null."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
