"""A Pod's container on this machine: its volumes as folders, its command run by the real binary.

The paths that the Pod mounts at are moved below a temporary folder, in the arguments, in the environment and in the
configuration alike, so that a file that the configuration names and no volume brings is missing here too.
"""

import os
import pathlib
import subprocess
import tempfile

from release import SECRETS

ASSENT = os.environ["ASSENT"]


class Stage:
    """Where the container of a release's Pod runs. Leaves nothing behind."""

    def __init__(self, release, kind="Deployment"):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.release, self.pod = release, release.pods()[kind]
        self.container = release.container(kind)
        self.mounts = {mount["name"]: mount["mountPath"] for mount in self.container["volumeMounts"]}
        for volume in self.pod["volumes"]:
            place = self.root / self.mounts[volume["name"]].lstrip("/")
            place.mkdir(parents=True)
            for name, text in contents(release, volume).items():
                (place / name).write_text(self.moved(text))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def moved(self, text):
        for path in self.mounts.values():
            text = text.replace(path, f"{self.root}{path}")
        # Another service may have the port on this machine.
        return text.replace(":50051", ":0")

    def command(self, arguments):
        return [ASSENT, *(self.moved(argument) for argument in arguments)]

    def environment(self):
        return {entry["name"]: self.moved(entry["value"]) for entry in self.container.get("env", [])}

    def run(self, arguments):
        """Runs the binary to its end, with nothing but the container's environment."""
        return subprocess.run(
            self.command(arguments), env=self.environment(), cwd=self.root, capture_output=True, text=True, timeout=60
        )

    def check(self):
        """Lets the binary judge the configuration, with the container's own arguments but for the last."""
        return self.run([*self.container["args"][:-1], "check-config"])

    def start(self):
        """Starts the container's own command."""
        return subprocess.Popen(
            self.command(self.container["args"]),
            env=self.environment(),
            cwd=self.root,
            stderr=subprocess.PIPE,
            text=True,
        )


def contents(release, volume):
    """The files of a volume."""
    if "configMap" in volume:
        return release.named("ConfigMap", volume["configMap"]["name"])["data"]
    files = {}
    for source in volume.get("projected", {}).get("sources", []):
        for item in source["secret"]["items"]:
            files[item["path"]] = SECRETS[source["secret"]["name"]][item["key"]]
    return files
