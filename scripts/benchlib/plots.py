"""Plots of the tables, as SVG, where matplotlib is installed."""

import os

from . import programs


def _axes(title, x, y):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "lacuna"
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    axes.set(title=title, xlabel=x, ylabel=y, xscale="log", yscale="log")
    axes.grid(True, which="major", alpha=0.3)
    return figure, axes


def _save(figure, axes, path):
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    from matplotlib import pyplot
    pyplot.close(figure)


def _throughput(rows, path):
    figure, axes = _axes("Throughput by size of the capture", "packets", "packets/s")
    for program in ("analyze", "replay"):
        points = [(r["packets"], r["packets_per_s"]) for r in rows if r["program"] == program]
        axes.plot(*zip(*points), marker="o", label=program)
    old = sorted({(r["packets"], r["predecessor"]) for r in rows if r["predecessor"]})
    axes.plot(*zip(*old), marker="s", linestyle="--", color="gray", label="predecessor, published")
    _save(figure, axes, path)


def _flows(rows, path):
    figure, axes = _axes("analyze on one core by number of SAs", "secure associations", "ns/packet")
    for key, label in (("analyze_ns", "analyze"), ("bare_ns", "bare loop")):
        axes.plot([r["flows"] for r in rows], [r[key] for r in rows], marker="o", label=label)
    _save(figure, axes, path)


def _designs(rows, path):
    figure, axes = _axes("Designs of the table", "secure associations", "ns/packet")
    for design in dict.fromkeys(r["design"] for r in rows):
        points = [(r["sas"], r["median_ns"]) for r in rows if r["design"] == design]
        axes.plot(*zip(*points), marker="o", label=design)
    _save(figure, axes, path)


PLOTS = {"throughput": _throughput, "flows": _flows, "designs": _designs}


def draw(tables, directory):
    """Writes NAME.svg for each of `tables` (name: rows) that has a plot."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        programs.say("no plots: python3-matplotlib is not installed (scripts/setup bench)")
        return
    for name, plot in PLOTS.items():
        if tables.get(name):
            plot(tables[name], os.path.join(directory, name + ".svg"))
