"""The parts of the suite, in the order they run. A part is a module with ABOUT, one line, and
measure(suite), which gives its tables."""

from . import (designs, goals, instructions, layouts, line_rate, stages, storing, sweep, threads,
               throughput)

PARTS = {
    "goals": goals,
    "throughput": throughput,
    "sweep": sweep,
    "threads": threads,
    "layouts": layouts,
    "storing": storing,
    "line-rate": line_rate,
    "stages": stages,
    "instructions": instructions,
    "designs": designs,
}
