"""What a file is, told from its bytes. Its name says nothing: a pickle called model.onnx is a pickle.

Nothing is opened, unpacked or loaded here. The answer is a word; `onnx?` means that it may be ONNX, which only
parsing can say.
"""

import re
import struct

MAYBE_ONNX = "onnx?"

_PICKLE = re.compile(rb"\x80[\x02-\x05]")
# Protocols 0 and 1 are text-like: they open with a container, a value or a global, and end with a full stop.
_OLD_PICKLE = re.compile(
    rb"(?:\((?:[ldi]p?\d|[ldti])|[\]}(]q|c[\w.]+\n\w+\n|[SVILF][^\n]*\np?\d|[XT]..\0\0)", re.DOTALL
)
_TORCH_MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_HDF5 = b"\x89HDF\r\n\x1a\n"
_SCRIPT = re.compile(rb"\s*(?:#!|import |from \w+ import |<\?xml|<!DOCTYPE|<html|[\[{]\s*[\"\]}])", re.IGNORECASE)

_STARTS: tuple[tuple[bytes, str], ...] = (
    (_HDF5, "hdf5"),
    (b"\x93NUMPY", "numpy"),
    (b"GGUF", "gguf"),
    (b"PAR1", "parquet"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
    (b"\x04\x22\x4d\x18", "compressed"),
    (b"\x28\xb5\x2f\xfd", "compressed"),
    (b"ZF\x00\x00", "compressed"),
    (b"\x78\x01", "compressed"),
    (b"\x78\x5e", "compressed"),
    (b"\x78\x9c", "compressed"),
    (b"\x78\xda", "compressed"),
)
_END_RECORD = b"PK\x05\x06"
_END_RECORD_SIZE = 22
_LONGEST_COMMENT = 65_535


def kind_of(data: bytes | memoryview) -> str:
    """What these bytes are.

    Returns:
        `onnx?`, or the name of something that is not ONNX: `empty`, `pickle`, `joblib`, `pytorch`, `keras`, `hdf5`,
        `zip`, `numpy`, `safetensors`, `gguf`, `tflite`, `compressed`, `parquet`, `program`, `text`.
    """
    if not data:
        return "empty"
    head = bytes(data[:65_536])
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if _PICKLE.match(head):
        return _pickle_kind(head)
    if is_zip(data):
        return _zip_kind(data)
    return _other_kind(head, data)


def is_zip(data: bytes | memoryview) -> bool:
    """Whether a program that reads ZIP archives would read one here, whatever stands in front of it.

    ZIP is read from its end (APPNOTE.TXT 4.3.16), so a file can be ONNX at its head and an archive at its tail.
    """
    if bytes(data[:4]) in {b"PK\x03\x04", _END_RECORD, b"PK\x07\x08"}:
        return True
    tail = bytes(data[-(_LONGEST_COMMENT + _END_RECORD_SIZE) :])
    start = len(data) - len(tail)
    place = tail.rfind(_END_RECORD)
    while place >= 0:
        if len(tail) - place >= _END_RECORD_SIZE and _leads_to_a_directory(data, tail, place, start + place):
            return True
        place = tail.rfind(_END_RECORD, 0, place)
    return False


def _leads_to_a_directory(data: bytes | memoryview, tail: bytes, place: int, end: int) -> bool:
    """Whether an end record's sizes point at a central directory: four bytes alone can be chance."""
    entries, size = struct.unpack_from("<HI", tail, place + 10)
    if entries == 0:
        return bytes(tail[place + 4 : place + 20]) == b"\0" * 16
    return size <= end and bytes(data[end - size : end - size + 4]) == b"PK\x01\x02"


def _pickle_kind(head: bytes) -> str:
    if head[2:].startswith(_TORCH_MAGIC):
        return "pytorch"
    return "joblib" if b"joblib" in head else "pickle"


def _zip_kind(data: bytes | memoryview) -> str:
    names = bytes(data[:4096]) + bytes(data[-(_LONGEST_COMMENT + _END_RECORD_SIZE) :])
    if b"data.pkl" in names:
        return "pytorch"
    if b"model.weights.h5" in names:
        return "keras"
    return "numpy" if b".npy" in names else "zip"


def _other_kind(head: bytes, data: bytes | memoryview) -> str:
    if head[4:8] == b"TFL3":
        return "tflite"
    if any(bytes(data[place : place + 8]) == _HDF5 for place in (512, 1024, 2048)):
        return "hdf5"
    if head[8:10] in {b'{"', b"{}"} and int.from_bytes(head[:8], "little") <= len(data):
        return "safetensors"
    if bytes(data[-1:]) == b"." and _OLD_PICKLE.match(head):
        return "pickle"
    if _SCRIPT.match(head):
        return "text"
    return MAYBE_ONNX
