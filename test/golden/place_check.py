#!/usr/bin/env python3
"""Where an SA was last seen: `vlan` and `port` as fields and in filters, of every command and over HTTP,
from a capture and from the store; ids by their beginning. And `totals.tunnels`, which a report and its store tell alike.

place_check.py LACUNA
"""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

LACUNA = os.path.abspath(sys.argv[1])
FAILED = []
TAGGED, BARE, MOVED, SIX, DROPPED, TWICE = range(0x101, 0x107)


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:1500]}")
        FAILED.append(name)


def lacuna(*arguments):
    return subprocess.run([LACUNA, *arguments], capture_output=True, text=True, check=False,
                          timeout=120)


def told(*arguments):
    done = lacuna(*arguments, "--json")
    return json.loads(done.stdout) if done.returncode == 0 else {"flows": [], "stderr": done.stderr}


def frame(spi, number, tags=(), six=False):
    payload = struct.pack(">II", spi, number) + bytes(32)
    if six:
        ends = bytes.fromhex("20010db8" + "0" * 23 + "1" + "20010db8" + "0" * 23 + "2")
        packet = struct.pack(">IHBB", 6 << 28, len(payload), 50, 64) + ends + payload
    else:
        packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, 50, 0,
                             b"\x0a\0\0\1", b"\x0a\0\0\2") + payload
    out = bytes.fromhex("020000000002020000000001")
    for tag in tags:
        out += struct.pack(">HH", 0x8100, 0xE000 | tag)  # priority 7 is no part of the VLAN
    return out + (b"\x86\xdd" if six else b"\x08\0") + packet


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def capture(path):
    """Two interfaces. A VLAN that comes, changes or goes within numbers in order."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += 2 * block(1, struct.pack("<HHI", 1, 0, 0))
    time = 1_700_000_000_000_000
    for n in range(1, 101):
        first = n <= 50
        for interface, f in (
                (0, frame(TAGGED, n, [10])), (0, frame(BARE, n)),
                (0, frame(MOVED, n, [10 if first else 20])), (0, frame(SIX, n, [0], True)),
                (0, frame(DROPPED, n, [7] if first else [], True)),
                (0 if first else 1, frame(TWICE, n, [300, 301]))):
            time += 100
            body = struct.pack("<IIIII", interface, time >> 32, time & 0xFFFFFFFF, len(f), len(f))
            out += block(6, body + f)
    with open(path, "wb") as file:
        file.write(out)


EXPRESSIONS = {
    "vlan 10": [TAGGED], "vlan": [TAGGED, MOVED, SIX, TWICE], "not vlan": [BARE, DROPPED],
    "vlan = 20 or vlan 0": [MOVED, SIX], "vlan 301": [TWICE], "vlan 300": [], "vlan != 10": [MOVED, SIX, TWICE],
    "vlan < 10": [SIX], "port 0": [TAGGED, BARE, MOVED, SIX, DROPPED], "port 1": [TWICE],
    "port > 0 and vlan": [TWICE], "received > 0 and (vlan 20 or port 1)": [MOVED, TWICE]}
ERRORS = {"vlan x": 6, "port": 5, "vlan 10 port 1": 9, "vlan >": 7, "lost > 0 and port x": 19}


def spis(flows):
    return sorted(int(f["id"].split("-")[1], 16) for f in flows)


def filters(name, ask):
    for expression, want in EXPRESSIONS.items():
        have = ask(expression)
        check(f"{name}: {expression}", spis(have["flows"]) == want, (want, have))


def from_everywhere():
    report = told("analyze", "--db", "db", "two.pcapng")
    places = {int(f["id"].split("-")[1], 16): (f.get("vlan"), f.get("port")) for f in report["flows"]}
    want = {TAGGED: (10, None), BARE: (None, None), MOVED: (20, None), SIX: (0, None),
            DROPPED: (None, None), TWICE: (301, 1)}
    check("the place last seen", places == want, places)
    check("nothing is lost by a change of place", report["totals"]["lost"] == 0
          and report["totals"]["received"] == 600, report["totals"])
    filters("analyze", lambda e: told("analyze", "two.pcapng", "--filter", e))
    filters("store", lambda e: told("query", "--db", "db", "flows", "--filter", e))
    for layout in ("rtc:1", "pipeline:rx=1,parse=1,work=2"):
        done = told("replay", "two.pcapng", "--source", "mapped", "--layout", layout)
        same = {int(f["id"].split("-")[1], 16): (f.get("vlan"), f.get("port")) for f in done["flows"]}
        check(f"{layout}: the same", same == want, (same, done.get("stderr")))
    for expression, column in ERRORS.items():
        for name, command in (("analyze", ["analyze", "two.pcapng"]),
                              ("store", ["query", "--db", "db", "flows"])):
            done = lacuna(*command, "--filter", expression)
            check(f"{name} refuses {expression!r}, column {column}", done.returncode == 2
                  and f"column {column}:" in done.stderr and done.stderr.count("\n") == 1, done.stderr)


def status_of(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def over_http():
    with subprocess.Popen([LACUNA, "serve", "--db", "db", "--port", "0"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as server:
        try:
            line = next(line for line in server.stderr if "listening on" in line)
            url = re.search(r"http://[^\s/]+", line)[0]

            def ask(expression):
                query = urllib.parse.urlencode({"filter": expression, "names": "report"})
                with urllib.request.urlopen(f"{url}/api/v1/flows?{query}", timeout=20) as reply:
                    return json.load(reply)

            filters("REST", ask)
            for text, status in (("ESP-00000101-10.0.0.2", 200), ("esp-00000103", 200), ("ESP-00000104", 200),
                                 ("esp-0000010", 404), ("esp-00000109", 404), ("nobody", 404)):
                for part in ("", "/gaps", "/timeline"):
                    where = f"{url}/api/v1/flows/{text}{part}"
                    check(f"REST: {text}{part} {status}", status_of(where) == status, where)
            ids = json.load(urllib.request.urlopen(f"{url}/api/v1/flows/esp-00000103?names=report", timeout=20))
            check("REST: the beginning means that SA", spis(ids["flows"]) == [MOVED], ids)
            with urllib.request.urlopen(f"{url}/api/v1/stats/summary?names=report", timeout=20) as reply:
                check("REST: tunnels", json.load(reply)["totals"]["tunnels"] == 2)
            try:
                ask("vlan x")
                check("REST refuses", False)
            except urllib.error.HTTPError as error:
                check("REST refuses with the column", error.code == 400
                      and b"column 6" in error.read(), error)
        finally:
            server.terminate()


def tunnels():
    report = told("analyze", "two.pcapng", "--tunnels")
    check("tunnels are counted", report["totals"]["tunnels"] == len(report["tunnels"]) == 2,
          report["totals"])
    stored = told("query", "--db", "db", "summary")
    check("the store's totals are the report's", stored["totals"] == report["totals"],
          (stored["totals"], report["totals"]))
    one = told("analyze", "two.pcapng", "--filter", "vlan 10")
    check("of a selection its own", one["totals"]["tunnels"] == 1, one["totals"])


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        capture("two.pcapng")
        from_everywhere()
        tunnels()
        over_http()
        os.chdir("/")
    print(f"{len(FAILED)} failed")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
