#!/usr/bin/env python3
"""What `lacuna analyze` says of every case of pcapgen equals the generator's truth.

analyze_truth.py PCAPGEN LACUNA [CASE...]
"""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from pcapgen_check import CASES  # noqa: E402


def unequal(where, truth, report):
    for name, value in truth.items():
        if report.get(name) != value:
            yield f"{where}{name}: truth {value}, lacuna {report.get(name)}"


def differences(truth, report):
    yield from unequal("packets.", truth["packets"], report["packets"])
    yield from unequal("", {n: truth[n] for n in ("other", "bytes")}, report)
    totals = {n: v for n, v in truth["totals"].items() if n in report["totals"]}
    yield from unequal("totals.", totals, report["totals"])
    if "rekeys" in report:
        yield from unequal("", {"rekeys": truth["rekeys"]}, report)
    flows = {flow["id"]: flow for flow in report["flows"]}
    if len(flows) != truth["totals"]["flows"]:
        yield f"{truth['totals']['flows']} flows, lacuna lists {len(flows)}"
    for flow in truth["flows"]:
        yield from unequal(flow["id"] + " ", flow, flows.get(flow["id"], {}))


def check(pcapgen, lacuna, options, directory):
    capture = os.path.join(directory, "a.pcap")
    subprocess.run([pcapgen, *options.split(), "--output", capture, "--quiet"], check=True)
    with open(capture + ".truth.json", encoding="utf-8") as file:
        truth = json.load(file)
    done = subprocess.run([lacuna, "analyze", "--json", capture], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        return [f"exit status {done.returncode}: {done.stderr.strip()}"]
    return list(differences(truth, json.loads(done.stdout)))


def main():
    pcapgen, lacuna, *chosen = sys.argv[1:]
    failed = 0
    for name in chosen or CASES:
        with tempfile.TemporaryDirectory() as directory:
            problems = check(pcapgen, lacuna, CASES[name], directory)
        print(f"{'not ok' if problems else 'ok'} {name}", flush=True)
        for problem in problems[:10]:
            print(f"    {problem}")
        failed += bool(problems)
    sys.exit(1 if failed else 0)


main()
