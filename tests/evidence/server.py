"""A real PostgreSQL, from the system's packages: made in a folder of its own, started, killed and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PASSWORD = "s3cret-and-l0ng"  # noqa: S105
USER = "forecaster"


def program(name: str) -> str | None:
    """A program of PostgreSQL: Debian keeps those of the server off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(found[0]) if found else shutil.which(name)


def is_installed() -> bool:
    return os.name == "posix" and program("initdb") is not None and program("postgres") is not None


class Server:
    """A server on a free port of this machine; it refuses to run as root, so root lends it to somebody else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        secret = folder / "password"
        secret.write_text(PASSWORD)
        self.data.mkdir()
        self._lend(secret, self.data)
        wanted = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}", "--encoding=UTF8", "--no-sync"]
        self._run([str(program("initdb")), "-D", str(self.data), *wanted])

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        command = [str(program("postgres")), "-D", str(self.data), "-p", str(self.port), *settings]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._as_somebody())
        for _ in range(600):
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text())

    def kill(self) -> None:
        """End it as a power cut does: at once, and every process of it."""
        assert self._process is not None
        mother = self._process.pid
        children = Path(f"/proc/{mother}/task/{mother}/children").read_text().split()
        for pid in [mother, *map(int, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._as_somebody())

    def _lend(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            owner = self._somebody()
            for path in [self.folder, *paths]:
                os.chown(path, owner.pw_uid, owner.pw_gid)
            for parent in self.folder.parents:  # pytest closes its folders to others
                if str(parent).startswith("/tmp/"):  # noqa: S108
                    parent.chmod(parent.stat().st_mode | 0o011)

    @staticmethod
    def _somebody() -> pwd.struct_passwd:
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")

    def _as_somebody(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        owner = self._somebody()
        return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
