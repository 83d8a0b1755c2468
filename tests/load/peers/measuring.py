"""A peer's processes, and the runs of one work on them: how fast, on whose CPU, and what others took of the machine meanwhile."""

import json
import os
import select
import statistics
import subprocess
import time

import machine

READY_SECONDS = 300


class Failed(Exception):
    """A peer that was installed and did not do its work, in its own words."""


class Process:
    """A program that says `ready …` when it takes orders, or one that `talks` no protocol of ours and is heard in its log
    alone; leaving the `with` ends it."""

    def __init__(self, words, cwd, log, env=None, talks=True):
        self.words = [str(word) for word in words]
        self.log = log
        self.begun = time.monotonic()
        self.ready_s = None
        with open(log, "wb") as heard:
            self.process = subprocess.Popen(
                self.words, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                # A pipe that nobody reads would hold up whoever writes its log there.
                stdout=subprocess.PIPE if talks else heard, stderr=heard, text=True,
            )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def id(self):
        return self.process.pid

    def wait_ready(self):
        """What stands behind `ready` on its line."""
        said = self.line(READY_SECONDS)
        if not said.startswith("ready"):
            raise Failed(f"{self.words[0]} did not start: {said or self.complaint()}")
        self.ready_s = round(time.monotonic() - self.begun, 2)
        return said.split()[1:]

    def wait_answering(self, answers):
        """For a server that says nothing: until `answers()` does not raise."""
        while True:
            if self.process.poll() is not None or time.monotonic() - self.begun > READY_SECONDS:
                raise Failed(f"{self.words[0]} did not start: {self.complaint()}")
            try:
                answers()
            except OSError:
                time.sleep(0.05)
                continue
            self.ready_s = round(time.monotonic() - self.begun, 2)
            return

    def line(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise Failed(f"{self.words[0]} said nothing for {seconds:.0f} s")
        return self.process.stdout.readline().strip()

    def complaint(self):
        with open(self.log, errors="replace") as file:
            return " ".join(file.read().split())[-300:]

    def order(self, order):
        """Sends an order to a caller and returns what it answers."""
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.line(order["seconds"] + READY_SECONDS)
        if not answer:
            raise Failed(f"the callers ended: {self.complaint()}")
        return json.loads(answer)


class Parties:
    """Who spends: the callers, the service (None: it is in the callers' process), and the database (None: there is none)."""

    def __init__(self, callers, service=None, database=None):
        self.callers, self.service, self.database = callers, service, database

    def spent(self):
        ids = {"client": self.callers.id, "service": self.service, "database": self.database}
        return {name: machine.spent_by(process) for name, process in ids.items() if process is not None}

    def once(self, order):
        """One run."""
        before, spent = machine.Machine(), self.spent()
        answer = self.callers.order(order)
        after, used = machine.Machine(), self.spent()
        used = {name: used[name] - spent[name] for name in used}
        if not answer["items"]:
            raise Failed(f"nothing was done in {answer['seconds']:.0f} s: {answer['first_error']}")
        return {
            **answer,
            "rate_per_s": answer["items"] / answer["seconds"],
            "cpu_us": {name: 1e6 * seconds / answer["items"] for name, seconds in used.items()},
            **after.noise_since(before, sum(used.values())),
        }

    def runs(self, order, count):
        """So many runs after one short one that warms up and counts for nothing."""
        if order["seconds"]:
            self.callers.order({**order, "seconds": 1})
        return [self.once(order) for _ in range(count)]


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median_low(values) if values else None


def rounded(value, digits=1):
    return None if value is None else round(value, digits)


def row(peer, work, goal, runs, **more):
    """What a work's runs came to, in the form in which it is written down."""
    names = sorted({name for run in runs for name in run["cpu_us"]})
    cpu = {name: rounded(median(run["cpu_us"].get(name) for run in runs)) for name in names}
    of = lambda name: median(run[name] for run in runs)  # noqa: E731
    return {
        "peer": peer,
        "work": work,
        "goal": goal,
        "rate_per_s": rounded(of("rate_per_s")),
        "p50_ms": rounded(of("p50_ms"), 2),
        "p99_ms": rounded(of("p99_ms"), 2),
        "cpu_us": {name: cpu.get(name) for name in ("client", "service", "database")},
        "others_percent": rounded(of("others")),
        "stolen_percent": rounded(of("stolen")),
        "failed": sum(run["failed"] for run in runs),
        "runs": [{name: rounded(value, 2) if isinstance(value, float) else value for name, value in run.items()} for run in runs],
        **more,
    }


def absent(peer, work, why, **more):
    """A row without a figure, and why there is none."""
    return {"peer": peer, "work": work, "goal": None, "rate_per_s": None, "not_measured": why, **more}
