"""Writes the scenario files given as a C++ source: embed.py OUTPUT FILE.toml..."""

import pathlib
import sys

output, *files = sys.argv[1:]
with open(output, "w", encoding="utf-8") as out:
    out.write('#include "pcapgen/options/scenario.hpp"\n\nnamespace lacuna::pcapgen {\nnamespace {\n')
    out.write("constexpr Scenario kScenarios[] = {\n")
    for file in sorted(map(pathlib.Path, files), key=lambda p: p.stem):
        text = file.read_text(encoding="utf-8")
        assert ')toml"' not in text
        out.write(f'    {{"{file.stem}", R"toml({text})toml"}},\n')
    out.write("};\n} // namespace\n\n")
    out.write("std::span<const Scenario> builtin_scenarios() {\n    return kScenarios;\n}\n\n")
    out.write("} // namespace lacuna::pcapgen\n")
