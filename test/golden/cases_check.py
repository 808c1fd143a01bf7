#!/usr/bin/env python3
"""Made captures of links as they are, against what is right for them.

Environment: LACUNA, the program; LACUNA_CASES, a folder of cases. Without it ../shared/cases beside
the source tree is tried; where there is none the test is skipped (exit 77) and says so.

breaks/NAME.truth.json: the files of one call and what the report must say of them, with any number
of threads and in replay in any layout. reach/cases.json: what the report must say of each wrapping,
link type, compression and counter. --no-replay leaves the replays out.
"""

import json
import os
import pathlib
import subprocess
import sys

THREADS = (1, 2, 3, 4)
LAYOUTS = ("rtc:1", "pipeline:rx=1,parse=1,work=1", "pipeline:rx=1,parse=2,work=2")


def run(arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        return None, (done.stderr.strip().splitlines() or ["no word"])[-1]
    return json.loads(done.stdout), None


def faults(report, truth):
    found = []
    for part in ("totals", "probe"):
        for field, want in truth.get(part, {}).items():
            have = report[part].get(field)
            if have != want:
                found.append(f"{part}.{field} {have}, not {want}")
    rows = {f["id"]: f for f in report["flows"]}
    for flow in truth.get("flows", []):
        row = rows.get(flow["id"], {})
        for field, want in flow.items():
            if row.get(field) != want:
                found.append(f"{flow['id']} {field} {row.get(field)}, not {want}")
    if "flows_any" in truth:
        want = sorted((f["received"], f["lost"]) for f in truth["flows_any"])
        have = sorted((f["received"], f["lost"]) for f in report["flows"])
        if want != have:
            found.append(f"rows {have}, not {want}")
    return found


def ways(lacuna, truth, folder, replays):
    files = [str(folder / f) for f in truth["files"]]
    arguments = truth.get("args", [])
    for threads in THREADS:
        yield f"analyze --threads {threads}", [
            lacuna, "analyze", "--json", "--quiet", "--threads", str(threads), *arguments, *files]
    if replays:
        for layout in LAYOUTS:
            yield f"replay {layout}", [
                lacuna, "replay", "--json", "--quiet", "--source", "mapped", "--layout", layout,
                *arguments, *files]


def reach_faults(report, case):
    rows = {f["id"]: f for f in report["flows"]}
    found = []
    for flow_id, want in case["flows"].items():
        have = {name: rows.get(flow_id, {}).get(name) for name in want}
        if have != want:
            found.append(f"{flow_id} {have}, not {want}")
    for protocol, want in case.get("sum", {}).items():
        of = [f for f in report["flows"] if f["protocol"] == protocol]
        sums = {"flows": len(of), "received": sum(f["received"] for f in of),
                "lost": sum(f["lost"] for f in of)}
        have = {name: sums[name] for name in want}
        if have != want:
            found.append(f"{protocol} {have}, not {want}")
    return found


def check_reach(lacuna, folder):
    index = folder / "cases.json"
    cases = json.loads(index.read_text()) if index.is_file() else []
    wrong = 0
    for case in cases:
        report, error = run([lacuna, "analyze", "--json", "--quiet", *case["args"],
                             str(folder / case["file"])])
        bad = [error] if report is None else reach_faults(report, case)
        if bad:
            wrong += 1
            print(f"{case['name']}: {'; '.join(bad[:4])}")
    return len(cases), wrong


# What public reports describe, made again: files, further arguments, what is right of the report.
FIELD = (
    (["09-any-seen-twice.pcap"], [], lambda r: (r["totals"]["lost"], r["totals"]["duplicates"])
     == (2, 98)),
    (["12-modified-magic.pcap"], [], lambda r: (r["totals"]["received"], r["totals"]["lost"])
     == (9, 1)),
    (["15-mka-alternate-ethertype.pcap"], [], lambda r: (r["packets"]["macsec"],
                                                         r["other"].get("mka")) == (5, 2)),
    (["20-pcap-2.1.pcap"], [], lambda r: r["packets"]["esp"] == 5),
    (["22-qos-reorder.pcap"], ["--late"], lambda r: sum(
        p["verdict"] == "late" and p["extent"] >= 64 for p in r["late"]) == 483),
    (["33-anycast-several-counters.pcap"], [], lambda r: (len(r["flows"]), r["totals"]["lost"])
     == (3, 0)),
    (["35-dns-to-port-4500.pcap"], [], lambda r: r["packets"]["esp"] == 0),
)


def check_field(lacuna, folder):
    wrong = 0
    for files, arguments, right in FIELD:
        paths = [str(folder / f) for f in files]
        if not all(os.path.exists(p) for p in paths):
            continue
        report, error = run([lacuna, "analyze", "--json", "--quiet", *arguments, *paths])
        if report is None or not right(report):
            wrong += 1
            print(f"{files[0]}: {error or 'not what is right'}")
    return len(FIELD), wrong


def main():
    lacuna = os.environ["LACUNA"]
    given = os.environ.get("LACUNA_CASES")
    cases = pathlib.Path(given) if given else (
        pathlib.Path(__file__).resolve().parents[3] / "shared" / "cases")
    truths = sorted((cases / "breaks").glob("*.truth.json"))
    if not truths:
        print(f"skipped: no made cases in {cases}; set LACUNA_CASES")
        return 77
    replays = "--no-replay" not in sys.argv
    wrong = 0
    for path in truths:
        truth = json.loads(path.read_text())
        for way, arguments in ways(lacuna, truth, path.parent, replays):
            report, error = run(arguments)
            bad = [error] if report is None else faults(report, truth)
            if bad:
                wrong += 1
                print(f"{path.name} {way}: {'; '.join(bad[:4])}")
    reached, missed = check_reach(lacuna, cases / "reach")
    told, mistaken = check_field(lacuna, cases / "field")
    wrong += missed + mistaken
    print(f"{len(truths) + reached + told} cases, {wrong} wrong answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
