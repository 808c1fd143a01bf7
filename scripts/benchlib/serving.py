"""The REST server under test, and what it answers against the truth."""

import functools
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import programs

PAGE = 1000  # flows a request may ask for
WAIT_S = 20
SUMMARY = {"total_flows": "flows", "total_packets_received": "received",
           "total_gaps_detected": "gaps", "total_lost_packets": "lost", "total_bytes": "bytes"}
FLOW = {"packets_received": "received", "gaps_detected": "gaps", "total_lost_packets": "lost",
        "max_gap": "max_gap", "total_bytes": "bytes", "first_sequence": "first"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`lacuna serve` over one database, from the first round to the last."""

    @staticmethod
    @functools.cache
    def supported():
        """Whether this build has the REST server: without it, serve says so and nothing else."""
        done = subprocess.run([programs.LACUNA, "serve", "--db", "/nonexistent"], text=True,
                              capture_output=True, check=False)
        return "built without" not in done.stderr

    def __init__(self, db, port):
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([programs.LACUNA, "serve", "--db", db, "--host",
                                         "127.0.0.1", "--port", str(port)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        try:
            self._wait()
        except BaseException:  # nobody has it yet who would close it
            self.close()
            raise

    def _wait(self):
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise programs.Failed(f"lacuna serve ended with status {self.process.returncode}")
            try:
                self.get("/health")
                return
            except (OSError, ValueError):
                time.sleep(0.05)
        raise programs.Failed(f"lacuna serve did not answer within {WAIT_S} s")

    def close(self):
        self.process.terminate()
        self.process.wait()

    def peak_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=WAIT_S) as answer:
            return json.load(answer)

    def flows(self):
        """All flows, page by page."""
        found, offset = {}, 0
        while True:
            page = self.get(f"/api/v1/flows?limit={PAGE}&offset={offset}")
            found |= {f["flow_id"]: f for f in page["flows"]}
            offset += PAGE
            if offset >= page["count"]:
                return found

    def judge(self, truth_path):
        """Lines about everything that is not as it should be."""
        with open(truth_path, encoding="utf-8") as file:
            truth = json.load(file)
        try:
            summary, flows = self._settled(truth["totals"]), self.flows()
        except (OSError, ValueError, KeyError) as error:
            return [f"no usable answer: {error!r}"]
        wrong = [f"{name}: truth {truth['totals'][key]}, REST {summary.get(name)}"
                 for name, key in SUMMARY.items() if summary.get(name) != truth["totals"][key]]
        known = {f["id"]: f for f in truth["flows"]}
        wrong += [f"{sa}: {'not found' if sa in known else 'invented'}"
                  for sa in sorted(set(known) ^ set(flows))]
        wrong += [f"{sa}: {name}: truth {known[sa][key]}, REST {flows[sa].get(name)}"
                  for sa in sorted(set(known) & set(flows)) for name, key in FLOW.items()
                  if flows[sa].get(name) != known[sa][key]]
        return wrong

    def _settled(self, totals):
        """The summary, once the server has caught up with the run that has just been stored."""
        end = time.monotonic() + WAIT_S
        while True:
            summary = self.get("/api/v1/stats/summary")
            if summary.get("total_packets_received") == totals["received"] \
                    or time.monotonic() >= end:
                return summary
            time.sleep(0.1)
