"""Puts each peer into `target/peers/NAME`, at the versions that stand beside its files, from the public registries alone.

What is there already at these versions is left as it is. PostgreSQL comes from Debian, as `tests/run` installs it.
"""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SHARED = ("caller.mjs", "asking.mjs")


class Missing(Exception):
    """A peer that could not be installed, and what was tried."""


def folder(name, target):
    return target / "peers" / name


def run(*words, cwd=None):
    words = [str(word) for word in words]
    told = subprocess.run(words, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if told.returncode != 0:
        raise Missing(f"`{' '.join(shown(words))}`: {' '.join((told.stderr or told.stdout).split())[-400:]}")
    return told.stdout


def shown(words):
    """A command without the places of this machine."""
    return [word.replace(f"{ROOT}/", "") for word in map(str, words)]


def up_to_date(place, stamp):
    mark = place / "installed"
    return mark.is_file() and mark.read_text() == stamp


def npm(name, target):
    """`npm install` of the versions in the peer's package.json; its commands, and the versions that came."""
    place, source = folder(name, target), HERE / name
    stamp = hashlib.sha256((source / "package.json").read_bytes()).hexdigest()
    words = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", place]
    if not up_to_date(place, stamp):
        if shutil.which("npm") is None:
            raise Missing("npm is not installed (Node.js 20 or newer brings it)")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copy(source / "package.json", place)
        run(*words)
        (place / "installed").write_text(stamp)
    wanted = json.loads((source / "package.json").read_text())["dependencies"]
    # A package may be found from the files beside it only, so they go there; always the newest.
    for file in [*source.glob("*.mjs"), *(HERE / shared for shared in SHARED)]:
        shutil.copy(file, place)
    return [" ".join(shown(words))], {package: npm_version(place, package) for package in wanted}


def npm_version(place, package):
    return json.loads((place / "node_modules" / package / "package.json").read_text())["version"]


def pip(name, target, requirements="requirements.txt", told=()):
    """An environment of Python's own with the peer's list of packages, whole: nothing is left for pip to resolve.

    `told` names the packages whose versions are told.
    """
    place, listed = folder(name, target) / "python", HERE / name / requirements
    stamp = hashlib.sha256(listed.read_bytes()).hexdigest()
    words = [place / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", listed]
    if not up_to_date(place, stamp):
        shutil.rmtree(place, ignore_errors=True)
        run("python3", "-m", "venv", place)
        run(*words)
        (place / "installed").write_text(stamp)
    versions = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", listed.read_text(), re.MULTILINE))
    commands = [" ".join(shown(["python3", "-m", "venv", place])), " ".join(shown(words))]
    return commands, {package: versions[package] for package in told}
