#!/usr/bin/env python3
"""A store an earlier lacuna wrote opens and answers the same, also after a run was added.

store_old_check.py LACUNA PCAPGEN
stores/format-2.tar.gz was written by lacuna 0.1 (two runs of `analyze --db`, the second one of a
capture that is cut); stores/format-2.json is what that lacuna said of it. What is said may grow:
members may be added, none may change.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
STORES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stores")
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:600]}")
        FAILED.append(name)


def query(db, words):
    done = subprocess.run([LACUNA, "query", "--db", db, *words.split(), "--json"],
                          capture_output=True, check=False, timeout=120)
    if done.returncode != 0:
        return f"status {done.returncode}: {done.stderr.decode()}"
    return json.loads(done.stdout)


def difference(was, now, where="answer"):
    """The first place where `now` does not say what `was` said; nothing if it says it all."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name, value in was.items():
            if name not in now:
                return f"{where}: no {name}"
            if found := difference(value, now[name], f"{where}.{name}"):
                return found
        return None
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for i, (a, b) in enumerate(zip(was, now)):
            if found := difference(a, b, f"{where}[{i}]"):
                return found
        return None
    return None if was == now else f"{where}: {was} -> {now}"


def main():
    with open(os.path.join(STORES, "format-2.json"), encoding="utf-8") as file:
        answers = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(os.path.join(STORES, "format-2.tar.gz")) as archive:
            archive.extractall(folder)
        db = os.path.join(folder, "db")
        for words, was in answers.items():
            found = difference(was, query(db, words))
            check(f"query {words}", found is None, found)

        capture = os.path.join(folder, "new.pcap")
        subprocess.run([PCAPGEN, "--packets", "300", "--flows", "4", "--seed", "2", "--output",
                        capture, "--quiet"], check=True)
        done = subprocess.run([LACUNA, "analyze", capture, "--db", db, "--json"],
                              capture_output=True, check=False, timeout=120)
        check("a run is added", done.returncode == 0, done.stderr)
        runs = query(db, "runs")
        check("it is the third", isinstance(runs, dict) and runs["count"] == 3, runs)
        for words, was in answers.items():
            if not words.startswith("--run"):
                continue
            found = difference(was, query(db, words))
            check(f"query {words}, with a third run", found is None, found)
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


main()
