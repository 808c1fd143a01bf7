#!/usr/bin/env python3
"""Compares lacuna with the expected results of real captures.

Environment: LACUNA, the program; LACUNA_CAPTURES, a folder of captures, each NAME beside
NAME.expected.json. Without it, ../shared/captures beside the source tree is tried; where there is
none the test is skipped (exit 77) and says so.
"""
import json
import os
import pathlib
import subprocess
import sys

FIELDS = ("received", "lost", "gaps", "max_gap", "duplicates", "late", "max_late_extent", "too_old",
          "before_first", "outliers", "restarts", "first", "highest")


def find_captures():
    given = os.environ.get("LACUNA_CAPTURES")
    if given:
        return pathlib.Path(given)
    return pathlib.Path(__file__).resolve().parents[3] / "shared" / "captures"


def differences(expected, report):
    found = []
    packets = report["packets"]
    if packets["offered"] != expected["frames"]:
        found.append(f"offered {packets['offered']}, expected {expected['frames']}")
    named = sum(n for name, n in packets.items() if name != "offered")
    if packets["offered"] != named:
        found.append(f"offered {packets['offered']}, accounted for {named}")
    if packets["other"] != sum(report["other"].values()):
        found.append("the kinds of other frames do not sum up")
    if report["truncated_input"] != expected["truncated_input"]:
        found.append(f"truncated_input {report['truncated_input']}")
    flows = {f["id"]: f for f in report["flows"]}
    for flow_id in sorted(set(flows) | set(expected["flows"])):
        if flow_id not in flows:
            found.append(f"{flow_id} is missing")
        elif flow_id not in expected["flows"]:
            found.append(f"{flow_id} is not expected")
        else:
            for field in FIELDS:
                is_, want = flows[flow_id][field], expected["flows"][flow_id][field]
                if is_ != want:
                    found.append(f"{flow_id} {field} {is_}, expected {want}")
    return found


def run(arguments):
    done = subprocess.run([os.environ["LACUNA"], *arguments], capture_output=True, text=True)
    return done, (json.loads(done.stdout) if done.returncode == 0 else None)


def main():
    folder = find_captures()
    if not folder.is_dir():
        print(f"skipped: no captures in {folder}; set LACUNA_CAPTURES")
        return 77
    ways = (("analyze", []),
            ("replay", ["--source", "mapped", "--layout", "pipeline:rx=1,parse=2,work=2"]))
    files = sorted(p for p in folder.iterdir() if p.with_name(p.name + ".expected.json").exists())
    failed = 0
    for path in files:
        expected = json.loads(path.with_name(path.name + ".expected.json").read_text())
        for command, options in ways:
            done, report = run([command, str(path), "--json", "--quiet", *options])
            found = (differences(expected, report) if report is not None
                     else [f"exit {done.returncode}: {done.stderr.strip()}"])
            failed += bool(found)
            for line in found:
                print(f"{command} {path.name}: {line}")
    print(f"{len(files)} captures, {len(ways)} ways: {failed} differ")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
