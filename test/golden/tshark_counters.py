#!/usr/bin/env python3
"""lacuna reads the numbers that Wireshark reads: of each further counter, of WireGuard, of MKA.

tshark_counters.py LACUNA; skipped (exit 77) where there is no tshark. One capture holds every kind,
with numbers left out and one that comes late. Of each stream tshark tells the numbers one by one;
first, highest, how many came and how many are missing must be what lacuna says.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import made_frames as made  # noqa: E402

COUNT = 60
# Behind the numbers: two are never sent, one comes three packets late.
ORDER = [n for n in range(COUNT) if n not in (10, 11, 30)]
ORDER.insert(ORDER.index(33) + 1, 30)


def little(value, octets):
    return value.to_bytes(octets, "little")


def frames(n):
    """{name: (frame, what tshark calls the number, and its width)}."""
    plain = made.ipv4(17, made.udp(3000, 3001, bytes(20)))
    be, udp = made.be, made.udp

    def over_udp(port, payload, src=40000):
        return made.ethernet(0x0800, made.ipv4(17, udp(src, port, payload)))

    short = 65520 + n & 0xFFFF
    return {
        "wireguard": (over_udp(51820, be(0x04000000, 4) + little(0x11223344, 4) + little(n, 8)
                               + bytes(48)), "wg.counter"),
        "gtp-u": (over_udp(2152, be(0x32FF, 2) + be(4 + len(plain), 2) + be(0xABCD, 4)
                           + be(short, 2) + bytes(2) + plain, 2152), "gtp.seq_number"),
        "hsr": (made.ethernet(0x892F, be(0x1000 | 4 + len(plain), 2) + be(short, 2)
                              + be(0x0800, 2) + plain, 0x100), "hsr.sequence_nr"),
        "r-tag": (made.ethernet(0xF1C1, bytes(2) + be(short, 2) + be(0x0800, 2) + plain, 0x200),
                  "ieee8021cb.seq"),
        "rtp": (over_udp(5004, be(0x8000, 2) + be(short, 2) + be(160 * n, 4) + be(0xABCD, 4)
                         + bytes(160), 5004), "rtp.seq"),
        "roce": (over_udp(4791, be(0x0A40FFFF, 4) + be(0xABC, 4) + be(0xFFFFF0 + n & 0xFFFFFF, 4)
                          + bytes(16) + bytes(36)), "infiniband.bth.psn"),
        "gre": (made.ethernet(0x0800, made.ipv4(47, made.gre(0x1000, 0x0800, plain)[:4]
                                                + be(n, 4) + plain)), "gre.sequence_number"),
        "netflow9": (over_udp(2055, be(9, 2) + be(0, 2) + bytes(8) + be(n, 4) + be(5, 4)),
                     "cflow.sequence"),
        "sflow": (over_udp(6343, be(5, 4) + be(1, 4) + bytes(4) + be(3, 4) + be(n, 4)
                           + be(0, 4) + be(0, 4)), "sflow_245.sequence_number"),
        "prp": (made.with_prp(made.ethernet(0x0800, plain, 0x300), 10, short),
                "prp.trailer.prp_sequence_nr"),
    }


def told_by_tshark(path, names):
    """{name: numbers in order}, of the field each name stands for."""
    fields = sorted({field for field in names.values()})
    command = ["tshark", "-r", path, "-d", "udp.port==5004,rtp", "-o", "prp.enable:TRUE",
               "-T", "fields", "-E", "occurrence=f",
               *(word for field in fields for word in ("-e", field))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode != 0:
        command = [w for w in command if w not in ("-o", "prp.enable:TRUE")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    numbers = {field: [] for field in fields}
    for line in done.stdout.splitlines():
        for field, value in zip(fields, line.split("\t")):
            if value:
                numbers[field].append(int(value, 0))
    return {name: numbers[field] for name, field in names.items()}


def figures(numbers, bits):
    """What lacuna must say of numbers that came in this order and extend modulo 2^bits."""
    turn = 1 << bits
    highest = numbers[0]
    seen = []
    for number in numbers:
        up = (number - highest) % turn
        extended = highest + (up if up < turn // 2 else up - turn)
        highest = max(highest, extended)
        seen.append(extended)
    return {"received": len(seen), "first": min(seen) % turn, "highest": highest % turn,
            "lost": highest - min(seen) + 1 - len(set(seen))}


BITS = {"gtp-u": 16, "hsr": 16, "r-tag": 16, "rtp": 16, "prp": 16, "roce": 24}


def main():
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    capture = made.Capture()
    names = {name: field for name, (_, field) in frames(0).items()}
    for n in ORDER:
        for frame, _ in frames(n).values():
            capture.add(frame)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "counters.pcap")
        capture.write(path)
        theirs = told_by_tshark(path, names)
        done = subprocess.run([sys.argv[1], "analyze", "--json", "--quiet", "--rtp-ports", "5004",
                               "--counters", "gtp-u,hsr,r-tag,rtp,roce,gre,netflow9,sflow,prp",
                               path], capture_output=True, text=True, check=True, timeout=120)
        rows = {f["protocol"]: f for f in json.loads(done.stdout)["flows"]}
    for name, numbers in theirs.items():
        if len(numbers) != len(ORDER):
            print(f"{name}: tshark reads {len(numbers)} of {len(ORDER)}")
            wrong += 1
            continue
        want = figures(numbers, BITS.get(name, 32))
        have = {field: rows.get(name, {}).get(field) for field in want}
        if have != want:
            print(f"{name}: {have}, tshark {want}")
            wrong += 1
    print(f"{len(theirs)} kinds of numbers, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
