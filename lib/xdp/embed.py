"""Writes BPF objects as a C++ source: embed.py OUTPUT FUNCTION=FILE..."""

import pathlib
import sys

output, *objects = sys.argv[1:]
with open(output, "w", encoding="utf-8") as out:
    out.write('#include "xdp/embedded.hpp"\n\nnamespace lacuna::xdp {\n')
    for function, file in (o.split("=", 1) for o in objects):
        octets = ",".join(map(str, pathlib.Path(file).read_bytes()))
        out.write(f"namespace {{\nalignas(8) constexpr unsigned char k_{function}[] = {{{octets}}};\n}}\n")
        out.write(f"std::span<const std::byte> {function}() {{\n    return std::as_bytes(std::span(k_{function}));\n}}\n")
    out.write("} // namespace lacuna::xdp\n")
