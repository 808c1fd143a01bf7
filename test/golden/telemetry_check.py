#!/usr/bin/env python3
"""DPDK's telemetry socket while a replay runs: figures grow, never fall, and end as the report.

telemetry_check.py LACUNA PCAPGEN
Asks through dpdk-telemetry.py, and through ten sockets at once.
"""

import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
CLIENT = shutil.which("dpdk-telemetry.py")
FAILED = []
PACKETS = 800_000
PATIENCE = 120


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {detail}")
        FAILED.append(name)


class Run:
    """A replay whose report nobody reads yet: it waits with it, and goes on answering."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([LACUNA, "replay", *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.prefix = f"lacuna-{self.process.pid}"
        self.told = []
        self.reader = threading.Thread(target=self._read_told)
        self.reader.start()

    def _read_told(self):
        for line in self.process.stderr:
            self.told.append(line.decode())

    def reporting(self, timeout=0.0):
        return bool(select.select([self.process.stdout], [], [], timeout)[0])

    def end(self):
        out = self.process.stdout.read()
        self.process.wait()
        self.reader.join()
        return out

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.end()


def ask(prefix, *commands):
    """The replies of dpdk-telemetry.py, each without its frame; None where it could not connect."""
    done = subprocess.run([CLIENT, "-f", prefix], input="\n".join(commands) + "\n", text=True,
                          capture_output=True, check=False, timeout=PATIENCE)
    replies = []
    for line in done.stdout.splitlines():
        if not line.startswith("{"):
            return None
        (reply,) = json.loads(line).values()
        replies.append(reply)
    return replies if len(replies) == len(commands) else None


def runtime_directory(prefix):
    base = os.environ.get("RUNTIME_DIRECTORY") or (
        "/var/run" if os.getuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "/tmp"))
    return os.path.join(base, "dpdk", prefix)


class Connection:
    """A client of its own: one reply at a time."""

    def __init__(self, prefix):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(PATIENCE)
        path = os.path.join(runtime_directory(prefix), "dpdk_telemetry.v2")
        until = time.monotonic() + PATIENCE
        while self.socket.connect_ex(path) != 0:  # DPDK keeps one client waiting, no more
            if time.monotonic() > until:
                raise OSError(f"{path}: no connection")
            time.sleep(0.005)
        self.limit = json.loads(self.socket.recv(1024))["max_output_len"]

    def ask(self, text):
        self.socket.send(text if isinstance(text, bytes) else text.encode())
        raw = self.socket.recv(self.limit + 1)
        return json.loads(raw), len(raw)


def first_answer(run):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and run.process.poll() is None:
        if os.path.exists(os.path.join(runtime_directory(run.prefix), "dpdk_telemetry.v2")):
            replies = ask(run.prefix, "/lacuna/summary")
            if replies and replies[0] and "traffic" in replies[0]:
                return replies[0]
        time.sleep(0.01)
    return None


COUNTERS = [("traffic", "offered"), ("traffic", "bytes"), ("totals", "flows"),
            ("totals", "received"), ("totals", "bytes"), ("totals", "lost_final"),
            ("totals", "rekeys")]


def growing(run, seen):
    """Asks until the report comes; `seen`: what was told before."""
    until = time.monotonic() + PATIENCE
    while not run.reporting() and time.monotonic() < until:
        (summary,) = ask(run.prefix, "/lacuna/summary")
        if "error" not in summary:
            seen.append(summary)
    for group, key in COUNTERS:
        values = [s[group][key] for s in seen]
        if key == "lost_final":  # by why
            values = [sum(v.values()) for v in values]
        check(f"{group}.{key} never falls", values == sorted(values), values)
    offered = {s["traffic"]["offered"] for s in seen}
    check("the sums grow while packets flow", len(offered) > 2, offered)
    check("no sum is ahead of the capture", max(offered) <= PACKETS, offered)


HOSTILE = ["/lacuna/flows,-1", "/lacuna/flows,x", "/lacuna/flows,1.5", "/lacuna/flows,0x10",
           "/lacuna/flows,18446744073709551615", "/lacuna/flows,99999999999999999999999999",
           "/lacuna/flows, 1", "/lacuna/flows,1,2", "/lacuna/flow", "/lacuna/flow,",
           "/lacuna/flow,../../etc/passwd", "/lacuna/flow,esp-00001000", "/lacuna/gaps",
           "/lacuna/gaps,macsec-0200000000010001-9", "/lacuna/gaps,\x01\x02\"}{", "/lacuna/summary,1",
           "/lacuna/flow,esp-ffffffff-192.0.2.1", "/lacuna/gaps,esp-ffffffff-192.0.2.1",
           "/lacuna/lcores,0", "/lacuna/flow," + "a" * 900, "/lacuna/flow,%s%n%x",
           b"/lacuna/flow,\xff\xfe\xc0\x80"]
NO_COMMAND = ["/lacuna", "/lacuna/", "/lacuna/nothing", "/lacuna/summary/", ",", ",,,", "x" * 1000]


def hostile(run):
    client = Connection(run.prefix)
    for text in HOSTILE:
        reply, _ = client.ask(text)
        (answer,) = reply.values()
        good = isinstance(answer, dict) and list(answer) == ["error"] and len(answer["error"]) > 10
        check(f"refused: {text[:40]!r}", good, reply)
    for text in NO_COMMAND:
        reply, _ = client.ask(text)
        check(f"no such command: {text[:30]!r}", list(reply.values()) == [None], reply)
    for page in ("/lacuna/flows", "/lacuna/flows,0", "/lacuna/flows,000"):
        reply, _ = client.ask(page)
        check(f"the first page: {page}", reply["/lacuna/flows"].get("page") == 0, reply)


def many_clients(run, ids):
    """Ten clients, as many as DPDK takes.

    DPDK up to 23.11 splits command and parameter with strtok(), whose place is one for all threads:
    now and then a client is answered with another's parameter, or with none. The reply says whom it
    is of, so it can be asked again.
    """
    faults = []
    mixed_up = []
    answers = [0] * 10

    def client(number):
        try:
            c = Connection(run.prefix)
            own = ids[number]
            for _ in range(20):
                for text in ("/lacuna/summary", f"/lacuna/flow,{own}", f"/lacuna/gaps,{own}",
                             "/lacuna/flows", "/lacuna/lcores", "/lacuna/drops"):
                    name = text.split(",")[0]
                    for _ in range(3):
                        reply, size = c.ask(text)
                        answer = reply.get(name)
                        right = (answer is not None and "error" not in answer
                                 and ("," not in text or answer.get("id") == own))
                        if right:
                            break
                        mixed_up.append((text, reply))
                    if not right or size >= c.limit:
                        faults.append((text, reply))
                    answers[number] += 1
            c.socket.close()
        except (OSError, ValueError, AttributeError) as e:
            faults.append((number, repr(e)))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(10)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("ten clients at once are all answered", not faults and sum(answers) == 10 * 20 * 6,
          (answers, faults[:3]))
    check("hardly an answer is mixed up by DPDK", len(mixed_up) <= 12, mixed_up[:3])


def walk_pages(run):
    """All rows by id, with the size of the longest reply."""
    client = Connection(run.prefix)
    rows, page, longest = {}, 0, 0
    while page is not None:
        reply, size = client.ask(f"/lacuna/flows,{page}")
        answer = reply["/lacuna/flows"]
        longest = max(longest, size)
        for row in answer["flows"].values():
            rows[row["id"]] = row
        page = answer.get("next")
    check("no reply is as long as DPDK's buffer", longest < 15 * 1024 + 100, longest)
    return rows, answer["total"]


def same_number(told, want):
    """Reals travel as text."""
    if isinstance(want, float):
        return abs(float(told) - want) <= 1e-6 * max(1.0, abs(want))
    return told == want


def same_flow(told, want):
    """What the report says of an SA, as the socket says it."""
    for key, value in want.items():
        if value is None:
            continue
        if isinstance(value, dict):
            if not same_flow(told.get(key, {}), value):
                return False
        elif not same_number(told.get(key), value if not isinstance(value, bool) else int(value)):
            return False
    return True


def compare(final, report, rows, total):
    summary, lcores, drops = final
    for key, value in report["totals"].items():
        if key in summary["totals"]:
            check(f"totals.{key} as in the report", summary["totals"][key] == value,
                  (summary["totals"][key], value))
    t = summary["totals"]
    check("lost is lost for good and missing, less what came after all",
          t["lost"] + t["recovered"] == sum(t["lost_final"].values()) + t["missing"], t)
    for key, value in report["packets"].items():
        told = summary["traffic"]["packets"].get(key, summary["traffic"].get(key))
        check(f"packets.{key} as in the report", told == value, (told, value))
    check("bytes as in the report", summary["traffic"]["bytes"] == report["bytes"])
    # What the capture itself lost is none of the probe's drops.
    probe = {name: n for name, n in report["probe"].items() if name not in ("capture_dropped", "odd_times")}
    check("drops as in the report", drops["probe"]["dropped"] == probe, (drops, probe))
    check("the capture lost nothing", report["probe"]["capture_dropped"] == 0)
    stages = {}
    for lcore in lcores["lcores"].values():
        stages[lcore["stage"]] = stages.get(lcore["stage"], 0) + lcore["frames"]
        check(f"lcore {lcore['lcore']} was busy", 0 < float(lcore["busy_s"]), lcore)
    check("each stage saw every frame",
          stages == {"rx": PACKETS, "parse": PACKETS, "work": report["totals"]["received"]}, stages)
    flows = {f["id"]: f for f in report["flows"]}
    check("the pages show each SA once", total == len(flows) and set(rows) == set(flows),
          (total, len(rows), len(flows)))
    wrong = [i for i, row in rows.items()
             if any(row[k] != flows[i][k] for k in row if k in flows[i])]
    check("each row is that of the report", not wrong, wrong[:3])


def compare_flow(run_answers, report, name):
    flow, gaps = run_answers
    (want,) = [f for f in report["flows"] if f["id"] == name]
    check("one flow is that of the report", same_flow(flow, want), (flow, want))
    listed = {(g["first_missing"], g["next"]): g for g in report["gaps"] if g["flow_id"] == name}
    check("its holes are counted", gaps["gaps"] == want["gaps"] and gaps["lost"] == want["lost"])
    shown = [(g["first_missing"], g["next"]) for g in gaps["latest"].values()]
    check("its latest holes are those of the report",
          shown and all(s in listed for s in shown)
          and [listed[s]["time"] for s in shown] == [g["time"] for g in gaps["latest"].values()]
          and (gaps["older_forgotten"] or gaps["latest_count"] == len(listed)), (shown, listed))


def figures(capture):
    with Run("--mode", "fixed", "--pps", "50000", "--layout", "pipeline:rx=1,parse=1,work=2",
             "--json", "--gaps", capture) as run:
        first = first_answer(run)
        check("the socket answers while packets flow", first is not None, run.told)
        if first is None:
            return
        check("stderr says how to reach it",
              any(f"dpdk-telemetry.py -f {run.prefix}" in line for line in run.told), run.told)
        devices, told, commands, page = ask(run.prefix, "/ethdev/list", "/help,/lacuna/flows", "/",
                                            "/lacuna/flows")
        check("DPDK's own commands are there", devices == [0] and "/ethdev/stats" in commands,
              devices)
        check("help for a command", "page" in told["/lacuna/flows"], told)
        ids = [row["id"] for row in page["flows"].values()]
        seen = [first]
        for _ in range(2):
            time.sleep(0.3)
            seen += ask(run.prefix, "/lacuna/summary")
        many_clients(run, ids)
        hostile(run)
        growing(run, seen)
        if not run.reporting(PATIENCE):
            check("the replay ends", False, run.told)
            return
        time.sleep(0.3)  # sums are kept for a quarter of a second
        final = ask(run.prefix, "/lacuna/summary", "/lacuna/lcores", "/lacuna/drops")
        rows, total = walk_pages(run)
        worst = max(rows.values(), key=lambda r: r["lost"])["id"]
        one = ask(run.prefix, f"/lacuna/flow,{worst}", f"/lacuna/gaps,{worst}")
        rings, ports, store = ask(run.prefix, "/lacuna/rings", "/lacuna/ports", "/lacuna/store")
        check("rings, empty at the end", len(rings["rings"]) == 3
              and all(r["used"] == 0 for r in rings["rings"].values()), rings)
        check("no ports, no store", ports == {"ports": {}, "granted": {}} and store == {"store": {}},
              (ports, store))
        report = json.loads(run.end())
        check("the replay ended well", run.process.returncode == 0, run.told)
        compare(final, report, rows, total)
        compare_flow(one, report, worst)
    check("nothing is left behind", not os.path.exists(runtime_directory(run.prefix)))


def closed(capture):
    with Run("--json", capture, "--", "--no-telemetry") as run:
        run.end()
        check("--no-telemetry: no socket, and no word of one",
              run.process.returncode == 0 and not any("telemetry" in l for l in run.told),
              run.told)


def main():
    if CLIENT is None:
        print("dpdk-telemetry.py is not installed")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        capture = os.path.join(directory, "f.pcap")
        subprocess.run([PCAPGEN, "--packets", str(PACKETS), "--flows", "700", "--protocol", "mixed",
                        "--seed", "21", "--gap-rate", "0.01", "--reorder-rate", "0.01",
                        "--duplicate-rate", "0.001", "--output", capture], check=True,
                       stdout=subprocess.DEVNULL)
        figures(capture)
        closed(capture)
    print(f"{len(FAILED)} failed")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
