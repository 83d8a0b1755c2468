"""A PostgreSQL cluster of this run's own, with the settings of the tests' clusters and every durable one left on.

It lies in a new temporary folder, is reached by its Unix socket (by those who cannot, on a port of the loopback that was
free), and is gone with the run, folder included. Run by root it is owned by the user `postgres`, since the server refuses
to run as root.
"""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

OLDEST = 15
OWNER = "peers"
SHOWN = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "server_version")


def programs():
    """The folder of `initdb` and `postgres`: Debian's newest, else the first in the PATH; None: there is none."""
    debian = pathlib.Path("/usr/lib/postgresql")
    versions = [int(entry.name) for entry in debian.iterdir() if entry.name.isdigit()] if debian.is_dir() else []
    for version in sorted(versions, reverse=True):
        folder = debian / str(version) / "bin"
        if version >= OLDEST and (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    return pathlib.Path(found).parent if found else None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Cluster:
    """A running cluster; leaving the `with` stops it."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="peers-pg-"))
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user, pwd.getpwnam(self.user).pw_gid)
        data, self.port = self.folder / "data", free_port()
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        with open(data / "postgresql.conf", "a") as file:
            file.write(
                f"listen_addresses = '127.0.0.1'\nport = {self.port}\n"
                f"unix_socket_directories = '{self.folder}'\n"
                "max_connections = 300\nshared_buffers = 256MB\nwal_compression = lz4\n"
                "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\ntimezone = UTC\n"
                # SpiceDB's Watch asks for it; harmless to the others.
                "track_commit_timestamp = on\n"
            )
        self.log = open(self.folder / "log", "wb")
        self.server = subprocess.Popen(
            [programs() / "postgres", "-D", data], stdout=self.log, stderr=subprocess.STDOUT, user=self.user, cwd=self.folder
        )
        for _ in range(3_000):
            if subprocess.run([programs() / "pg_isready", "-q", "-h", self.folder, "-p", str(self.port)]).returncode == 0:
                return self
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL is not ready after a minute:\n{(self.folder / 'log').read_text()}")

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGINT)
        self.server.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def process(self):
        return self.server.pid

    def _run(self, program, *words):
        told = subprocess.run([programs() / program, *words], capture_output=True, text=True, user=self.user, cwd=self.folder)
        if told.returncode != 0:
            raise RuntimeError(f"{program}: {told.stderr}")
        return told.stdout

    def sql(self, database, text):
        """Runs SQL; the answer's rows as plain text."""
        words = [programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        words += ["-h", self.folder, "-p", str(self.port), "-U", OWNER, "-d", database]
        told = subprocess.run(words, input=text, capture_output=True, text=True)
        if told.returncode != 0:
            raise RuntimeError(f"psql: {told.stderr}")
        return told.stdout.strip()

    def fresh(self, database):
        """An empty database of this name."""
        self.sql("postgres", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE);\nCREATE DATABASE "{database}";')

    def tcp(self, database):
        """For a client that takes no folder for a host."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def url(self, database):
        return f"postgresql://{OWNER}@localhost:{self.port}/{database}?host={self.folder}"

    def durability(self):
        """The settings that decide what a commit is worth."""
        return {name: self.sql("postgres", f"SHOW {name};") for name in SHOWN}
