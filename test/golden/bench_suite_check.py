#!/usr/bin/env python3
"""scripts/bench, scripts/stress-test and scripts/throughput-suite do what they say, on traffic too
small for figures; and stress-test notices what it is there to notice.

bench_suite_check.py SCRIPTS PCAPGEN LACUNA
"""
import csv
import json
import os
import re
import stat
import subprocess
import sys
import tempfile

SCRIPTS, PCAPGEN, LACUNA = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path.insert(0, SCRIPTS)
from benchlib import captures  # noqa: E402
from benchlib.memory import MemoryWatch  # noqa: E402
from benchlib.parts import line_rate  # noqa: E402

PARTS = "goals,throughput,sweep,threads,layouts,storing,line-rate"
BLOCKS = ("machine", "headline", "goals", "throughput", "flows", "sizes", "protocols", "threads",
          "layouts", "storing", "per-core", "line-rate")
FAILED = []

# Says that nothing was lost, whatever was.
LIAR = """#!/usr/bin/env python3
import os, re, subprocess, sys
if sys.argv[1] == "serve":  # ended by a signal, which must reach it
    os.execv({lacuna!r}, [{lacuna!r}, *sys.argv[1:]])
done = subprocess.run([{lacuna!r}, *sys.argv[1:]], stdout=subprocess.PIPE)
sys.stdout.write(re.sub(r'"lost": ?[0-9]+', '"lost":0', done.stdout.decode()))
sys.exit(done.returncode)
"""


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {detail}")
        FAILED.append(name)


def script(name, *arguments, lacuna=LACUNA):
    return subprocess.run([sys.executable, os.path.join(SCRIPTS, name), *arguments], text=True,
                          capture_output=True, check=False, timeout=500,
                          env=dict(os.environ, LACUNA=lacuna, PCAPGEN=PCAPGEN))


def told(done):
    return f"status {done.returncode}: {done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def arithmetic():
    # IEEE 802.3: 64 octets, 8 of preamble and 12 of gap are 672 bits.
    check("10 GbE carries 14.88 M packets/s of 64 octets",
          round(line_rate.needed(10, 64)) == 14_880_952, line_rate.needed(10, 64))
    check("100 GbE carries 8.127 M packets/s of 1518 octets",
          round(line_rate.needed(100, 1518)) == 8_127_438, line_rate.needed(100, 1518))
    for kib, grown in (([50_000] * 9, False), ([20_000, 45_000, 50_000, 51_000, 52_000, 52_000],
                                               False),
                       ([20_000, 26_000, 32_000, 38_000, 44_000, 50_000], True)):
        watch = MemoryWatch()
        for n in kib:
            watch.saw("lacuna", n)
        check(f"memory of {kib} KiB is {'growing' if grown else 'constant'}",
              bool(watch.grown()) == grown, watch.grown())


def page_cache(directory):
    path = os.path.join(directory, "pages")
    with open(path, "wb") as file:
        file.write(os.urandom(1 << 20))
    check("a file just written is in the page cache", captures.page_cache_share(path) == 1.0,
          captures.page_cache_share(path))


def suite(directory):
    document = os.path.join(directory, "figures.md")
    with open(document, "w", encoding="utf-8") as file:
        file.write("".join(f"# {b}\n<!-- figures: {b} -->\nold\n<!-- end -->\n" for b in BLOCKS))
    results = os.path.join(directory, "results")
    done = script("bench", "--no-build", "--quick", "--scale", "0.005", "--rounds", "1", "--only",
                  PARTS, "--dir", results, "--write-doc", document)
    check("the suite runs", done.returncode == 0, told(done))
    if done.returncode:
        return
    with open(document, encoding="utf-8") as file:
        text = file.read()
    check("every block of a document is renewed", "old" not in text and
          text.count("<!-- end -->") == len(BLOCKS), text)
    with open(os.path.join(results, "results.json"), encoding="utf-8") as file:
        tables = json.load(file)["tables"]
    for name, table in tables.items():
        with open(os.path.join(results, name + ".csv"), encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        check(f"{name}: as many rows in the CSV file", len(rows) == len(table["rows"]) > 0, rows)
        counted = [r for r in rows if "not_recognised" in r]
        check(f"{name}: says what was not recognised",
              name in ("goals", "line-rate") or len(counted) == len(rows), rows)
    check("goals have verdicts", sum(r["verdict"] in ("met", "short") for r in
                                     tables["goals"]["rows"]) >= 10, tables["goals"]["rows"])
    check("no capture stays behind", not os.path.exists(os.path.join(results, "captures")))


def stress(directory):
    small = ("--packets", "2000", "--flows", "50", "--duration", "0")
    done = script("stress-test", *small, "--seed", "3", "--verbose")
    check("stress-test runs two rounds at least, each with a seed of its own",
          done.returncode == 0 and "round 2, seed 4" in done.stdout, told(done))
    check("stress-test judges", "every SA, field by field" in done.stdout, told(done))
    liar = os.path.join(directory, "liar")
    with open(liar, "w", encoding="utf-8") as file:
        file.write(LIAR.format(lacuna=LACUNA))
    os.chmod(liar, stat.S_IRWXU)
    done = script("stress-test", *small, lacuna=liar)
    check("stress-test fails when figures are wrong",
          done.returncode == 1 and "DIFFER" in done.stdout, told(done))
    done = script("stress-test", "--packets", "0")
    check("stress-test refuses no packets", done.returncode == 2, told(done))


def throughput(directory):
    path = os.path.join(directory, "t.csv")
    done = script("throughput-suite", "--packets", "1000,3000", "--rounds", "1", "--csv", path)
    check("throughput-suite runs", done.returncode == 0, told(done))
    with open(path, encoding="utf-8") as file:
        rows = [(r["packets"], r["program"], r["recognised"]) for r in csv.DictReader(file)]
    check("throughput-suite has a row for each size and program", rows == [
        (n, p, n) for n in ("1000", "3000") for p in ("analyze", "replay")], rows)


def documents():
    """What the project's documents ask for is what the suite makes."""
    others = {"steps", "micro", "instructions", "designs"}  # these parts take too long here
    for name in ("doc/performance.md", "README.md"):
        with open(os.path.join(os.path.dirname(SCRIPTS), name), encoding="utf-8") as file:
            asked = set(re.findall(r"<!-- figures: (.*) -->", file.read()))
        check(f"{name}: every table it asks for is made", asked and asked <= others | set(BLOCKS),
              asked - others - set(BLOCKS))


def main():
    arithmetic()
    documents()
    with tempfile.TemporaryDirectory() as directory:
        page_cache(directory)
        stress(directory)
        throughput(directory)
        suite(directory)
    print(f"{len(FAILED)} failed")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
