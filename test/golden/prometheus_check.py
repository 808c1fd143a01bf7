#!/usr/bin/env python3
"""/metrics as Prometheus sees it: its own checker, its own server, the shipped rules and dashboard.

prometheus_check.py LACUNA PCAPGEN SOURCE_ROOT
A real Prometheus scrapes a replay; in the end it holds the figures of the report.
"""

import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
ROOT = pathlib.Path(sys.argv[3])
SHIPPED = ROOT / "drivers-config" / "prometheus"
OPEN = "application/openmetrics-text"
PACKETS = 300_000
PATIENCE = 120
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {detail}")
        FAILED.append(name)


def get(url, accept=None):
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return reply.read().decode(), reply.headers["Content-Type"]


class Program:
    """A program that says where it listens, and is ended with the test."""

    def __init__(self, command, pattern, **more):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, **more)
        self.told = []
        self.found = None
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, args=(re.compile(pattern),))
        self.reader.start()

    def _read(self, pattern):
        for line in self.process.stderr:
            with self.changed:
                self.told.append(line)
                match = pattern.search(line)
                if match and self.found is None:
                    self.found = match.group(1) if match.groups() else match.group(0)
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def wait_found(self):
        with self.changed:
            self.changed.wait_for(lambda: self.found or self.process.poll() is not None, PATIENCE)
            return self.found

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
            self.process.terminate()
            try:
                self.process.communicate(timeout=20)
            except (subprocess.TimeoutExpired, ValueError):
                self.process.kill()
        self.process.wait()
        self.reader.join()


def names_in(expression):
    """Metrics an expression uses; labels and recorded names ("a:b") are none."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}", "", bare)
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", "", bare)
    return set(re.findall(r"(?<![:\w])(?:lacuna|process)_\w+(?![:\w])", bare))


def shipped_names():
    rules = set()
    for line in (SHIPPED / "lacuna-alerts.yml").read_text().splitlines():
        if not re.match(r"\s*(summary|description|- alert|- name)", line):
            rules |= names_in(line.partition(": ")[2] if "expr:" in line else line)
    dashboard = json.loads((SHIPPED / "grafana-dashboard.json").read_text())
    shown = set()
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            shown |= names_in(target["expr"])
    for variable in dashboard["templating"]["list"]:
        if isinstance(variable["query"], dict):
            shown |= names_in(variable["query"]["query"].replace("label_values(", ""))
    return rules, shown


def promtool(*arguments, **more):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False,
                          timeout=PATIENCE, **more)


def rules_and_config(directory):
    for name in ("prometheus.yml", "lacuna-alerts.yml"):
        shutil.copy(SHIPPED / name, directory)
    shutil.copy(ROOT / "test" / "golden" / "alerts_test.yml", directory)
    for arguments in (["check", "config", "prometheus.yml"], ["check", "rules", "lacuna-alerts.yml"],
                      ["test", "rules", "alerts_test.yml"]):
        done = promtool(*arguments, cwd=directory)
        check("promtool " + " ".join(arguments), done.returncode == 0, done.stdout + done.stderr)


def values_of(text):
    """Samples of the text format by name and labels, as they stand."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            series, _, value = line.rpartition(" ")
            found[series] = float(value)
    return found


def formats(url):
    from prometheus_client.openmetrics import parser as strict
    from prometheus_client import parser as plain

    text, kind = get(url)
    check("text 0.0.4 unasked", kind.startswith("text/plain; version=0.0.4"), kind)
    done = promtool("check", "metrics", input=text)
    check("promtool check metrics", done.returncode == 0 and not done.stdout + done.stderr,
          done.stdout + done.stderr)
    families = {f.name: f for f in plain.text_string_to_metric_families(text)}
    check("the text parses", len(families) > 40, len(families))

    asked, kind = get(url, OPEN)
    check("OpenMetrics where asked for", kind.startswith(OPEN + "; version=1.0.0"), kind)
    opened = {f.name: f for f in strict.text_string_to_metric_families(asked)}
    check("OpenMetrics parses strictly", set(opened) >= {"lacuna_packets", "lacuna_build"},
          set(opened))
    kinds = {f.name: f.type for f in opened.values()}
    check("what can fall is no counter",
          kinds["lacuna_missing_packets"] == "gauge" and kinds["lacuna_gaps"] == "gauge"
          and kinds["lacuna_lost_packets"] == kinds["lacuna_recovered_packets"] == "counter" and kinds["lacuna_build"] == "info", kinds)
    documented = set(re.findall(r"`((?:lacuna|process)_\w+)`",
                                (ROOT / "doc" / "metrics.md").read_text()))
    served = {re.split(r"[{ ]", s)[0] for s in values_of(text)}
    check("all that is served is documented", served <= documented, served - documented)
    return served, documented


def used_names(served, documented):
    rules, shown = shipped_names()
    check("rules and dashboard use figures", len(rules) > 12 and len(shown) > 20, (rules, shown))
    for name, used in (("rules", rules), ("dashboard", shown)):
        check(f"{name}: every metric is documented", used <= documented, used - documented)
        # What needs ports, or numbers near their end, this run has not.
        absent = {n for n in used - served
                  if not n.startswith("lacuna_port_") and n != "lacuna_first_exhaustion_seconds"}
        check(f"{name}: every metric is served", not absent, absent)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_prometheus(directory, target):
    config = (SHIPPED / "prometheus.yml").read_text()
    config = config.replace("127.0.0.1:9999", target).replace("interval: 5s", "interval: 1s")
    path = pathlib.Path(directory) / "live.yml"
    path.write_text(config)
    port = free_port()
    return f"http://127.0.0.1:{port}", Program(
        ["prometheus", f"--config.file={path}", f"--storage.tsdb.path={directory}/data",
         f"--web.listen-address=127.0.0.1:{port}"], "Server is ready")


class Asker:
    def __init__(self, url):
        self.url = url

    def query(self, expression):
        text, _ = get(self.url + "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        return [float(r["value"][1]) for r in json.loads(text)["data"]["result"]]

    def until(self, expression, want):
        end = time.monotonic() + PATIENCE
        value = None
        while time.monotonic() < end:
            value = self.query(expression)
            if value == [want]:
                break
            time.sleep(0.2)
        return value


def scraped(run, url, directory):
    """Prometheus follows the run to its end, while the report waits to be read."""
    target = urllib.parse.urlparse(url).netloc
    where, server = start_prometheus(directory, target)
    with server:
        if not server.wait_found():
            check("Prometheus starts", False, server.told[-5:])
            return
        ask = Asker(where)
        check("Prometheus finds it up", ask.until('up{job="lacuna"}', 1.0) == [1.0])
        grown = ask.query("sum(lacuna_packets_total)")
        check("the replay ends", run.reporting(PATIENCE), run.told)
        report_of_all = ask.until("sum(lacuna_packets_total)", float(PACKETS))
        check("the last scrape has every frame", report_of_all == [float(PACKETS)], report_of_all)
        check("and earlier ones had fewer, or as many", grown <= report_of_all, grown)
        answers = {e: ask.query(e) for e in (
            "sum(lacuna_lost_packets_total) - sum(lacuna_recovered_packets_total) + sum(lacuna_missing_packets)", "lacuna_received_packets_total",
            "sum(lacuna_flow_lost_packets)", "count(lacuna_flow_lost_packets)",
            "sum(lacuna_probe_dropped_total)", 'lacuna_packets_total{protocol="macsec"}',
            "lacuna_gaps", "lacuna_bytes_total", "lacuna_duplicate_packets",
            "lacuna_store_refused_records_total", "lacuna_store_failing")}
        rules = json.loads(get(where + "/api/v1/rules")[0])["data"]["groups"]
        check("it took the rules", sum(len(g["rules"]) for g in rules) >= 14
              and all(r["health"] != "err" for g in rules for r in g["rules"]), rules)
        kinds = json.loads(get(where + "/api/v1/metadata?metric=lacuna_missing_packets")[0])["data"]
        check("it knows types and units", kinds["lacuna_missing_packets"][0]["type"] == "gauge"
              and kinds["lacuna_missing_packets"][0]["unit"] == "packets", kinds)
    return answers


def compare(answers, report):
    t = report["totals"]
    want = {"sum(lacuna_lost_packets_total) - sum(lacuna_recovered_packets_total) + sum(lacuna_missing_packets)": t["lost"],
            "lacuna_received_packets_total": t["received"],
            "sum(lacuna_flow_lost_packets)": t["lost"],
            "count(lacuna_flow_lost_packets)": 21,
            "sum(lacuna_probe_dropped_total)": sum(n for name, n in report["probe"].items() if name != "odd_times"),
            'lacuna_packets_total{protocol="macsec"}': report["packets"]["macsec"],
            "lacuna_gaps": t["gaps"], "lacuna_bytes_total": report["bytes"],
            "lacuna_duplicate_packets": t["duplicates"],
            "lacuna_store_refused_records_total": 0, "lacuna_store_failing": 0}
    for expression, value in want.items():
        check(f"{expression} is the report's", answers[expression] == [float(value)],
              (answers[expression], value))


def main():
    if not shutil.which("prometheus") or not shutil.which("promtool"):
        print("prometheus is not installed")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        rules_and_config(directory)
        capture = os.path.join(directory, "f.pcap")
        subprocess.run([PCAPGEN, "--packets", str(PACKETS), "--flows", "700", "--protocol", "mixed",
                        "--seed", "5", "--gap-rate", "0.01", "--duplicate-rate", "0.001",
                        "--output", capture], check=True, stdout=subprocess.DEVNULL)
        command = [LACUNA, "replay", "--mode", "fixed", "--pps", "100000", "--json",
                   "--layout", "pipeline:rx=1,parse=1,work=2",
                   "--http", "127.0.0.1:0", "--db", os.path.join(directory, "db"), capture]
        with Program(command, r"listening on (http://\S+)") as run:
            url = run.wait_found()
            check("the replay says where it listens", url is not None, run.told)
            if url:
                url = url.rstrip("/") + "/metrics"
                answers = scraped(run, url, directory)
                used_names(*formats(url))
                report = json.loads(run.end())
                check("the replay ended well", run.process.returncode == 0, run.told)
                if answers:
                    compare(answers, report)
    print(f"{len(FAILED)} failed")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
