#!/usr/bin/env python3
"""Checks that no stamp that lies changes what is found: `analyze` with any number of threads and `replay` in
several layouts and from both sources agree, and find what was sent.

time_check.py: LACUNA names the program. Also who fell silent, what a capture saw on two interfaces, and what a flood
leaves of established SAs where the table is full.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile

LACUNA = os.environ.get("LACUNA", "lacuna")
START = 1_700_000_000_000_000_000
SECOND = 10**9

failures = []


def check(what, good, *details):
    print(("ok  " if good else "FAIL"), what, *([] if good else details))
    if not good:
        failures.append(what)


def esp(spi, number, peer=1):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 44, 0, 0, 64, 50, 0, bytes([10, 0, 0, peer]), b"\x0a\0\0\2")
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + struct.pack(">II", spi, number) + b"\0" * 16


def macsec(sci, an, number):
    return (b"\2\0\0\0\0\2\2\0\0\0\0\1\x88\xe5" + struct.pack(">BBI", 0x2C | an, 0, number)
            + struct.pack(">Q", sci) + b"\0" * 24)


def write(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        for time, frame in frames:
            f.write(struct.pack("<IIII", time // SECOND, time % SECOND, len(frame), len(frame)) + frame)


def report(command, path, *options):
    done = subprocess.run([LACUNA, command, path, "--json", "--quiet", *options], capture_output=True, text=True,
                          timeout=120)
    if done.returncode != 0:
        sys.exit(f"lacuna {command} {' '.join(options)}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def write_interfaces(path, frames):
    """(time, interface, frame) as pcapng."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += 2 * block(1, struct.pack("<HHI", 1, 0, 0))
    for time, interface, frame in frames:
        us = time // 1000
        out += block(6, struct.pack("<IIIII", interface, us >> 32, us & 0xFFFFFFFF, len(frame), len(frame)) + frame)
    with open(path, "wb") as f:
        f.write(out)


def silence(path):
    """One SA stops and stays away, one comes back, one is replaced."""
    frames = [(START + i * 10**7, esp(0x300 + p, i, p)) for p in (1, 2, 3, 4) for i in range(1, 101)]
    frames += [(START + 40 * SECOND + i * 10**7, esp(0x302, i, 2)) for i in range(111, 211)]  # ten are lost
    frames += [(START + 3 * SECOND + i * 10**7, esp(0x313, i, 3)) for i in range(1, 4001)]
    frames += [(START + i * 10**7, esp(0x304, i, 4)) for i in range(101, 4301)]
    frames.sort(key=lambda f: f[0])
    write(path, frames)
    for way in WAYS:
        r = report(way[0], path, *way[1:])
        silent = [f["id"] for f in r["flows"] if f.get("silent")]
        told = [(e["kind"], e["flow_id"][4:12], e["time"][17:22]) for e in r["events"]]
        check(f"silence, {' '.join(way)}", silent == ["esp-00000301-10.0.0.2"] and r["table"]["silent"] == 1
              and told == [("silent", "00000301", "31.00"), ("silent", "00000302", "31.00"),
                           ("resumed", "00000302", "01.11")], silent, told)
    r = report("analyze", path, "--silent-after", "60")
    check("it takes longer where that is asked", r["table"]["silent"] == 0 and not r["events"], r["events"])
    r = report("analyze", path, "--filter", "silent")
    check("a filter selects them", [f["id"][4:12] for f in r["flows"]] == ["00000301"], r["flows"])
    text = subprocess.run([LACUNA, "analyze", path, "--quiet"], capture_output=True, text=True, timeout=60).stdout
    check("the report says so", "1 association fell silent" in " ".join(text.split()) and "silent since" in text, text)


def two_interfaces(path):
    """A router that captures on all interfaces sees each packet twice; a copy on the way is something else."""
    twice = [(START + i * 10**6 + k, k, esp(0x400, i)) for i in range(1, 101) if i != 41 for k in (0, 1)]
    write_interfaces(path, twice)
    sentence = "were seen on two interfaces"
    for way in WAYS[:4] + [w for w in WAYS if "mapped" in w]:
        r = report(way[0], path, *way[1:])
        check(f"two interfaces, {' '.join(way)}", r["totals"]["duplicates"] == 99 and r["totals"]["lost"] == 1
              and any(f"99 of 99 duplicates {sentence}" in n for n in r["notes"]), r["notes"])
    text = subprocess.run([LACUNA, "analyze", path, "--quiet"], capture_output=True, text=True, timeout=60).stdout
    check("the text says so", "seen on two interfaces" in text and "copied on the way" not in text, text)
    write_interfaces(path, [(t, 1, f) for t, _, f in twice])
    r = report("analyze", path)
    check("copies on one interface are that", r["totals"]["duplicates"] == 99
          and not any(sentence in n for n in r["notes"]), r["notes"])


WAYS = ([("analyze", "--threads", str(n)) for n in (1, 2, 3, 4)]
        + [("replay", "--source", source, "--layout", layout)
           for source in ("mapped", "net_pcap")
           for layout in ("rtc:1", "pipeline:rx=1,parse=2,work=3")])


def stream(n=4000, step=10**6, sas=4):
    """Several SAs that each lose every tenth number."""
    return [(START + i * step, esp(0x101 + s, i)) for i in range(1, n + 1) if i % 10 for s in range(sas)]


def lost(n=4000, sas=4):
    return sas * (n // 10 - (1 if n % 10 == 0 else 0))


def everywhere(what, path, frames, odd, want, *options, ways=WAYS):
    write(path, frames)
    seen = []
    for way in ways:
        r = report(way[0], path, *way[1:], *options)
        got = {k: r["totals"][k] for k in want if k in r["totals"]}
        got.update({k: r["table"][k] for k in want if k in r["table"]})
        check(f"{what}, {' '.join(way)}", got == want and r["probe"]["odd_times"] == odd, got,
              r["probe"]["odd_times"], "wanted", want, odd)
        flows = sorted((f["id"], f["received"], f["lost"], f["first"], f["last_time"][:23], f.get("rekeys"))
                       for f in r["flows"])
        seen.append(flows)
    check(f"{what}: the same SAs everywhere", all(s == seen[0] for s in seen))
    return r


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.pcap")
        n = 4000
        clean = {"flows": 4, "lost": lost(), "received": 4 * (n - n // 10), "evicted_idle": 0, "rows": 4}
        ageing = ("--idle-timeout", "60")
        everywhere("a calm clock", path, stream(), 0, clean, *ageing)

        def with_odd(at, *stamps):
            frames = stream()
            return frames[:at] + [(t, esp(0x999, 5 + i)) for i, t in enumerate(stamps)] + frames[at:]

        hour = 3600 * SECOND
        more = dict(clean, flows=5, rows=5)
        ahead = START + hour
        far = START + 10**17
        for at in (0, 400, 8001):
            everywhere(f"one stamp an hour ahead at {at}", path, with_odd(at, ahead), 1,
                       dict(more, received=clean["received"] + 1), *ageing)
        everywhere("the last stamp years ahead", path, with_odd(len(stream()), far), 1,
                   dict(more, received=clean["received"] + 1), *ageing)
        everywhere("five stamps years ahead", path, with_odd(900, *[far + i for i in range(5)]), 5,
                   dict(more, received=clean["received"] + 5), *ageing)
        everywhere("one stamp of 1970", path, with_odd(900, 7), 1, dict(more, received=clean["received"] + 1), *ageing)
        r = everywhere("a stamp that is believed all the same", path, with_odd(900, ahead), 0,
                       {"received": clean["received"] + 1}, "--clock-tolerance", "0", ways=WAYS[:1])
        check("without a tolerance it is shown as it came",
              [f["last_time"] for f in r["flows"] if f["id"].startswith("esp-00000999")] == ["2023-11-14T23:13:20.000000000Z"])

        silence(path)
        two_interfaces(path)

        # The clock is set back once, by more than the time-out.
        slow = [(t if i < 7200 else t - 90 * SECOND, f) for i, (t, f) in enumerate(stream(4000, 10**7))]
        everywhere("a clock set back", path, slow, 0, clean, *ageing)
        # And ahead: what had been silent for longer than the time-out by then is a new row.
        frames = stream(2000)
        frames += [(t + 2 * hour, f) for t, f in stream(4000) if t > START + 2000 * 10**6]
        everywhere("a clock set ahead", path, frames, 0, dict(clean, flows=8, lost=lost(2000) * 2, evicted_idle=4),
                   *ageing)

        # A rekey after a silence, beside an odd stamp.
        sci = 0x0200000000990001
        rekey = [(START + i * 10**7, macsec(sci, 0, i)) for i in range(1, 201)]
        rekey += [(START + 2 * SECOND + i * 10**7, macsec(sci, 1, i)) for i in range(1, 201)]
        rekey.insert(150, (far, macsec(sci, 0, 151)))
        everywhere("a rekey beside an odd stamp", path, rekey, 1, {"rekeys": 1, "flows": 2, "duplicates": 1},
                   "--idle-timeout", "5")

        # A flood of invented SPIs where the table is full: established SAs stay, with any number of threads.
        flood, x = [], 0
        for i in range(1, 1001):
            flood += [(START + i * 10**6, esp(0x100 + s, i)) for s in range(50) if i % 10]
            for _ in range(50 if i > 150 else 0):
                x += 1
                flood.append((START + i * 10**6, esp(0x100000 + x, x)))
        write(path, flood)
        for way in ([("analyze", "--threads", str(t)) for t in (1, 2, 4, 8)]
                    + [("replay", "--source", "mapped", "--layout", layout)
                       for layout in ("rtc:1", "pipeline:rx=1,parse=2,work=4")]):
            for _ in range(2):
                r = report(way[0], path, *way[1:], "--max-flows", "1000")
                real = [f for f in r["flows"] if f["id"].startswith("esp-000001")]
                check(f"a flood, {' '.join(way)}",
                      len(real) == 50 and sum(f["lost"] for f in real) == 50 * 99
                      and r["table"]["rows"] <= 1000 and r["probe"]["table_full"] <= x // 100,
                      len(real), sum(f["lost"] for f in real), r["table"]["rows"], r["probe"]["table_full"])

        # A second look goes by the same clock: the frames around each gap are those without the lie, too.
        extracts = []
        for name in ("true", "odd"):
            frames = stream()
            if name == "odd":
                frames[20] = (far, frames[20][1])
            write(path, frames)
            folder = os.path.join(os.path.dirname(path), name)
            report("analyze", path, "--gaps", "5", "--extract", folder)
            extracts.append({file: os.path.getsize(os.path.join(folder, file)) for file in sorted(os.listdir(folder))})
        check("the frames around gaps are those at their time", len(extracts[0]) == 5 and extracts[0] == extracts[1],
              extracts)

        # What came from a pipe is held back no longer than it takes to know.
        write(path, with_odd(900, far))
        with open(path, "rb") as f:
            piped = subprocess.run([LACUNA, "analyze", "-", "--json", "--quiet", *ageing], stdin=f, capture_output=True,
                                   timeout=60)
        cat = subprocess.run(f"cat {path} | {LACUNA} analyze - --json --quiet --idle-timeout 60", shell=True,
                             capture_output=True, timeout=60)
        for name, done in (("standard input", piped), ("a pipe", cat)):
            r = json.loads(done.stdout)
            check(f"{name}", r["probe"]["odd_times"] == 1 and r["totals"]["lost"] == lost() and r["table"]["rows"] == 5,
                  r["probe"], r["totals"]["lost"])
        text = subprocess.run([LACUNA, "analyze", path, "--quiet"], capture_output=True, text=True, timeout=60).stdout
        check("the report says so", "Odd times: one packet is stamped far from those around it" in text)
    print(f"{len(failures)} of the checks failed" if failures else "all as it should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
