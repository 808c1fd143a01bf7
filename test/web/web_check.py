#!/usr/bin/env python3
"""The page of the REST server in a real browser: figures against the report, keyboard, accessibility,
themes, widths, hostile names, tokens. Screenshots stay in the build folder.

web_check.py LACUNA PCAPGEN PAGE_SOURCES BUILD_FOLDER [PAGE_MODULES]
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

LACUNA, PCAPGEN, SOURCES, BUILD = (os.path.abspath(a) for a in sys.argv[1:5])
MODULES = os.path.abspath(sys.argv[5]) if len(sys.argv) > 5 else None
HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESS = re.compile(r"listening on (http://\S+)")
# Eight minutes of a site's uplink, with a little of every trouble.
TRAFFIC = ("--scenario site --packets 240000 --flows 120 --pps 500 --gap-rate 0.0005 --reorder-rate 0.002 "
           "--rekey-every 4096 --seed 7 --quiet")
# A file's name is whatever somebody called it.
HOSTILE = "x<img src=x onerror=alert(1)>.pcap"
TOKEN = "a-token-of-the-test-of-the-page"
BUDGET = 90 * 1024
FAILED = []


def check(name, good, detail=""):
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    if not good:
        print(f"    {str(detail)[:1500]}")
        FAILED.append(name)


def missing(what):
    """A tool this machine lacks: no verdict, unless it is the machine that must have them all."""
    print(f"{what}: the page is not tested")
    sys.exit(1 if os.environ.get("CI") else 77)


class Server:
    """A lacuna that listens, until the end of a with block."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([LACUNA, *arguments], stderr=subprocess.PIPE, text=True,
                                        stdout=subprocess.DEVNULL)
        line = self.process.stderr.readline()
        found = ADDRESS.search(line)
        if not found:
            self.process.kill()
            raise RuntimeError(f"no address in {line!r}")
        self.url = found[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def ask(self, path, method="GET", **fields):
        request = urllib.request.Request(self.url + path, method=method, headers=fields)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()


def without_page(server):
    """What a program that was built without npm says."""
    text = server.ask("/")[2].decode()
    return text if "built without its page" in text else None


def files(server):
    """How the files of the page come, and what they take."""
    total = 0
    for path, kind in (("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css"),
                       ("/icon.svg", "image/svg+xml"), ("/licenses", "text/plain")):
        status, plain, whole = server.ask(path)
        _, packed, small = server.ask(path, **{"Accept-Encoding": "gzip"})
        total += len(small)
        tag = plain["ETag"]
        again = server.ask(path, **{"If-None-Match": tag})
        head = server.ask(path, method="HEAD")
        policy = plain["Content-Security-Policy"] or ""
        check(f"{path}: plain, compressed, asked for again, HEAD", status == 200
              and plain["Content-Type"].startswith(kind) and packed["Content-Encoding"] == "gzip"
              and plain["Content-Encoding"] is None and gzip.decompress(small) == whole
              and again[0] == 304 and again[2] == b"" and head[0] == 200 and head[2] == b""
              and "default-src 'none'" in policy and "unsafe" not in policy, dict(plain))
    check(f"the page takes {total:,} of {BUDGET:,} octets", 20_000 < total <= BUDGET)
    html = server.ask("/")[2].decode()
    check("no script and no style in the document itself",
          "<script>" not in html and "<style" not in html and " style=" not in html and "onclick" not in html)
    licences = server.ask("/licenses")[2].decode()
    check("the licences of all that is in it", all(word in licences for word in (
        "\npreact\n", "\nuplot\n", "\nlacuna\n", "MIT", "BSD")), licences[:200])


def test_modules():
    """What only the test needs, fetched once for a build folder."""
    folder = os.path.join(BUILD, "modules")
    os.makedirs(folder, exist_ok=True)
    wanted = open(os.path.join(HERE, "package-lock.json"), "rb").read()
    stamp = os.path.join(folder, "stamp")
    if not (os.path.exists(stamp) and open(stamp, "rb").read() == wanted):
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(os.path.join(HERE, name), os.path.join(folder, name))
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
                               "--loglevel=error"], cwd=folder, check=False, timeout=200)
        if done.returncode != 0:
            missing("npm cannot fetch what the test needs")
        with open(stamp, "wb") as file:
            file.write(wanted)
    return os.path.join(folder, "node_modules")


def types(modules):
    """The sources against their types: what is bundled was not checked."""
    config = {"extends": os.path.join(SOURCES, "tsconfig.json"), "include": [os.path.join(SOURCES, "src")],
              "compilerOptions": {"paths": {"*": [os.path.join(MODULES, "*")]}}}
    with open(os.path.join(BUILD, "tsconfig.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    done = subprocess.run(["node", os.path.join(modules, "typescript", "bin", "tsc"), "-p",
                           os.path.join(BUILD, "tsconfig.json")], capture_output=True, text=True, check=False)
    check("types", done.returncode == 0, done.stdout + done.stderr)


def browser():
    found = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
    return found or missing("there is no Chromium")


def main():
    os.makedirs(BUILD, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        capture, db = os.path.join(place, HOSTILE), os.path.join(place, "db")
        subprocess.run([PCAPGEN, *TRAFFIC.split(), "--output", capture], check=True)
        done = subprocess.run([LACUNA, "analyze", capture, "--db", db, "--json", "--gaps", "--quiet"],
                              check=True, capture_output=True)
        report = os.path.join(place, "report.json")
        with open(report, "wb") as file:
            file.write(done.stdout)
        token = os.path.join(place, "token")
        with open(token, "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(TOKEN + "\n")
        with Server("serve", "--db", db, "--port", "0") as stored:
            if without_page(stored):
                missing("this lacuna was built without npm")
            files(stored)
            if not shutil.which("npm") or not shutil.which("node") or MODULES is None:
                missing("there is no npm")
            chromium = browser()
            modules = test_modules()
            types(modules)
            with Server("serve", "--db", db, "--port", "0", "--token-file", token) as guarded, \
                    Server("replay", capture, "--mode", "fixed", "--pps", "500", "--db",
                           os.path.join(place, "live"), "--http", "127.0.0.1:0", "--quiet") as live:
                told = {"chromium": chromium, "root": os.getuid() == 0, "modules": modules,
                        "shots": os.path.join(BUILD, "screenshots"), "report": report, "hostile": HOSTILE,
                        "token": TOKEN, "stored": stored.url, "guarded": guarded.url, "live": live.url}
                done = subprocess.run(["node", os.path.join(HERE, "page.mjs"), json.dumps(told)], check=False,
                                      timeout=240)
                check("the browser's part", done.returncode == 0, f"status {done.returncode}")
    print(f"{len(FAILED)} failed" if FAILED else "all good")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
