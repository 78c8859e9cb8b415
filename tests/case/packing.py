"""Packs logs the ways that platforms, shippers and people do."""

import bz2
import gzip
import io
import json
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping

import inflate64
import py7zr

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Files = Mapping[str, bytes]
Pack = Callable[[Files], bytes]


def record(number: int) -> str:
    """Give a sign-in."""
    told = {
        "CreationTime": f"2023-05-{number // 60 + 1:02d}T00:00:{number % 60:02d}",
        "Id": f"id-{number}",
        "RecordType": 15,
        "Operation": "UserLoggedIn",
        "Workload": "AzureActiveDirectory",
        "UserId": "zoë@contoso.com",
    }
    return json.dumps(told, ensure_ascii=False)


def log(start: int, end: int) -> bytes:
    """Give some sign-ins, one a line."""
    return "".join(record(number) + "\n" for number in range(start, end)).encode()


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def sevenzipped(files: Files, filters: list[dict[str, int]] | None = None, password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=filters, password=password) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return out.getvalue()


def deflate64(files: Files) -> bytes:
    """Give a zip as the Windows shell packs large files, which Python does not write."""
    local, central = bytearray(), bytearray()
    for name, data in files.items():
        packer = inflate64.Deflater()
        body = packer.deflate(data) + packer.flush()
        told = struct.pack("<5H3I2H", 45, 0, 9, 0, 0, zlib.crc32(data), len(body), len(data), len(name), 0)
        central += (
            struct.pack("<4sH", b"PK\x01\x02", 45) + told + struct.pack("<3H2I", 0, 0, 0, 0, len(local)) + name.encode()
        )
        local += b"PK\x03\x04" + told + name.encode() + body
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(files), len(files), len(central), len(local), 0)
    return bytes(local + central + end)


def renamed(files: Files, old: str, new: str) -> bytes:
    """Give a 7z in which one member has got another name of the same length, as its library refuses to write it."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.set_encoded_header_mode(mode=False)
        for name, data in files.items():
            archive.writestr(data, name)
    whole = bytearray(out.getvalue().replace(old.encode("utf-16-le"), new.encode("utf-16-le")))
    place, size = struct.unpack_from("<QQ", whole, 12)
    struct.pack_into("<I", whole, 28, zlib.crc32(whole[32 + place : 32 + place + size]))
    struct.pack_into("<I", whole, 8, zlib.crc32(whole[12:32]))
    return bytes(whole)


def locked(archive: bytes, name: str) -> bytes:
    """Give a zip in which one member says that it is encrypted."""
    return _marked(archive, name, 6, 8, b"\x01\x00")


def strange(archive: bytes, name: str) -> bytes:
    """Give a zip in which one member says that it is compressed in a way that nobody knows."""
    return _marked(archive, name, 8, 10, b"\x61\x00")


def _marked(archive: bytes, name: str, local: int, central: int, told: bytes) -> bytes:
    out = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        place = opened.getinfo(name).header_offset + local
    out[place : place + 2] = told
    place = archive.rfind(name.encode()) - 46 + central
    out[place : place + 2] = told
    return bytes(out)


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}
ARCHIVES: dict[str, Pack] = {
    "zip": zipped,
    "stored zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "bzip2 zip": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "lzma zip": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "deflate64 zip": deflate64,
    "tar": tarred,
    **{f"tar.{name}": lambda files, pack=pack: pack(tarred(files)) for name, pack in COMPRESSIONS.items()},  # type: ignore[misc]
    "7z": sevenzipped,
    "bzip2 7z": lambda files: sevenzipped(files, [{"id": py7zr.FILTER_BZIP2}]),
    "zstd 7z": lambda files: sevenzipped(files, [{"id": py7zr.FILTER_ZSTD, "level": 3}]),
    "deflate 7z": lambda files: sevenzipped(files, [{"id": py7zr.FILTER_DEFLATE}]),
    "copy 7z": lambda files: sevenzipped(files, [{"id": py7zr.FILTER_COPY}]),
    "zip.gz": lambda files: gzip.compress(zipped(files)),
    "7z in a zip": lambda files: zipped({"inner.7z": sevenzipped(files)}),
    "zip in a tar in a zip": lambda files: zipped({"in.tar": tarred({"deep.zip": zipped(files)})}),
}
