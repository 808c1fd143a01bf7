#!/usr/bin/env python3
"""What clients do that mean no good, or know no better: a clear answer to each, the server lives.

serve_hostile.py LACUNA PCAPGEN
"""

import json
import os
import re
import resource
import selectors
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

LACUNA, PCAPGEN = (os.path.abspath(a) for a in sys.argv[1:3])
ADDRESS = re.compile(rb"listening on https?://127.0.0.1:(\d+)\n")
CONNECTIONS = 10_000
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:600]}")
        FAILED.append(name)


def connect(port, timeout=120):
    client = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    client.settimeout(timeout)
    return client


def everything(client):
    """What comes until the server closes; an error if it does not."""
    octets = b""
    try:
        while some := client.recv(65536):
            octets += some
    except ConnectionError:
        pass
    return octets


def still_waits(client):
    """Whether the server has neither answered nor closed."""
    client.setblocking(False)
    try:
        client.recv(1, socket.MSG_PEEK)
        return False
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    finally:
        client.settimeout(120)


def ask(port, octets):
    """Sends octets as they are; status, header and body of the reply."""
    with connect(port) as client:
        try:
            client.sendall(octets)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered and gone
        reply = everything(client)
    head, _, body = reply.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1.1 (\d+) ", head)
    return int(found[1]) if found else 0, head, body


def get(target, fields=b""):
    return b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n" + fields + b"\r\n"


def lives(port):
    return ask(port, get(b"/health"))[0] == 200


def addresses(port):
    """Targets, and the status each deserves."""
    for target, status in (
            (b"/api/v1/flows/esp-0badc0de-192.0.2.77", 404),
            (b"/api/v1/flows/esp-0badc0de-192.0.2.77/gaps", 404),
            (b"/api/v1/flows/no-such-thing", 404),
            (b"/api/v1/flows/" + b"A" * 1500, 404),
            (b"/api/v1/flows?limit=0", 400),
            (b"/api/v1/flows?limit=1001", 400),
            (b"/api/v1/flows?limit=99999999999999999999999999", 400),
            (b"/api/v1/flows?limit=1e3", 400),
            (b"/api/v1/flows?offset=-1", 400),
            (b"/api/v1/flows?offset=18446744073709551616", 400),
            (b"/api/v1/flows?offset=9223372036854775807", 200),
            (b"/api/v1/flows?after=zz", 400),
            (b"/api/v1/flows?after=00ff00ff", 400),
            (b"/api/v1/flows?after=" + b"00" * 500, 400),
            (b"/api/v1/flows?min_bandwidth_mbps=nan", 400),
            (b"/api/v1/flows?run=999", 404),
            (b"/api/v1/flows?run=99999999999", 400),
            (b"/api/v1/events?since=never", 400),
            (b"/api/v1/events?flow_id=%00", 400),
            (b"/api/v1/flows?limit=1&limit=2", 400),
            (b"/api/v1/flows?" + b"&" * 1000, 200),
            (b"/api/v1/../../etc/passwd", 404),
            (b"/../../../../etc/passwd", 404),
            (b"/%2e%2e/%2e%2e/etc/passwd", 404),
            (b"/api/v1/flows/..%2f..%2f..%2fetc%2fpasswd", 404),
            (b"/api/v1/flows/%00", 400),
            (b"/api/v1/flows/%c0%ae%c0%ae", 400),
            (b"/api/v1/flows/%ff%fe", 400),
            (b"/api/v1/flows/\xff\xfe", 400),
            (b"/api/v1/flows/%u0041", 400),
            (b"/api/v1/flows/%", 400),
            (b"/api/v1/flows/%0d%0aSet-Cookie:x", 400),
            (b"http://other.example/health", 400),
            (b"*", 400),
            (b"//health", 404),
            (b"/health/", 404),
            (b"/" + b"a" * 3000, 414),
            (b"/" + b"a" * 60000, 414)):
        got, head, body = ask(port, get(target))
        good = got == status
        if good and status >= 400:
            problem = json.loads(body)
            good = problem["status"] == status and problem["detail"] \
                and b"application/problem+json" in head and b"Set-Cookie" not in head
        check(f"{target[:60]!r}: {status}", good, (got, head, body[:200]))


def octets(port):
    """What is no request, or more than one."""
    big = b"X: " + b"a" * 20000 + b"\r\n"
    many = b"".join(b"X-%d: 1\r\n" % i for i in range(100))
    for name, sent, status in (
            ("nothing", b"", 0),
            ("a line end", b"\r\n\r\n", 400),
            ("half a request", b"GET /health HT", 0),
            ("octets that are no text", bytes(range(256)) * 4, 400),
            ("the beginning of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
             0),
            ("lines that end in LF", b"GET /health HTTP/1.1\nHost: a\n\n", 400),
            ("no host", b"GET /health HTTP/1.1\r\n\r\n", 400),
            ("two hosts", get(b"/health", b"Host: b\r\n"), 400),
            ("the name of a web page", b"GET /health HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
             421),
            ("a folded line", get(b"/health", b"X: 1\r\n 2\r\n"), 400),
            ("a NUL in a field", get(b"/health", b"X: \0\r\n"), 400),
            ("a field of 20,000 octets", get(b"/health", big), 431),
            ("100 fields", get(b"/health", many), 431),
            ("a body", get(b"/health", b"Content-Length: 5\r\n") + b"12345", 413),
            ("a body of 10 GB", get(b"/health", b"Content-Length: 10000000000\r\n"), 413),
            ("a chunked body", get(b"/health", b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n",
             413),
            ("an unknown method", b"FETCH /health HTTP/1.1\r\nHost: a\r\n\r\n", 501),
            ("a method that changes things", b"DELETE /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
            ("another version", b"GET /health HTTP/2.0\r\nHost: a\r\n\r\n", 505),
            ("many ranges", get(b"/health", b"Range: bytes=" + b"0-0," * 2000 + b"0-0\r\n"), 200),
            ("an old request", b"GET /health HTTP/1.0\r\n\r\n", 200),
            ("an id that is none", get(b"/api/v1/events", b"Accept: text/event-stream\r\n"
                                       b"Last-Event-ID: x\r\n"), 400)):
        got, head, body = ask(port, sent)
        check(f"{name}: {status or 'no answer'}", got == status, (got, head, body[:200]))

    with connect(port) as client:
        client.sendall(get(b"/health") * 20 + get(b"/nowhere", b"Connection: close\r\n"))
        reply = everything(client)
    check("requests sent ahead are answered in order",
          [s for s in re.findall(rb"HTTP/1.1 (\d+)", reply)] == [b"200"] * 20 + [b"404"], reply[-300:])
    with connect(port) as client:
        for octet in get(b"/health", b"Connection: close\r\n"):
            client.sendall(bytes([octet]))
        check("a request that comes octet by octet is answered",
              everything(client).startswith(b"HTTP/1.1 200 "))


def slow(port):
    """Clients that do not get on: dropped in time, and nobody else waits for them."""
    waiting = [connect(port) for _ in range(200)]
    for i, client in enumerate(waiting):
        client.sendall(b"GET /health HTTP/1.1\r\n" if i % 2 else b"")
    readers = [connect(port) for _ in range(40)]
    for client in readers:  # ask for much, read nothing
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(get(b"/api/v1/flows?limit=1000") * 8)
    # Others are answered before a slow one is given up, however long that takes.
    answered = 0
    while answered < 20 and lives(port) and still_waits(waiting[-1]):
        answered += 1
    check("240 slow clients hold up nobody", answered > 0, answered)
    with connect(port) as drip:  # an octet now and then is no request either
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < 60 and still_waits(drip):
                drip.sendall(b"G")
                time.sleep(0.5)
        except ConnectionError:
            pass
        check("a client that sends an octet now and then is not waited for",
              time.monotonic() - begun < 60)
    replies = [everything(client) for client in waiting]
    check("they are shown the door after a while, those that had begun with 408", all(r.startswith(b"HTTP/1.1 408 ") for r in replies[1::2])
          and not any(replies[0::2]), replies[1][:80])
    for client in waiting + readers:
        client.close()
    check("and the server lives", lives(port))


def crowd(port):
    """More connections than there are places."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, CONNECTIONS + 500), hard))
    if min(hard, CONNECTIONS + 500) < CONNECTIONS + 500:
        check("this user may open 10,500 files", False, hard)
        return
    clients, selector = [], selectors.DefaultSelector()
    for i in range(CONNECTIONS):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
        clients.append(client)
        selector.register(client, selectors.EVENT_WRITE, i)
        if i % 200 == 0:
            time.sleep(0.01)
    patient = time.monotonic() + 60
    while not (served_one := lives(port)) and time.monotonic() < patient:
        time.sleep(0.1)
    check(f"{CONNECTIONS} connections at once, and a newcomer is served", served_one)
    served, busy, closed = 0, 0, 0
    until = time.monotonic() + 120
    left = len(clients)
    while left and time.monotonic() < until:
        for key, ready in selector.select(1):
            client = key.fileobj
            try:
                if ready & selectors.EVENT_WRITE:
                    client.send(get(b"/health", b"Connection: close\r\n"))
                    selector.modify(client, selectors.EVENT_READ, key.data)
                    continue
                reply = client.recv(4096)
            except OSError:
                reply = b""
            served += reply.startswith(b"HTTP/1.1 200")
            busy += reply.startswith(b"HTTP/1.1 503")
            closed += not reply
            selector.unregister(client)
            left -= 1
    print(f"# {served} served, {busy} told to try again, {closed} closed", flush=True)
    check("each is served, told to try again, or closed", left == 0 and served > 100, left)
    for client in clients:
        client.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    check("and the server lives", lives(port))


def streams(port, process):
    """More streams of events than there is room for; and the end of the server."""
    many = [connect(port) for _ in range(30)]
    for client in many:
        client.sendall(get(b"/api/v1/events", b"Accept: text/event-stream\r\n"))
    heads = [client.recv(4096) for client in many]
    taken = sum(h.startswith(b"HTTP/1.1 200 ") for h in heads)
    check("streams are bounded, the rest told to try again", 0 < taken <= 20
          and sum(h.startswith(b"HTTP/1.1 503 ") for h in heads) == len(many) - taken, taken)
    check("others are answered beside them", all(lives(port) for _ in range(20)))
    process.send_signal(signal.SIGTERM)
    check("the end ends streams too", process.wait(timeout=120) == 0)
    for client in many:
        client.close()


def hello():
    """The first message of a client that speaks TLS."""
    context = ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def tls_clients(db, place):
    """Handshakes that do not get on, octets that are no TLS, and TLS that ends without a word."""
    cert, key = place + "/a.crt", place + "/a.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=lacuna",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    os.chmod(key, 0o600)
    trust = ssl.create_default_context(cafile=cert)
    process = subprocess.Popen([LACUNA, "serve", "--db", db, "--port", "0", "--tls-cert", cert,
                                "--tls-key", key], stderr=subprocess.PIPE)
    try:
        port = int(ADDRESS.search(process.stderr.readline())[1])

        def tls():
            return trust.wrap_socket(connect(port), server_hostname="127.0.0.1")

        def served():
            with tls() as client:
                client.sendall(get(b"/health", b"Connection: close\r\n"))
                return everything(client).startswith(b"HTTP/1.1 200 ")

        check("TLS: a request is served", served())
        first = hello()
        stalled = [connect(port) for _ in range(300)]
        for i, client in enumerate(stalled):
            client.sendall(first[:i % len(first)])
        check("TLS: 300 stalled handshakes hold up nobody", served() and served()
              and still_waits(stalled[-1]))
        until = time.monotonic() + 60
        for client in stalled:
            everything(client)
        check("TLS: they are closed after a while", time.monotonic() < until)
        for client in stalled:
            client.close()

        status, _, body = ask(port, get(b"/health"))
        check("TLS: a plain request is told where it went", status == 400
              and b"https://" in body, (status, body))
        for name, sent in (("nothing", b""), ("octets that are no TLS", bytes(range(256)) * 4),
                           ("a hello cut and bent", first[:60] + b"\xff" * (len(first) - 60)),
                           ("a record of 64 KiB", b"\x16\x03\x01\xff\xff" + b"\0" * 65535)):
            got = ask(port, sent)[0]
            check(f"TLS: {name}: no answer", got == 0, got)

        client = tls()
        client.sendall(get(b"/health") * 20 + get(b"/nowhere", b"Connection: close\r\n"))
        check("TLS: requests sent ahead are answered in order",
              re.findall(rb"HTTP/1.1 (\d+)", everything(client)) == [b"200"] * 20 + [b"404"])
        client.close()
        client = tls()
        client.sendall(get(b"/health", b"X: " + b"a" * 20000 + b"\r\n"))
        check("TLS: heads are bounded", everything(client).startswith(b"HTTP/1.1 431 "))
        client.close()
        for _ in range(50):  # gone in the middle of a reply
            client = tls()
            client.sendall(get(b"/api/v1/flows?limit=1000") * 4)
            client.close()
        many = [tls() for _ in range(20)]
        for client in many:
            client.sendall(get(b"/api/v1/events", b"Accept: text/event-stream\r\n"))
        heads = [client.recv(4096) for client in many]
        check("TLS: streams are bounded", [h[9:12] for h in heads].count(b"200") == 16
              and [h[9:12] for h in heads].count(b"503") == 4, heads[-1][:40])
        check("TLS: and the server lives", served())
        process.send_signal(signal.SIGTERM)
        check("TLS: the end ends streams too", process.wait(timeout=120) == 0)
        for client in many:
            client.close()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def main():
    with tempfile.TemporaryDirectory() as place:
        capture, db = place + "/a.pcap", place + "/db"
        subprocess.run([PCAPGEN, "--packets", "50000", "--flows", "2000", "--gap-rate", "0.01",
                        "--output", capture, "--quiet"], check=True)
        subprocess.run([LACUNA, "analyze", capture, "--db", db, "--quiet", "--json"],
                       stdout=subprocess.DEVNULL, check=True)
        process = subprocess.Popen([LACUNA, "serve", "--db", db, "--port", "0"],
                                   stderr=subprocess.PIPE)
        try:
            port = int(ADDRESS.search(process.stderr.readline())[1])
            addresses(port)
            octets(port)
            slow(port)
            crowd(port)
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                peak = int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) // 1024
            print(f"# {peak} MiB at most", flush=True)
            check("memory stays in bounds", peak < 1536, peak)  # a sanitizer alone takes hundreds
            streams(port, process)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
        tls_clients(db, place)
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


main()
