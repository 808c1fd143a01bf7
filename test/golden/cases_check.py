#!/usr/bin/env python3
"""Made captures of links as they are, against what is right for them.

cases_check.py LACUNA [CASES]

CASES (default ../shared/cases) holds breaks/NAME.truth.json, each with the files of one call and
what the report must say of them. Every case must come out the same with any number of threads, and
in replay in any layout. Exit status 1 if one does not; 77 where there are no cases.
"""

import json
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


def main():
    lacuna = sys.argv[1]
    cases = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "../shared/cases")
    truths = sorted((cases / "breaks").glob("*.truth.json"))
    if not truths:
        print(f"no made cases in {cases}: nothing was compared")
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
    print(f"{len(truths)} cases, {wrong} wrong answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
