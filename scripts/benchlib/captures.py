"""Captures to measure with: generated when they are needed, in the page cache when they are used."""

import ctypes
import dataclasses
import json
import mmap
import os
import shutil
import subprocess

from . import programs

PAGE = mmap.PAGESIZE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                       ctypes.c_long)
_libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_libc.mincore.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p)


def page_cache_share(path):
    """How much of a file lies in the page cache, 0 to 1, without touching it."""
    size = os.path.getsize(path)
    if size == 0:
        return 1.0
    descriptor = os.open(path, os.O_RDONLY)
    try:
        where = _libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    finally:
        os.close(descriptor)
    if where in (None, ctypes.c_void_p(-1).value):
        return float("nan")
    pages = ctypes.create_string_buffer((size + PAGE - 1) // PAGE)
    failed = _libc.mincore(where, size, pages)
    _libc.munmap(where, size)
    if failed:
        return float("nan")
    return sum(1 for page in pages.raw if page & 1) / len(pages.raw)


def file_system(path):
    """Type of the file system `path` lies on."""
    return subprocess.run(["findmnt", "-n", "-o", "FSTYPE", "-T", path], capture_output=True,
                          text=True, check=False).stdout.strip() or "unknown"


@dataclasses.dataclass
class Capture:
    path: str
    packets: int
    octets: int   # of its frames
    flows: int    # secure associations that are in it
    truth: str

    def cached(self):
        return page_cache_share(self.path)


class Captures:
    """Generates captures in a directory and deletes the ones not used for longest when they grow
    beyond `limit` octets together; all of them at the end."""

    def __init__(self, directory, limit, keep=False):
        os.makedirs(directory, exist_ok=True)
        self.directory, self.limit, self.keep = directory, limit, keep
        self._count = 0
        self._made = {}  # options: Capture, the last used last

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.keep:
            for options in list(self._made):
                self._drop(options)
            if not os.listdir(self.directory):
                os.rmdir(self.directory)

    def where(self):
        return f"{self.directory} ({file_system(self.directory)})"

    def get(self, packets, flows, protocol="macsec", size="64", seed=1, **options):
        """A capture of these, in the page cache as a whole. `options`: more of pcapgen's, with
        underscores. An SA sends one packet at least, so there are no more SAs than packets."""
        flows = min(flows, packets)
        key = (packets, flows, protocol, str(size), seed, tuple(sorted(options.items())))
        capture = self._made.pop(key, None) or self._generate(key)
        self._made[key] = capture
        self._make_room(key)
        with open(capture.path, "rb") as file:  # what was written long ago may have left the cache
            while file.read(1 << 24):
                pass
        return capture

    def _generate(self, key):
        packets, flows, protocol, size, seed, options = key
        self._count += 1
        path = os.path.join(self.directory, f"{os.getpid()}-{self._count}.pcap")
        if shutil.disk_usage(self.directory).free < packets * 120:
            raise programs.Failed(f"{self.directory}: no room for a capture of {packets} packets; "
                                  "name another place with --dir")
        more = [word for name, value in options
                for word in ("--" + name.replace("_", "-"), str(value))]
        programs.run(programs.PCAPGEN, "--quiet", "--packets", packets, "--flows", flows,
                     "--protocol", protocol, "--size", size, "--seed", seed, "--no-truth-flows",
                     "--output", path, *more)
        # Written back now, not while something is being measured.
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        with open(path + ".truth.json", encoding="utf-8") as file:
            truth = json.load(file)
        return Capture(path, packets, truth["bytes"], truth["totals"]["flows"],
                       path + ".truth.json")

    def _make_room(self, current):
        def total():
            return sum(os.path.getsize(c.path) for c in self._made.values())
        for options in [key for key in self._made if key != current]:
            if total() <= self.limit:
                break
            self._drop(options)

    def _drop(self, options):
        capture = self._made.pop(options)
        for path in (capture.path, capture.truth):
            if os.path.exists(path):
                os.unlink(path)
