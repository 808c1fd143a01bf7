#!/usr/bin/env python3
"""What `lacuna serve` answers equals what the runs reported, and is what its description says.

serve_check.py LACUNA PCAPGEN
"""

import gzip
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import warnings

import jsonschema
import openapi_client

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
LOSSY = ("--packets 60000 --flows 8 --seed 5 --gap-rate 0.02 --reorder-rate 0.03 "
         "--duplicate-rate 0.02 --restart-rate 0.0005 --ipv6-ratio 0.4")
ADDRESS = re.compile(rb"listening on (https?://\S+)\n")
FAILED = []
# The predecessor's names beside the report's.
SAME = {"packets_received": "received", "total_bytes": "bytes", "total_lost_packets": "lost",
        "gaps_detected": "gaps", "max_gap": "max_gap", "first_sequence": "first_ext",
        "last_sequence": "highest_ext", "first_timestamp": "first_time",
        "last_timestamp": "last_time", "duplicates": "duplicates", "late": "late",
        "max_late_extent": "max_late_extent", "too_old": "too_old", "lost_blind": "lost_blind",
        "before_first": "before_first", "outliers": "outliers", "restarts": "restarts",
        "protocol": "protocol"}
TOTALS = {"total_flows": "flows", "total_packets_received": "received", "total_bytes": "bytes",
          "total_gaps_detected": "gaps", "total_lost_packets": "lost", "max_gap_size": "max_gap",
          "late": "late", "duplicates": "duplicates", "restarts": "restarts", "rekeys": "rekeys"}


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:600]}")
        FAILED.append(name)


class Server:
    """`lacuna serve`, or whatever prints its address, until the end of a with block."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([LACUNA, *arguments], stderr=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL)
        line = self.process.stderr.readline()
        found = ADDRESS.search(line)
        if not found:
            self.process.kill()
            raise RuntimeError(f"no address in {line!r}")
        self.url = found[1].decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def ask(self, path, method="GET", **fields):
        """Status, header fields and body; whatever the status is."""
        request = urllib.request.Request(self.url + path, method=method, headers=fields)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def json(self, path):
        status, _, body = self.ask(path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body!r}")
        return json.loads(body)


def all_pages(server, path, name, limit):
    """By cursor where the reply has one, by offset where not."""
    entries, more = [], ""
    while True:
        page = server.json(f"{path}?limit={limit}{more}")
        entries += page[name]
        if "next" in page:
            more = "&after=" + urllib.parse.quote(page["next"])
        elif name == "flows" or len(entries) >= page["count"]:
            return page["count"], entries
        else:
            more = f"&offset={len(entries)}"


def same_as_report(server, report):
    flows = {f["id"]: f for f in report["flows"]}
    count, listed = all_pages(server, "/api/v1/flows", "flows", 7)
    check("every SA is listed once", count == len(flows) == len(listed)
          and {f["flow_id"] for f in listed} == set(flows), (count, len(listed)))
    wrong = [(f["flow_id"], mine) for f in listed for mine, theirs in SAME.items()
             if f[mine] != flows[f["flow_id"]][theirs]]
    check("every figure of every SA is the report's", not wrong, wrong[:5])

    by_offset = []
    for offset in range(0, count, 11):
        by_offset += server.json(f"/api/v1/flows?limit=11&offset={offset}")["flows"]
    check("pages by offset and by cursor tell the same", by_offset == listed)
    page = server.json("/api/v1/flows?limit=1")
    status, _, body = server.ask(f"/api/v1/flows?offset=1&after={page['next']}")
    check("but not both at once", status == 400 and json.loads(body)["parameter"] == "after", body)

    gaps, details = [], []
    for flow in listed:
        sa = flow["flow_id"]
        found, some = all_pages(server, f"/api/v1/flows/{sa}/gaps", "gaps", 3)
        sizes = [g["gap_size"] for g in some]
        if found != flow["gaps_detected"] or found != len(some) \
                or flow["min_gap"] != min(sizes, default=0) \
                or flow["max_gap"] != max(sizes, default=0):
            details.append((sa, found, flow["gaps_detected"], flow["min_gap"], min(sizes)))
        gaps += [(g["flow_id"], g["expected_sequence"], g["received_sequence"], g["gap_size"],
                  g["timestamp"], g["blind"]) for g in some]
        one = server.json("/api/v1/flows/" + urllib.parse.quote(sa, safe=""))
        if one["report"] != flows[sa] or any(one[k] != flow[k] for k in flow):
            details.append((sa, "detail"))
    check("the gaps of an SA are as many and as long as it says", not details, details[:5])
    reported = [(g["flow_id"], g["first_missing"], g["next"], g["size"], g["time"], g["blind"])
                for g in report["gaps"]]
    check(f"all {len(reported)} gaps are the report's", sorted(gaps) == sorted(reported))

    course = server.json("/api/v1/timeline?limit=1000")["points"]
    by_time = {}
    for flow in listed:
        for p in server.json(f"/api/v1/flows/{flow['flow_id']}/timeline?limit=1000")["points"]:
            point = by_time.setdefault(p["timestamp"], dict.fromkeys(p, 0))
            for name in p:
                point[name] = point[name] + p[name] if isinstance(p[name], int) else p[name]
    check(f"the {len(course)} points of the run are the sums of its SAs", len(course) > 0
          and course == [by_time[t] for t in sorted(by_time)], course[:2])
    check("and add up to the report's totals", all(
        sum(p[mine] for p in course) == report["totals"][theirs] for mine, theirs in
        (("packets_received", "received"), ("total_lost_packets", "lost"), ("late", "late"),
         ("duplicates", "duplicates"), ("total_bytes", "bytes"))), course[:2])

    summary = server.json("/api/v1/stats/summary")
    check("the summary is the report's totals",
          all(summary[mine] == report["totals"][theirs] for mine, theirs in TOTALS.items())
          and summary["packets"] == report["packets"], summary)

    sizes = sorted(f["bytes"] for f in report["flows"])
    low, high = sizes[len(sizes) // 4], sizes[len(sizes) // 2]
    page = server.json(f"/api/v1/flows?min_bytes={low}&max_bytes={high}&limit=5")
    wanted = sum(low <= size <= high for size in sizes)
    check("a filter counts all it lets through, not the page", page["count"] == wanted, page)
    rates = sorted(f["bandwidth_mbps"] for f in listed)
    at = next(i for i in range(len(rates) // 2, len(rates)) if rates[i] - rates[i - 1] > 1e-4)
    page = server.json(f"/api/v1/flows?min_bandwidth_mbps={(rates[at - 1] + rates[at]) / 2}")
    check("a filter by bandwidth", page["count"] == len(rates) - at, page["count"])


def spans_and_lists(server, capture, report):
    """Figures of a span, lists over all SAs, tunnels."""
    named = "run=1&since=2025-01-01T00:00:00Z"
    whole = server.json(f"/api/v1/stats/summary?{named}")
    check("a span over all of a run is the run", all(
        whole[mine] == report["totals"][theirs] for mine, theirs in TOTALS.items()
        if theirs != "rekeys") and whole["run"] is None and whole["span"]["runs"] == [1], whole)
    flows = server.json(f"/api/v1/flows?{named}&limit=1000")
    check("and so are its SAs", {f["flow_id"]: f["total_lost_packets"] for f in flows["flows"]}
          == {f["id"]: f["lost"] for f in report["flows"]} and not flows["span"]["not_of_span"])
    three = server.json("/api/v1/stats/summary?since=2025-01-01T00:00:00Z")
    check("without a run all runs count", three["span"]["runs"] == [1, 2, 3], three["span"])
    some = report["flows"][0]["id"]
    one = server.json(f"/api/v1/flows/{some}?{named}")
    check("one SA of a span", one["report"]["lost"] == report["flows"][0]["lost"]
          and one["span"]["runs"] == [1], one)
    status, _, body = server.ask(f"/api/v1/flows/{some}?since=2026-01-01T00:00:00Z")
    check("no packets in a span: 404", status == 404, body)

    for field, mine in (("lost", "total_lost_packets"), ("late", "late")):
        sorted_flows = server.json(f"/api/v1/flows?run=1&limit=1000&sort={field}")["flows"]
        check(f"sorted by {field}", [f[mine] for f in sorted_flows]
              == sorted((f[field] for f in report["flows"]), reverse=True))
        page = server.json(f"/api/v1/flows?run=1&limit=2&offset=1&sort={field}")
        check(f"a page sorted by {field}", page["flows"] == sorted_flows[1:3]
              and page["count"] == len(sorted_flows), page)
    for bad in ("id", "nothing", ""):
        check(f"sort={bad} is refused", server.ask(f"/api/v1/flows?sort={bad}")[0] == 400)
    check("far into a sorted list is refused",
          server.ask("/api/v1/flows?sort=lost&offset=10000")[0] == 400)
    count, gaps = all_pages(server, "/api/v1/gaps", "gaps", 500)
    latest = server.json("/api/v1/stats/summary")
    check("gaps of all SAs", count == len(gaps) == latest["total_gaps_detected"] > 0
          and sum(g["gap_size"] for g in gaps) == latest["total_lost_packets"], count)
    by_offset = [server.json(f"/api/v1/gaps?limit=1&offset={n}")["gaps"][0]
                 for n in range(0, count, 97)]
    check("by offset too", by_offset == gaps[::97])
    late = server.json(f"/api/v1/flows/{some}/late?limit=1000&run=1")
    figures = report["flows"][0]
    check("late ones of an SA", late["late_count"] == figures["late"] + figures["too_old"]
          + figures["duplicates"] and 0 < late["count"] <= late["late_count"]
          and late["late_cut"] == (late["count"] < late["late_count"]), late["count"])
    everyone = server.json("/api/v1/late?limit=1000&run=1")
    check("late ones of all SAs", [e for e in everyone["late"] if e["flow_id"] == some]
          == late["late"] or everyone["count"] > 1000, everyone["count"])
    tunnels = server.json("/api/v1/tunnels?run=1&limit=1000")
    check("tunnels", tunnels["count"] == len(tunnels["tunnels"])
          and sum(t["lost"] for t in tunnels["tunnels"]) == report["totals"]["lost"], tunnels)
    check("tunnels of a span", server.json(f"/api/v1/tunnels?{named}&limit=1000")["tunnels"]
          == tunnels["tunnels"])


def stored_metrics(server, report):
    """/metrics of a run that has ended: its totals, and what the probe lost, none of it guessed."""
    text = server.ask("/metrics")[2].decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    totals, probe = report["totals"], report["probe"]
    aside = totals["lost_blind"] + totals["lost_doubtful"]
    wanted = {'lacuna_lost_packets_total{why="network"}': totals["lost"] - aside,
              'lacuna_lost_packets_total{why="blind"}': totals["lost_blind"],
              'lacuna_lost_packets_total{why="doubtful"}': totals["lost_doubtful"],
              "lacuna_recovered_packets_total": totals["recovered"], "lacuna_missing_packets": 0,
              "lacuna_received_packets_total": totals["received"], "lacuna_gaps": totals["gaps"],
              "lacuna_late_packets": totals["late"], "lacuna_flows_total": totals["flows"],
              "lacuna_offered_packets_total": report["packets"]["offered"]}
    for cause in ("rx_missed", "rx_nombuf", "ring_full", "table_full"):
        wanted[f'lacuna_probe_dropped_total{{cause="{cause}"}}'] = probe[cause]
    wrong = {name: figures.get(name) for name, value in wanted.items()
             if figures.get(name) != str(value)}
    check("/metrics is the report's totals", totals["lost"] > 0 and not wrong, wrong)
    check("and tells of no writer, nor of a table", not any(name.startswith((
        "lacuna_store_records", "lacuna_store_lag", "lacuna_store_failing", "lacuna_held"))
        for name in figures), text[-900:])


def well_described(server, some_id):
    """The description is valid, and each path answers as it says."""
    document = server.json("/api/v1/openapi.json")
    check("the description is OpenAPI 3.1", document["openapi"] == "3.1.0"
          and {"title", "version"} <= set(document["info"]) and document["paths"])
    wrong = []
    for name, schema in document["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            wrong.append((name, error.message))
    operations = [get["get"] for get in document["paths"].values()]
    names = [o["operationId"] for o in operations]
    if len(set(names)) != len(names):
        wrong.append(("operationId twice", names))
    for path, operation in zip(document["paths"], operations):
        given = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        if given != set(re.findall(r"{(\w+)}", path)):
            wrong.append((path, given))
    check("its schemas are JSON Schema 2020-12, its names unique, its paths whole", not wrong, wrong)

    for path, operation in zip(document["paths"], operations):
        if "text/event-stream" in operation["responses"]["200"]["content"] \
                and "application/json" not in operation["responses"]["200"]["content"]:
            continue
        status, fields, body = server.ask(path.replace("{id}", some_id))
        kind = fields["Content-Type"].split(";")[0]
        content = operation["responses"]["200"]["content"]
        good = status == 200 and kind in {c.split(";")[0] for c in content}
        detail = (status, kind)
        if good and kind == "application/json":
            try:
                jsonschema.Draft202012Validator(
                    {**content[kind]["schema"], "components": document["components"]}
                ).validate(json.loads(body))
            except jsonschema.ValidationError as error:
                good, detail = False, error.message
        check(f"{path} answers as described", good, detail)
        for p in operation.get("parameters", []):
            bad = {"integer": "-1", "number": "-1"}.get(p["schema"]["type"])
            if p["in"] == "query" and bad:
                status, _, body = server.ask(path.replace("{id}", some_id) + f"?{p['name']}={bad}")
                problem = json.loads(body)
                jsonschema.Draft202012Validator(
                    document["components"]["schemas"]["Problem"]).validate(problem)
                if status != 400 or problem.get("parameter") != p["name"]:
                    check(f"{path}?{p['name']}={bad} is refused", False, (status, body))


def client_of_the_description(server, report):
    """What a program finds that was made from the description alone."""
    document = server.json("/api/v1/openapi.json")
    loose = [r["$ref"] for r in openapi_client.references(document)
             if not isinstance(openapi_client.resolve(document, r), dict)]
    check("every reference of the description leads somewhere", not loose, loose)
    names = [item["get"]["operationId"] for item in document["paths"].values()]
    check("operations have readable names", all(re.fullmatch("[a-z][A-Za-z]+", n) for n in names), names)
    validator = shutil.which("openapi-spec-validator")
    if validator:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(document, file)
            file.flush()
            done = subprocess.run([validator, file.name], capture_output=True, text=True, check=False)
            check("a validator finds the description valid", done.returncode == 0,
                  done.stdout + done.stderr)
    else:
        print("openapi-spec-validator is not installed: its judgement is missing")

    def fetch(path):
        status, _, body = server.ask(path)
        return status, body.decode()

    client = openapi_client.make(document, fetch)
    flows = {f["id"]: f for f in report["flows"]}
    listed = client.listFlows(run=1, names="report", limit=1000)["flows"]
    wrong = [(f["id"], key) for f in listed for key, value in f.items()
             if key != "moved" and flows[f["id"]][key] != value]
    check("a generated client reads the report's flows by its names",
          {f["id"] for f in listed} == set(flows) and not wrong, wrong[:5])
    totals = client.summary(run=1, names="report")["totals"]
    check("and its totals", all(report["totals"][n] == v for n, v in totals.items()
                                if n in report["totals"]), totals)
    some = next(f["id"] for f in report["flows"] if f["gaps"])
    check("one SA", client.flow(some, run=1, names="report")["flows"][0]["lost"] == flows[some]["lost"])
    its = [g for g in report["gaps"] if g["flow_id"] == some]
    check("its gaps", client.flowGaps(some, run=1, names="report", limit=1000)["gaps"] == its[:1000])
    short = client.listFlows(run=1, names="report", fields="id,lost", limit=1000)["flows"]
    check("members of one's choice", short == [{"id": f["id"], "lost": f["lost"]} for f in listed])
    esp = {i for i, f in flows.items() if f["protocol"] == "esp"}
    lossy = [g for g in report["gaps"] if g["flow_id"] in esp]
    found = client.listGaps(run=1, names="report", filter="proto esp", limit=1000)
    check("gaps of a selection", found["count"] == len(lossy) > 0
          and {g["flow_id"] for g in found["gaps"]} <= esp, found["count"])
    middle = sorted(g["time"] for g in report["gaps"])[len(report["gaps"]) // 2]
    parts = [client.listGaps(run=1, **{bound: middle})["count"] for bound in ("since", "until")]
    check("gaps of a time", sum(parts) == len(report["gaps"]) and min(parts) > 0, parts)
    tunnels = client.listTunnels(run=1, sort="received", limit=1000)["tunnels"]
    check("tunnels, sorted", tunnels == sorted(tunnels, key=lambda t: -t["received"])
          and sum(t["received"] for t in tunnels) == report["totals"]["received"])
    some_tunnel = client.listTunnels(run=1, filter="proto esp", limit=1000)
    check("tunnels of a selection", sum(t["received"] for t in some_tunnel["tunnels"])
          == sum(flows[i]["received"] for i in esp))
    check("and all the rest answers", all(getattr(client, n)() for n in names
                                          if n not in ("flow", "flowGaps", "flowLate", "flowTimeline")))


def other_origins(db):
    """Pages of named origins may read, others may not."""
    page = "https://grafana.example:3000"
    with Server("serve", "--db", db, "--port", "0", "--cors", page + ",http://x.example") as server:
        _, fields, _ = server.ask("/api/v1/flows", Origin=page)
        check("a named origin may read", fields["Access-Control-Allow-Origin"] == page, fields)
        status, fields, body = server.ask("/api/v1/flows", method="OPTIONS", Origin=page,
                                          **{"Access-Control-Request-Method": "GET"})
        check("a preflight is answered", status == 204 and body == b""
              and "GET" in fields["Access-Control-Allow-Methods"]
              and fields["Content-Length"] is None, (status, fields))
        _, fields, _ = server.ask("/api/v1/flows", Origin="https://evil.example")
        check("another may not", fields["Access-Control-Allow-Origin"] is None, fields)
    done = subprocess.run([LACUNA, "serve", "--db", db, "--port", "0", "--cors", "*"],
                          capture_output=True, text=True, check=False, timeout=20)
    check("no word for all origins", done.returncode == 2 and "--cors *" in done.stderr, done)


def polite(server):
    """Conduct: caching, coding, methods."""
    path = "/api/v1/flows?limit=1000"
    status, fields, body = server.ask(path)
    tag = fields["ETag"]
    again = server.ask(path, **{"If-None-Match": tag})
    check("what has not changed is not sent again", status == 200 and again[0] == 304
          and again[2] == b"" and again[1]["ETag"] == tag, again)
    packed = server.ask(path, **{"Accept-Encoding": "br, gzip"})
    check("gzip where it is welcome", packed[1]["Content-Encoding"] == "gzip"
          and gzip.decompress(packed[2]) == body and len(packed[2]) * 2 < len(body))
    plain = server.ask(path, **{"Accept-Encoding": "gzip;q=0, br"})
    check("and only there", plain[1]["Content-Encoding"] is None and plain[2] == body)
    head = server.ask(path, method="HEAD")
    check("HEAD tells what GET would", head[0] == 200 and head[2] == b""
          and head[1]["Content-Length"] == str(len(body)) and head[1]["ETag"] == tag, head)
    head = server.ask("/api/v1/events", method="HEAD", Accept="text/event-stream")
    check("of a stream too", head[0] == 200 and head[2] == b""
          and head[1]["Content-Type"] == "text/event-stream", head)
    refused = server.ask(path, method="DELETE")
    check("other methods are refused", refused[0] == 405 and refused[1]["Allow"] == "GET, HEAD")
    ranged = server.ask(path, Range="bytes=0-0,0-0,0-0")
    check("ranges are ignored", ranged[0] == 200 and ranged[2] == body)
    check("replies may be kept, but not used unasked", fields["Cache-Control"] == "no-cache")


def guarded(db, place):
    """Who may ask, and where the server listens."""
    def refused(name, status, *arguments):
        done = subprocess.run([LACUNA, "serve", "--db", db, *arguments], capture_output=True,
                              text=True, check=False, timeout=20)
        check(name, done.returncode == status and done.stderr.startswith("lacuna: ")
              and done.stderr.count("\n") == 1 and done.stdout == "",
              (done.returncode, done.stderr))
        return done.stderr

    line = refused("others may not ask without a token", 2, "--host", "0.0.0.0", "--port", "0")
    check("and the line says what is missing", "--token-file" in line, line)
    refused("a host that is none", 2, "--host", "no.such.host.invalid", "--token-file",
            place + "/token")
    refused("a port that is none", 2, "--port", "65536")
    token = place + "/token"
    with open(token, "w", encoding="ascii") as file:
        file.write("open-to-everybody-0123\n")
    os.chmod(token, 0o644)
    refused("a token others may read", 2, "--token-file", token)
    os.chmod(token, 0o600)
    with Server("serve", "--db", db, "--host", "0.0.0.0", "--port", "0",
                "--token-file", token) as server:
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        status, fields, _ = server.ask("/health")
        check("without the token: 401", status == 401
              and fields["WWW-Authenticate"] == "Bearer", status)
        status, _, body = server.ask("/health", Authorization="Bearer open-to-everybody-0124")
        check("with another: 401", status == 401 and b"0123" not in body, status)
        status, _, _ = server.ask("/health", Authorization="Bearer open-to-everybody-0123")
        check("with it: 200", status == 200, status)
        for path in ("/healthz", "/readyz"):
            check(f"{path} needs no token", server.ask(path)[0] == 200)
        for path in ("/healthz/", "/healthy", "/nothing", "/api/v1/runs"):
            check(f"{path} does", server.ask(path)[0] == 401)
        port = server.url.rpartition(":")[2]
        line = refused("a port that is in use", 1, "--port", port)
        check("is called so", "in use" in line, line)
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return
    with Server("serve", "--db", db, "--host", "::1", "--port", "0") as server:
        check("IPv6", server.ask("/health")[0] == 200 and "[::1]" in server.url, server.url)


def certificate(place, name, *more):
    """A certificate of its own for 127.0.0.1; the files of it and of its key."""
    cert, key = f"{place}/{name}.crt", f"{place}/{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=lacuna",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert, *more],
                   check=True, capture_output=True)
    os.chmod(key, 0o600)
    return cert, key


def over_tls(db, place):
    """TLS: what is served over it, and what of files is refused."""
    cert, key = certificate(place, "one")
    other_key = certificate(place, "other")[1]
    trust = ssl.create_default_context(cafile=cert)

    def ask(url, path):
        with urllib.request.urlopen(url + path, timeout=20, context=trust) as reply:
            return reply.status, reply.read()

    with Server("serve", "--db", db, "--port", "0", "--tls-cert", cert, "--tls-key", key) as server, \
            Server("serve", "--db", db, "--port", "0") as plain:
        check("TLS: the address says so", server.url.startswith("https://127.0.0.1:"), server.url)
        for path in ("/health", "/api/v1/flows?limit=1000", "/api/v1/openapi.json"):
            check(f"TLS: {path} is what plain HTTP answers",
                  ask(server.url, path) == (200, plain.ask(path)[2]))
        try:
            urllib.request.urlopen(server.url + "/health", timeout=20)
            check("TLS: a client that does not know the certificate goes", False)
        except urllib.error.URLError as error:
            check("TLS: a client that does not know the certificate goes",
                  isinstance(error.reason, ssl.SSLCertVerificationError), error)
        port = int(server.url.rpartition(":")[2])
        for version, good in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True),
                              (ssl.TLSVersion.TLSv1_3, True)):
            client = ssl.create_default_context(cafile=cert)
            client.set_ciphers("DEFAULT:@SECLEVEL=0")  # else the client itself refuses the old ones
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # that 1.1 is old is the point
                client.minimum_version = client.maximum_version = version
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=20) as raw, \
                        client.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                    spoken = tls.version() is not None
            except (ssl.SSLError, ConnectionError):
                spoken = False
            check(f"TLS: {version.name} {'is' if good else 'is not'} spoken", spoken == good)
        plain_status, _, body = Server.ask(type("", (), {"url": f"http://127.0.0.1:{port}"}), "/health")
        check("TLS: plain HTTP is told so", plain_status == 400 and b"https://" in body, body)
        check("TLS: SIGTERM ends it in order", server.end() == 0)

    def refused(name, said, *arguments):
        done = subprocess.run([LACUNA, "serve", "--db", db, "--port", "0", *arguments],
                              capture_output=True, text=True, check=False, timeout=20)
        check(f"TLS: {name} is refused", done.returncode == 2 and done.stdout == ""
              and done.stderr.startswith("lacuna: ") and done.stderr.count("\n") == 1
              and said in done.stderr, (done.returncode, done.stderr))

    text = place + "/text"
    with open(text, "w", encoding="ascii") as file:
        file.write("nothing\n")
    os.chmod(text, 0o600)
    locked = place + "/locked.key"
    subprocess.run(["openssl", "pkey", "-in", key, "-aes128", "-passout", "pass:secret", "-out",
                    locked], check=True, capture_output=True)
    os.chmod(locked, 0o600)
    open_key = place + "/open.key"
    with open(key, "rb") as file, open(open_key, "wb") as copy:
        copy.write(file.read())
    os.chmod(open_key, 0o644)
    for name, said, *arguments in (
            ("a certificate without a key", "--tls-key", "--tls-cert", cert),
            ("a key without a certificate", "--tls-cert", "--tls-key", key),
            ("a certificate that is missing", place + "/none", "--tls-cert", place + "/none",
             "--tls-key", key),
            ("a key that is missing", place + "/none", "--tls-cert", cert, "--tls-key",
             place + "/none"),
            ("a folder", "not a file", "--tls-cert", place, "--tls-key", key),
            ("a certificate that is none", "not a certificate", "--tls-cert", text, "--tls-key", key),
            ("a key that is none", "not a private key", "--tls-cert", cert, "--tls-key", text),
            ("a key with a passphrase", "passphrase", "--tls-cert", cert, "--tls-key", locked),
            ("another's key", "not the key of the certificate", "--tls-cert", cert, "--tls-key",
             other_key),
            ("a key everybody may read", "chmod", "--tls-cert", cert, "--tls-key", open_key)):
        refused(name, said, *arguments)
    if os.geteuid() != 0:
        os.chmod(key, 0)
        refused("a key this user may not read", "Permission denied", "--tls-cert", cert, "--tls-key",
                key)
        os.chmod(key, 0o600)

    token = place + "/token"  # of guarded()
    for more, warned in (((), True), (("--tls-cert", cert, "--tls-key", key), False)):
        with Server("serve", "--db", db, "--host", "0.0.0.0", "--port", "0", "--token-file", token,
                    *more) as server:
            server.end()
            said = server.process.stderr.read()
            check(f"beyond this host, {'with' if more else 'without'} TLS: "
                  f"{'a' if warned else 'no'} warning",
                  (b"warning: " in said and b"--tls-cert" in said) == warned, said)


def main():
    with tempfile.TemporaryDirectory() as place:
        capture, db = place + "/a.pcap", place + "/db"
        subprocess.run([PCAPGEN, *LOSSY.split(), "--output", capture, "--quiet"], check=True)
        small = place + "/b.pcap"
        subprocess.run([PCAPGEN, "--packets", "1000", "--output", small, "--quiet"], check=True)
        reports = [json.loads(subprocess.run(
            [LACUNA, "analyze", file, "--db", db, "--json", "--gaps", "--quiet"],
            capture_output=True, check=True).stdout) for file in (capture, small)]
        with Server("serve", "--db", db, "--port", "0") as server:
            runs = server.json("/api/v1/runs")
            check("both runs are there", runs["count"] == 2
                  and [r["input"] for r in runs["runs"]] == [[capture], [small]], runs)
            latest = server.json("/api/v1/stats/summary")
            check("the latest run answers", latest["run"] == 2
                  and latest["total_flows"] == reports[1]["totals"]["flows"], latest)
            check("another one where it is named",
                  server.json("/api/v1/stats/summary?run=1")["total_flows"]
                  == reports[0]["totals"]["flows"])
            subprocess.run([LACUNA, "analyze", capture, "--db", db, "--quiet", "--json"],
                           stdout=subprocess.DEVNULL, check=True)
            time.sleep(1.1)
            check("a run that came meanwhile is seen", server.json("/api/v1/runs")["count"] == 3)
            same_as_report(server, reports[0])
            spans_and_lists(server, capture, reports[0])
            stored_metrics(server, reports[0])
            some = next(f["id"] for f in reports[0]["flows"] if ":" in f["id"] and f["gaps"])
            well_described(server, some)
            client_of_the_description(server, reports[0])
            polite(server)
            check("SIGTERM ends it in order", server.end() == 0)
        other_origins(db)
        guarded(db, place)
        over_tls(db, place)
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


main()
