"""What the machine spent, on whom: from the proc file system, as the benches count it.

CPU is counted in hundredths of a second; a tree of processes is counted with all its living descendants and with those
that it waited for, so that neither a server with a process for each connection nor a launcher hides its work.
"""

import os
import time

TICK = 1.0 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(process):
    """(parent, seconds of its own, seconds of those it waited for), or None when it is gone."""
    try:
        with open(f"/proc/{process}/stat") as file:
            text = file.read()
    except OSError:
        return None
    # Behind the name, which may hold anything.
    fields = text.rsplit(")", 1)[1].split()
    return int(fields[1]), (int(fields[11]) + int(fields[12])) * TICK, (int(fields[13]) + int(fields[14])) * TICK


def tree(root):
    """The process and all its descendants that live."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := _stat(name)):
            parents.setdefault(stat[0], []).append(int(name))
    found, left = [], [root]
    while left:
        process = left.pop()
        found.append(process)
        left.extend(parents.get(process, []))
    return found


def spent_by(root):
    """Seconds of CPU of a tree of processes so far; none where there is no process."""
    if root is None:
        return 0.0
    stats = [_stat(process) for process in tree(root)]
    return sum(own + waited for _, own, waited in filter(None, stats))


def resident_mb(root):
    """Memory of a tree of processes: what each holds alone, and its part of what it shares (Pss)."""
    if root is None:
        return None
    kilobytes = 0
    for process in tree(root):
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                kilobytes += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            continue
    return round(kilobytes / 1024, 1)


class Machine:
    """The whole machine at an instant."""

    def __init__(self):
        self.at = time.monotonic()
        with open("/proc/stat") as file:
            ticks = [int(ticks) * TICK for ticks in file.readline().split()[1:]]
        # user, nice, system, irq and softirq; then what the hypervisor gave to others.
        self.busy = sum(ticks[place] for place in (0, 1, 2, 5, 6))
        self.stolen = ticks[7]

    def noise_since(self, before, ours):
        """The shares of all cores, in per cent, that others and the hypervisor took since then."""
        room = max((self.at - before.at) * os.cpu_count(), TICK)
        others = max(self.busy - before.busy - ours, 0.0)
        return {"others": round(100 * others / room, 1), "stolen": round(100 * (self.stolen - before.stolen) / room, 1)}


def described():
    """The machine in a line."""
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load} at the start"
