#!/usr/bin/env python3
"""What a person sees, letter by letter: transcripts of 80 and 160 columns, plain and coloured.

screen_check.py LACUNA PCAPGEN [--update]
Each question of the table in README.md has a case. --update writes the transcripts anew: look at
what changed before it is committed.
"""

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
UPDATE = "--update" in sys.argv[3:]
TRANSCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transcripts")
FAILED = []
# A zone by its rule: no time zone data is needed, and nobody lives where summer time is forgotten.
ENVIRONMENT = {**os.environ, "TZ": "CET-1CEST,M3.5.0,M10.5.0/3", "TERM": "xterm"}
ENVIRONMENT.pop("NO_COLOR", None)

NAMES = """[endpoints]
"10.53.82.170" = "berlin"
"10.0.0.0/8" = "site"
[spi]
"@SPI@" = "uplink"
"""

CASES = {
    # where, and who
    "loss": ["analyze", "site.pcap"],
    "selected": ["analyze", "--filter", "host 10.53.82.170 and lost > 0", "site.pcap"],
    "sorted": ["analyze", "--sort", "received", "--top", "3", "clean.pcap"],
    # since when, and which numbers
    "gaps": ["analyze", "--gaps", "3", "--late", "3", "site.pcap"],
    # nothing wrong; nothing there
    "clean": ["analyze", "clean.pcap"],
    "nothing": ["analyze", "other.pcap"],
    # who is that; which tunnel
    "names": ["analyze", "--names", "names.toml", "site.pcap"],
    "tunnels": ["analyze", "--tunnels", "--names", "names.toml", "--top", "3", "site.pcap"],
    # why late
    "causes": ["analyze", "--causes", "site.pcap"],
    # is it getting worse
    "compare": ["compare", "site.pcap", "worse.pcap"],
    # what was kept
    "query": ["query", "--db", "db", "flows"],
    "flow": ["query", "--db", "db", "--names", "names.toml", "flow", "uplink"],
    "tunnel-list": ["query", "--db", "db", "--names", "names.toml", "tunnels"],
}


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {detail}")
        FAILED.append(name)


def run(arguments, **environment):
    return subprocess.run([LACUNA, *arguments], capture_output=True, text=True, check=False,
                          timeout=60, env={**ENVIRONMENT, **environment})


def without_colours(text):
    return re.sub(r"\033\[[0-9]*m", "", text)


def transcripts():
    for name, arguments in CASES.items():
        plain = {}
        for columns in ("80", "160"):
            for when in ("never", "always"):
                done = run([*arguments, "--color", when], COLUMNS=columns)
                label = f"{name}-{columns}{'-color' if when == 'always' else ''}"
                check(f"{label}: status", done.returncode == 0, done.stderr)
                text = f"$ lacuna {' '.join(arguments)}\n{done.stdout}"
                path = os.path.join(TRANSCRIPTS, label + ".txt")
                if UPDATE:
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(text)
                with open(path, encoding="utf-8") as file:
                    want = file.read()
                check(f"{label}: as it was", text == want, "\n    ".join(difflib.unified_diff(
                    want.splitlines(), text.splitlines(), "transcript", "now", lineterm="")))
                if when == "never":
                    plain[columns] = done.stdout
                    wide = [l for l in done.stdout.splitlines()
                            if len(l) > int(columns) and " " in l.strip()]
                    check(f"{label}: fits", name == "gaps" or not wide, wide)
                else:
                    check(f"{label}: colours add no words",
                          without_colours(done.stdout) == plain[columns])
        first = plain["80"].splitlines()[0]
        if arguments[0] == "analyze":
            check(f"{name}: the verdict stands first",
                  re.match(r"\d+ of \d+ associations? lost|No loss|No MACsec", first), first)


def colours():
    """A pipe gets none unless they are asked for, and NO_COLOR is heeded."""
    check("none into a pipe", "\033" not in run(["analyze", "site.pcap"]).stdout)
    shown = {}
    for name, more in (("terminal", {}), ("NO_COLOR", {"NO_COLOR": "1"}), ("dumb", {"TERM": "dumb"})):
        done = subprocess.run(["script", "-qec", f"stty cols 100; '{LACUNA}' analyze site.pcap",
                               "/dev/null"], capture_output=True, text=True, check=False,
                              timeout=60, env={**ENVIRONMENT, **more}, stdin=subprocess.DEVNULL)
        shown[name] = done.stdout.replace("\r", "")
    check("on a terminal", "\033[31m" in shown["terminal"], shown["terminal"])
    check("not with NO_COLOR", "\033" not in shown["NO_COLOR"], shown["NO_COLOR"])
    check("not on a dumb terminal", "\033[3" not in shown["dumb"], shown["dumb"])
    lines = without_colours(shown["NO_COLOR"]).splitlines()
    check("as wide as the terminal", 80 < max(map(len, lines)) <= 100, max(map(len, lines)))


def times():
    check("times are local, and the zone is named",
          " CET, " in run(["analyze", "site.pcap"]).stdout)
    check("--utc", " UTC, " in run(["analyze", "--utc", "site.pcap"]).stdout)
    check("its own speed is told where that is asked for",
          "processed" in run(["analyze", "--verbose", "site.pcap"]).stdout
          and "processed" not in run(["analyze", "site.pcap"]).stdout)


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for name, options in (
                ("site.pcap", ["--packets", "20000", "--flows", "14", "--gap-rate", "0.002",
                               "--reorder-rate", "0.005"]),
                ("worse.pcap", ["--packets", "20000", "--flows", "14", "--gap-rate", "0.02",
                                "--reorder-rate", "0.005"]),
                ("clean.pcap", ["--packets", "2000", "--flows", "6"]),
                ("other.pcap", ["--packets", "200", "--flows", "5", "--protocol", "generic"])):
            subprocess.run([PCAPGEN, *options, "--seed", "1", "--output", name, "--quiet"],
                           check=True)
        with open("names.toml", "w", encoding="utf-8") as file:
            worst = next(f for f in json.loads(run(["analyze", "--json", "site.pcap"]).stdout)["flows"]
                         if f["protocol"] == "esp")
            file.write(NAMES.replace("@SPI@", worst["id"].split("-")[1]))
        stored = run(["analyze", "--db", "db", "--quiet", "site.pcap"])
        check("a store", stored.returncode == 0, stored.stderr)
        transcripts()
        colours()
        times()
        os.chdir("/")
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


main()
