#!/usr/bin/env python3
"""Stores of several probes, shipped to a real clickhouse-server: what the engine answers equals what
the probes say, shipped twice, and when shipper and server are killed.

fleet_check.py LACUNA PCAPGEN
"""

import fcntl
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from engine import Engine, available

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
TRAFFIC = ("--flows 12 --gap-rate 0.03 --reorder-rate 0.03 --duplicate-rate 0.02 --restart-rate 0.0005 "
           "--ipv6-ratio 0.3")
COUNTS = ("received bytes lost lost_blind lost_doubtful gaps max_gap late duplicates too_old before_first "
          "outliers restarts first_ext highest_ext").split()
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:900]}")
        FAILED.append(name)


def lacuna(*arguments, **more):
    return subprocess.run([LACUNA, *arguments], capture_output=True, text=True, check=False, timeout=120,
                          **more)


def good(*arguments):
    done = lacuna(*arguments)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"{arguments}: status {done.returncode}, {done.stderr}{done.stdout[:300]}")
    return done.stdout


def refused(name, status, *arguments, says=(), holding=None, **more):
    """`holding`: a store that is being shipped meanwhile."""
    with open(holding + "/ship/lock" if holding else os.devnull, "rb") as lock:
        if holding:
            fcntl.flock(lock, fcntl.LOCK_EX)
        done = lacuna(*arguments, **more)
    clear = (done.returncode == status and done.stdout == "" and done.stderr.startswith("lacuna: ")
             and done.stderr.count("\n") == 1 and all(s in done.stderr for s in says))
    check("refused: " + name, clear, (done.returncode, done.stderr, done.stdout))


def query(db, *arguments):
    return json.loads(good("query", "--db", db, *arguments, "--json"))


class Probe:
    """A store with two runs, shipped under this name."""

    def __init__(self, folder, name, seed, packets):
        self.name, self.db = name, os.path.join(folder, name)
        self.seed, self.packets = seed, packets
        for run in (1, 2):
            self.add_run(run)

    def add_run(self, run):
        capture = self.db + ".capture"
        subprocess.run([PCAPGEN, *TRAFFIC.split(), "--packets", str(self.packets), "--seed",
                        str(self.seed + run), "--output", capture, "--quiet"], check=True)
        good("analyze", "--quiet", "--db", self.db, capture)
        os.unlink(capture)

    def ship(self, url, *more):
        return good("ship", "--db", self.db, "--to", url, "--probe", self.name, "--once", *more)

    def truth(self, run):
        flows = query(self.db, "--run", str(run), "flows")["flows"]
        gaps = query(self.db, "--run", str(run), "gaps")["gaps"]
        totals = query(self.db, "--run", str(run), "summary")["totals"]
        return flows, gaps, totals


def compare(engine, probe, what, runs=(1, 2)):
    """All the engine knows of a probe against the probe itself."""
    for run in runs:
        flows, gaps, totals = probe.truth(run)
        of_run = f"WHERE probe = '{probe.name}' AND run = {run}"
        got = engine.ask(f"SELECT id, first_time_ns, {', '.join(COUNTS)} FROM lacuna.associations {of_run}")
        want = sorted([f["id"], *(str(f[c]) for c in COUNTS)] for f in flows)
        check(f"{what}: {probe.name}, run {run}: {len(want)} SAs", sorted([g[0], *g[2:]] for g in got) == want,
              (got[:2], want[:2]))
        got = engine.ask(f"SELECT id, first, first + count, count, blind FROM lacuna.missing {of_run}")
        want = sorted([g["flow_id"], str(g["first_missing"]), str(g["next"]), str(g["size"]),
                       "1" if g["blind"] else "0"] for g in gaps)
        check(f"{what}: {probe.name}, run {run}: {len(want)} gaps", sorted(got) == want,
              (len(got), [x for x in sorted(got) if x not in want][:3]))
        for level in (0, 1, 2):
            got = engine.ask("SELECT sum(received), sum(bytes), sum(lost), sum(late), sum(duplicates) "
                             f"FROM lacuna.series {of_run} AND level = {level}")
            want = [[str(sum(f[c] for f in flows)) for c in ("received", "bytes", "lost", "late", "duplicates")]]
            check(f"{what}: {probe.name}, run {run}: sums of series {level}", got == want, (got, want))
        got = engine.ask(f"SELECT received, lost, lost_blind, flows FROM lacuna.runs {of_run}")
        want = [[str(totals[c]) for c in ("received", "lost", "lost_blind", "flows")]]
        check(f"{what}: {probe.name}, run {run}: totals", got == want, (got, want))
        got = engine.ask(f"SELECT kind, count() FROM lacuna.events {of_run} GROUP BY kind ORDER BY kind")
        listed = [e["kind"] for e in query(probe.db, "--run", str(run), "events")["events"]]
        want = [[kind, str(listed.count(kind))] for kind in sorted(set(listed))]
        check(f"{what}: {probe.name}, run {run}: events", got == want, (got, want))


def same_answers(engine, probe):
    """What is asked of the engine is answered as the store would."""
    ids = [f["id"] for f in probe.truth(2)[0]]
    questions = [("summary",), ("flows",), ("top", "--by", "late"), ("gaps",), ("flow", ids[0]), ("gaps", ids[1]),
                 ("flows", "--filter", "lost > 5 and proto esp"), ("--run", "1", "flows"), ("--top", "3", "gaps")]
    for question in questions:
        for form in ("--json", "--csv", "--quiet"):
            want = lacuna("query", "--db", probe.db, *question, form)
            got = lacuna("query", "--from", engine.url(), "--probe", probe.name, *question, form)
            check(f"query {' '.join(question)} {form} --from: as of the store",
                  want.returncode == 0 and (got.returncode, got.stdout, got.stderr)
                  == (want.returncode, want.stdout, want.stderr), (got.stderr, got.stdout[:300], want.stdout[:300]))
    ask = ("query", "--from", engine.url())
    refused("a probe that is none", 2, *ask, "--probe", "none", "flows", says=("no such probe",))
    refused("one of several probes", 2, *ask, "flows", says=("--probe",))
    refused("a run that is none", 2, *ask, "--probe", probe.name, "--run", "77", "flows", says=("no run 77",))
    refused("an SA that is none", 2, *ask, "--probe", probe.name, "flow", "esp-00000001-192.0.2.9",
            says=("no such SA",))
    refused("what only a store tells", 2, *ask, "--probe", probe.name, "timeline", ids[0], says=("--db",))
    refused("two places", 2, *ask, "--db", probe.db, "flows", says=("one place",))
    state = json.loads(good("fleet", "status", "--to", engine.url(), "--json"))["probes"]
    mine = [p for p in state if p["probe"] == probe.name]
    check("status tells of each probe", len(state) == 3 and len(mine) == 1 and mine[0]["path"] == "wan"
          and mine[0]["hop"] == 1 and mine[0]["shipped"] > 1000 and mine[0]["open_runs"] == 0
          and abs(mine[0]["clock_ms"]) < 3000 and mine[0]["lag_s"] < 100, state)
    check("status for a person", probe.name in good("fleet", "status", "--to", engine.url()))


def refusals(engine, probe, folder):
    ship = ("ship", "--db", probe.db, "--once", "--to")
    refused("no URL of an engine", 2, *ship, "http://host", says=("clickhouse://",))
    refused("a port that is none", 2, *ship, "clickhouse://host:70000", says=("65535",))
    refused("a database that is none", 2, *ship, "clickhouse://host/a'b", says=("letters",))
    refused("a password in the URL", 2, *ship, "clickhouse://me:pw@host", says=("--password-file",))
    refused("certificates without TLS", 2, *ship, engine.url(), "--engine-ca", "x", says=("clickhouses",))
    refused("a hop without its path", 2, *ship, engine.url(), "--hop", "1")
    refused("no database", 2, *ship, engine.url(), says=("lacuna fleet init",))
    refused("no such store", 2, "ship", "--db", folder + "/none", "--once", "--to", engine.url(),
            says=("no such store",))
    refused("nobody there", 1, "fleet", "init", "--to", "clickhouse://127.0.0.1:1/lacuna",
            says=("127.0.0.1",))
    open_to_all = os.path.join(folder, "password")
    with open(open_to_all, "w", encoding="utf-8") as file:
        file.write("pw\n")
    os.chmod(open_to_all, 0o644)
    refused("a password anybody may read", 2, *ship, engine.url(), "--password-file", open_to_all,
            says=("anybody",))


def schema(engine, probe):
    check("init makes the schema", "ready" in good("fleet", "init", "--to", engine.url()))
    check("init can be run again", "ready" in good("fleet", "init", "--to", engine.url()))
    engine.ask("ALTER TABLE lacuna.raw_flows DROP COLUMN lost_doubtful")
    engine.ask("DROP TABLE lacuna.missing")
    good("fleet", "init", "--to", engine.url())
    check("init adds what an older schema lacks",
          engine.one("SELECT count() FROM system.columns WHERE database = 'lacuna' AND table = 'raw_flows' "
                     "AND name = 'lost_doubtful'") == "1" and engine.ask("SELECT * FROM lacuna.missing") == [])
    engine.ask("INSERT INTO lacuna.raw_schema VALUES (99)")
    for command in (("fleet", "init"), ("ship", "--db", probe.db, "--once")):
        refused("a newer schema: " + command[0], 2, *command, "--to", engine.url(), says=("newer lacuna",))
    engine.ask("DROP TABLE lacuna.raw_schema")
    good("fleet", "init", "--to", engine.url())


def accounts(engine, probe):
    ship = ("ship", "--db", probe.db, "--once", "--quiet", "--to")
    refused("a wrong password", 2, *ship, engine.url("shipper"), says=("shipper",),
            env={**os.environ, "LACUNA_FLEET_PASSWORD": "wrong"})
    refused("who may only read", 2, *ship, engine.url("viewer"),
            env={**os.environ, "LACUNA_FLEET_PASSWORD": "look"})
    done = lacuna(*ship, engine.url("shipper"), env={**os.environ, "LACUNA_FLEET_PASSWORD": "se cret"})
    check("a user with a password", done.returncode == 0 and done.stderr == "" and done.stdout == "",
          done.stderr)


class Following:
    """A shipper that follows a store."""

    def __init__(self, engine, probe):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [LACUNA, "ship", "--db", probe.db, "--to", engine.url(), "--probe", probe.name, "--every", "0.1",
             "--spool", "64M"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def wait_for(engine, sql, want, seconds=30):
    deadline = time.monotonic() + seconds
    while (got := engine.ask(sql)) != want and time.monotonic() < deadline:
        time.sleep(0.1)
    return got == want, got


def rows_shipped(text):
    return int(re.search(r": ([0-9,]+) rows", text)[1].replace(",", ""))


def cursor(engine, probe):
    """From where a shipper goes on, and what it does where it cannot."""
    whole = rows_shipped(probe.ship(engine.url()))
    again = rows_shipped(probe.ship(engine.url()))
    check("what was acknowledged is not sent again", again < 20, (whole, again))
    refused("a second shipper of a store", 2, "ship", "--db", probe.db, "--to", engine.url(), "--once",
            says=("another process",), holding=probe.db)
    following = Following(engine, probe)
    state = f"SELECT state FROM lacuna.runs WHERE probe = '{probe.name}' ORDER BY run"
    probe.add_run(3)
    there, got = wait_for(engine, state, [["ended"]] * 3)
    check("a run is there while it follows", there, got)
    engine.kill()
    probe.add_run(4)
    time.sleep(1)
    engine.start()
    there, got = wait_for(engine, state, [["ended"]] * 4)
    check("what was stored while the engine was away comes", there, got)
    status, _, err = following.end()
    check("a shipper ends when told to", status == 0 and "again" in err, (status, err))
    compare(engine, probe, "followed", (1, 2, 3, 4))
    following = Following(engine, probe)
    probe.add_run(5)
    following.end(signal.SIGKILL)
    again = rows_shipped(probe.ship(engine.url()))
    check("after a kill it goes on where it was", again < whole, (whole, again))
    compare(engine, probe, "after kill -9", (4, 5))
    names = [n for n in os.listdir(probe.db + "/ship") if n.startswith("cursor")]
    with open(f"{probe.db}/ship/{names[0]}", "w", encoding="utf-8") as file:
        file.write("lacuna.cursor/1\nnonsense\n")
    again = rows_shipped(probe.ship(engine.url()))
    check("without its place it walks through the store", again > whole, (whole, again))
    compare(engine, probe, "walked through again", (5,))


def refused_rows(engine, probe):
    """Rows the engine does not take: the ids of IPv6 do not fit any more."""
    wide = engine.one("SHOW CREATE TABLE lacuna.raw_flows").replace("\\'", "'").replace("\\n", "\n")
    engine.ask("DROP TABLE lacuna.raw_flows")
    engine.ask(wide.replace("id String", "id FixedString(27)", 1))
    done = lacuna("ship", "--db", probe.db, "--to", engine.url(), "--probe", "narrow", "--once")
    flows = sum((probe.truth(run)[0] for run in (1, 2)), [])
    fit = sum(len(f["id"]) <= 27 for f in flows)
    got = int(engine.one("SELECT count() FROM lacuna.associations WHERE probe = 'narrow'"))
    check("what the engine takes is there", 0 < fit == got < len(flows), (fit, got, len(flows)))
    with open(probe.db + "/ship/refused.tsv", encoding="utf-8", errors="replace") as file:
        kept = len(file.readlines())
    check("what it refuses is kept, counted and told",
          kept == len(flows) - fit and done.returncode == 0 and f"{kept} rows were refused" in done.stderr
          and engine.one("SELECT refused FROM lacuna.probes WHERE probe = 'narrow'") == str(kept),
          (kept, done.stderr))
    engine.ask("DROP TABLE lacuna.raw_flows")
    engine.ask(wide)


def forget(probe):
    for name in os.listdir(probe.db + "/ship"):
        if name.startswith("cursor"):
            os.unlink(f"{probe.db}/ship/{name}")


def kills(engine, probe):
    """The shipper killed at any moment, then the server beneath it."""
    chance = random.Random(7)
    begin = time.monotonic()
    probe.ship(engine.url())
    whole = time.monotonic() - begin
    engine.ask("DROP DATABASE lacuna")
    good("fleet", "init", "--to", engine.url())
    check("an engine made anew gets everything", rows_shipped(probe.ship(engine.url())) > 1000)
    forget(probe)
    engine.ask("DROP DATABASE lacuna")
    good("fleet", "init", "--to", engine.url())
    command = [LACUNA, "ship", "--db", probe.db, "--to", engine.url(), "--probe", probe.name, "--once"]
    killed = 0
    for _ in range(4):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as shipper:
            time.sleep(chance.uniform(0.1, 0.9) * whole)
            killed += shipper.poll() is None
            shipper.kill()
    check("the shipper was killed on its way", killed > 0)
    for _ in range(3):
        forget(probe)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as shipper:
            while shipper.poll() is None and not any(n.startswith("cursor")
                                                     for n in os.listdir(probe.db + "/ship")):
                time.sleep(0.01)  # who does not reach the engine at all is told so at once
            time.sleep(chance.uniform(0, 0.6) * whole)
            engine.kill()
            time.sleep(0.3)
            engine.start()
            said = shipper.communicate(timeout=100)[1]
            check("a shipper outlives the server", shipper.returncode == 0, said)
    compare(engine, probe, "after kills")


def main():
    if not available():
        print("clickhouse-server is not installed")
        return 77
    folder = tempfile.mkdtemp(prefix="lacuna-fleet-")
    engine = Engine(os.path.join(folder, "engine"))
    try:
        engine.start()
        probes = [Probe(folder, name, seed, packets)
                  for name, seed, packets in (("west", 1, 30000), ("mid", 11, 20000), ("it's\teast", 21, 20000))]
        refusals(engine, probes[0], folder)
        schema(engine, probes[0])
        for turn in ("shipped", "shipped twice"):
            for probe in probes:
                probe.ship(engine.url(), "--path", "wan", "--hop", "1")
            for probe in probes[:2]:
                compare(engine, probe, turn)
        check("every probe is known", engine.one("SELECT count() FROM lacuna.probes WHERE path = 'wan' AND "
                                                 "hop = 1 AND lag_s < 100 AND refused = 0") == "3")
        same_answers(engine, probes[0])
        accounts(engine, probes[0])
        cursor(engine, Probe(folder, "followed", 41, 20000))
        refused_rows(engine, probes[1])
        kills(engine, Probe(folder, "large", 31, 150000))
    finally:
        engine.kill()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(FAILED)} failed")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
