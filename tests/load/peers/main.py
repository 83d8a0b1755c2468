"""The same work as Assent's benches, done by peers that anyone can install: the order of a run, its table and its JSON.

    tests/load/peers/run [--seconds N] [--runs N] [--consents N,…] [--relationships N] [--json FILE] [PEER …]

Deliberately not here: Assent itself, which `cargo bench -p assent-tests --bench goals` measures on the same machine.
"""

import argparse
import importlib
import json
import pathlib
import sys
import time

import install
import machine
import measuring
import postgres
import table

PEERS = ("c15t", "fides", "spicedb", "cerbos")


def options():
    said = argparse.ArgumentParser(prog="tests/load/peers/run", description=__doc__.splitlines()[0])
    said.add_argument("peers", nargs="*", metavar="PEER", help=f"of {', '.join(PEERS)}; else all of them")
    said.add_argument("--seconds", type=float, default=5, help="how long one run takes")
    said.add_argument("--runs", type=int, default=3, help="how many runs a figure is the median of")
    said.add_argument("--consents", default="10000,200000", help="at how many consents c15t is measured")
    said.add_argument("--relationships", type=int, default=10_000, help="how many consents SpiceDB has")
    said.add_argument("--people", type=int, default=200, help="how many people fides has, each made by a call")
    said.add_argument("--json", type=pathlib.Path, help="where the rows go, as JSON")
    said.add_argument("--target", type=pathlib.Path, default=install.ROOT / "target", help="where peers are installed")
    read = said.parse_args()
    read.consents = [int(number) for number in read.consents.split(",")]
    unknown = set(read.peers) - set(PEERS)
    if unknown:
        said.error(f"no such peer: {', '.join(sorted(unknown))} (of {', '.join(PEERS)})")
    return read


def measured(peer, options, cluster):
    """The peer's rows; one row that says why when there are none."""
    begun = time.monotonic()
    try:
        rows = importlib.import_module(f"{peer}.peer").measure(options, cluster, options.target)
    except install.Missing as error:
        rows = [measuring.absent(peer, "installing it", str(error))]
    except (measuring.Failed, RuntimeError, OSError) as error:
        rows = [measuring.absent(peer, "running it", f"{type(error).__name__}: {error}")]
    print(f"{peer}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return rows


def main():
    wanted = options()
    wanted.target.joinpath("peers").mkdir(parents=True, exist_ok=True)
    described = machine.described()
    print(described)
    with postgres.Cluster() as cluster:
        durability = cluster.durability()
        print(", ".join(f"{name} {value}" for name, value in durability.items()))
        rows = [row for peer in wanted.peers or PEERS for row in measured(peer, wanted, cluster)]
    print(table.drawn(rows))
    if wanted.json:
        said = {"machine": described, "postgresql": durability, "seconds": wanted.seconds, "rows": rows}
        wanted.json.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return 1 if any("not_measured" in row for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
