#!/usr/bin/env python3
"""Builds the page and writes it as one C++ file: every file of it compressed, with its entity tag.

build.py --output PAGE.cpp --licence LICENSE [--npm NPM --node NODE] [--required]

Without npm, or where npm cannot fetch the packages and --required is not given, what is written is a page
that says how to get the page; the next build then tries again.
"""

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUDGET = 90 * 1024
HTML, SCRIPT, STYLE = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"
# Packages whose code goes into the bundle; the others only build it.
EMBEDDED = ("preact", "uplot")


def fetch_packages(npm, folder):
    """node_modules beside the output, exactly as the lock file says. Scripts of packages do not run."""
    names = ("package.json", "package-lock.json")
    wanted = b"".join(open(os.path.join(HERE, name), "rb").read() for name in names)
    stamp = os.path.join(folder, "packages.stamp")
    if os.path.exists(stamp) and open(stamp, "rb").read() == wanted:
        return
    for name in names:
        shutil.copyfile(os.path.join(HERE, name), os.path.join(folder, name))
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
                    "--loglevel=error"], cwd=folder, check=True, timeout=300, stdout=subprocess.DEVNULL)
    with open(stamp, "wb") as file:
        file.write(wanted)


def bundle(node, folder):
    modules = os.path.join(folder, "node_modules")
    out = os.path.join(folder, "page")
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run(
        [node, os.path.join(modules, "esbuild", "bin", "esbuild"), os.path.join(HERE, "src", "main.tsx"),
         "--bundle", "--minify", "--target=es2020", "--format=esm", "--jsx=automatic",
         "--jsx-import-source=preact", "--legal-comments=none", "--log-level=warning",
         f"--outfile={out}/page.js"],
        check=True, timeout=120, env=dict(os.environ, NODE_PATH=modules))
    read = lambda *path: open(os.path.join(*path), "rb").read()
    return [("/", HTML, read(HERE, "src", "index.html")),
            ("/page.js", SCRIPT, read(out, "page.js")),
            ("/page.css", STYLE, read(out, "page.css")),
            ("/icon.svg", "image/svg+xml", read(HERE, "src", "icon.svg"))]


def licences(own, folder):
    """The text every licence of what is in the bundle asks to be kept with it."""
    parts = [("lacuna", own)]
    for name in EMBEDDED:
        at = os.path.join(folder, "node_modules", name)
        file = next(f for f in sorted(os.listdir(at)) if f.lower().startswith("licen"))
        parts.append((name, os.path.join(at, file)))
    text = "Software in this page, and the licences it comes under.\n"
    for name, file in parts:
        with open(file, encoding="utf-8") as licence:
            text += f"\n\n{name}\n{'=' * len(name)}\n\n{licence.read().strip()}\n"
    return text.encode()


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_cpp(output, files):
    arrays, rows, size = [], [], 0
    for n, (path, kind, content) in enumerate(files):
        packed = gzip.compress(content, 9, mtime=0)
        size += len(packed)
        tag = '"' + hashlib.sha256(packed).hexdigest()[:32] + '"'
        octets = ",".join(str(octet) for octet in packed)
        arrays.append(f"constexpr std::uint8_t k{n}[] = {{{octets}}};")
        rows.append(f"    {{{c_text(path)}, {c_text(kind)}, {c_text(tag)}, k{n}}},")
        print(f"{path:12} {len(content):7,} octets, {len(packed):6,} compressed")
    if size > BUDGET:
        sys.exit(f"the page takes {size:,} octets, more than {BUDGET:,}")
    print(f"page         {size:,} octets compressed of {BUDGET:,}")
    lines = ["// Written by app/web/build.py.", '#include "session/page.hpp"', "", "namespace {", *arrays,
             "constexpr lacuna::api::PageFile kPage[] = {", *rows, "};", "}", "",
             "std::span<const lacuna::api::PageFile> lacuna::app::page() {", "    return kPage;", "}", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def main():
    parser = argparse.ArgumentParser()
    for name in ("output", "licence", "npm", "node"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--required", action="store_true")
    given = parser.parse_args()
    # Where npm keeps the packages, and what esbuild makes of the sources.
    folder = os.path.join(os.path.dirname(os.path.abspath(given.output)), "web")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, "without.html"), "rb") as file:
        files = [("/", HTML, file.read())]
    late = False
    if given.npm:
        try:
            fetch_packages(given.npm, folder)
        except (OSError, subprocess.SubprocessError) as error:
            if given.required:
                sys.exit(f"npm could not fetch the packages of the page: {error}")
            print(f"warning: built without the page, npm could not fetch its packages: {error}",
                  file=sys.stderr)
            late = True
        else:
            files = bundle(given.node, folder)
            files.append(("/licenses", "text/plain; charset=utf-8", licences(given.licence, folder)))
    write_cpp(given.output, files)
    if late:
        os.utime(given.output, (1, 1))  # older than its sources: the next build tries again


if __name__ == "__main__":
    main()
