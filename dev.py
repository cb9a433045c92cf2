#!/usr/bin/env python3
"""Sets everything up in `.venv`, then runs it. Any Python from 3.6 on can start this file.

    python3 dev.py run [words]     forecast, for example `python3 dev.py run refresh iraq-2026`
    python3 dev.py test [words]    what continuous integration runs: ruff, mypy and pytest (which gets the words)
    python3 dev.py docs            the documentation site, into docs/_site/html (any fault in it fails)
    python3 dev.py pins            the locked packages with their hashes, as `pip install -r` reads them (Python 3.11)

It looks for a Python that the project can use and installs exactly what `uv.lock` names: with uv where that is
there, else with pip. Once that is done it starts at once, and needs no network, until the lock changes.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.13", "3.14", "3.12")  # those for which every locked package has a wheel, the best tried first
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / "python")
READY = VENV / "ready"  # written last: a .venv without it was never finished

BESIDE_THE_PATH = (
    os.environ.get("PYENV_ROOT", "~/.pyenv") + "/versions/{0}.*/bin/python",
    "~/.local/share/uv/python/cpython-{0}.*/bin/python3",
    "/opt/homebrew/bin/python{0}",
    "/usr/local/bin/python{0}",
    "/Library/Frameworks/Python.framework/Versions/{0}/bin/python3",
)
PROBE = """
import sys, sysconfig
usual = sys.implementation.name == "cpython" and sys.maxsize > 2**32 and not sysconfig.get_config_var("Py_GIL_DISABLED")
print(sys._base_executable if usual and "%d.%d" % sys.version_info[:2] in sys.argv[1:] else "")
"""

NO_PYTHON = """dev.py: this needs Python 3.12, 3.13 or 3.14 (64 bit), and none was found. Install one, then try again:
    Debian 13, Ubuntu 24.04 or newer   sudo apt install python3 python3-venv
    macOS                              brew install python@3.13, or the installer from python.org
    Windows                            winget install Python.Python.3.13
    anything else                      uv (docs.astral.sh/uv): with it, this command fetches a Python by itself"""
NO_VENV = "dev.py: Python could not make .venv. On Debian and Ubuntu: sudo apt install python3-venv"
NO_PACKAGES = "dev.py: the packages could not be installed: see the last lines above, and try again"


def main(words):
    """Do what the first word says, with the rest."""
    command, rest = (words or [""])[0], words[1:]
    if command == "run":
        set_up()
        hand_over([str(BIN / "forecast"), *rest])
    elif command == "test":
        set_up()
        sys.exit(test(rest))
    elif command == "docs":
        set_up()
        hand_over([PYTHON, str(ROOT / "docs" / "site" / "build.py"), *rest])
    elif command == "pins":
        print("\n".join(pins()))
    elif command in ("help", "-h", "--help"):
        print(__doc__.strip())
    else:
        say(__doc__.strip())
        sys.exit(2)


def test(words):
    """Run every check, whatever the ones before it said; 0 if all passed."""
    side_by_side = [
        "--numprocesses=auto",
        "--dist=loadfile",
        "--no-loadscope-reorder",
    ]  # `-n 0` among the words: one after another
    checks = {"ruff check": [], "ruff format --check": [], "mypy": [], "pytest": [*side_by_side, *words]}
    commands = {check: [PYTHON, "-m", *check.split(), *more] for check, more in checks.items()}
    failed = [check for check, command in commands.items() if subprocess.call(command, cwd=str(ROOT))]
    if failed:
        say("dev.py: failed: " + ", ".join(failed))
    return 1 if failed else 0


# ------------------------------------------------------------------------------------------------ setting up


def set_up():
    """Make `.venv` what `uv.lock` says, unless it is."""
    wanted, made = fingerprint(), READY.read_text() if READY.is_file() and works(PYTHON) else None
    if made == wanted:
        return
    say("dev.py: setting up .venv (the first time this takes some minutes and a gigabyte) ...")
    if made:
        READY.unlink()
    else:
        shutil.rmtree(str(VENV), ignore_errors=True)
    python = find_python()
    if not (works("uv") and install_with_uv(python)):
        install_with_pip(python)
    READY.write_text(wanted)


def fingerprint():
    """What `.venv` is made from; its place too, since the scripts and links inside it name that."""
    inputs = [str(ROOT).encode(), (ROOT / "uv.lock").read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()


def install_with_uv(python):
    """Install with uv, which fetches a Python where there is none; whether it could."""
    os.environ["UV_PROJECT_ENVIRONMENT"] = str(VENV)
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")  # trust whom the machine trusts, as pip does
    locked = ["--frozen", "--extra", "dev", "--no-install-project", "--no-build", "--python", python or VERSIONS[0]]
    project = ["--no-deps", "--no-build-isolation", "--python", PYTHON, "--editable", str(ROOT)]
    return did("uv", "sync", *locked) and did("uv", "pip", "install", *project)


def install_with_pip(python):
    """Install with the pip that comes with Python."""
    if not python:
        sys.exit(NO_PYTHON)
    if not works(PYTHON, "-m", "pip") and not did(python, "-m", "venv", "--clear", str(VENV)):
        sys.exit(NO_VENV)
    requirements = VENV / "requirements.txt"
    requirements.write_bytes(subprocess.check_output([python, str(ROOT / "dev.py"), "pins"]))
    locked = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(requirements)]
    project = ["--no-build-isolation", "--editable", str(ROOT)]
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    if not (did(*pip, *locked) and did(*pip, *project)):
        sys.exit(NO_PACKAGES)


def find_python():
    """The first Python that will do, or None."""
    return next(filter(None, map(suitable, candidates())), None)


def candidates():
    """Every Python that may be on this machine, as the words that start it."""
    yield [sys.executable]
    for version in VERSIONS:
        yield ["python" + version]
        yield ["py", "-" + version]
        for pattern in BESIDE_THE_PATH:
            for path in sorted(glob.glob(os.path.expanduser(pattern.format(version)))):
                yield [path]


def suitable(start):
    """The Python behind these words if the project can use it, else nothing: a shim may refuse, a name may lie."""
    command = [*start, "-c", PROBE, *VERSIONS]
    try:
        return subprocess.check_output(command, stderr=subprocess.DEVNULL, universal_newlines=True).strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def pins():
    """Every package that the project and its tests need, in its locked version, by name."""
    import tomllib  # in Python since 3.11: an older one never comes here on its own

    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = {package["name"]: package for package in lock["package"]}
    needed, markers = [("possibilities", ""), ("possibilities", "dev")], {}
    for name, extra in needed:  # grows as it is walked
        package = packages[name]
        for edge in package["optional-dependencies"][extra] if extra else package.get("dependencies", []):
            markers.setdefault(edge["name"], set()).add(edge.get("marker", ""))
            parts = [(edge["name"], part) for part in ["", *edge.get("extra", [])]]
            needed += [part for part in parts if part not in needed]
    for name, conditions in sorted(markers.items()):
        where = "" if "" in conditions else " ; " + " or ".join(sorted(conditions))
        hashes = [" --hash=" + wheel["hash"] for wheel in packages[name]["wheels"]]
        yield name + "==" + packages[name]["version"] + where + "".join(hashes)


# ------------------------------------------------------------------------------------------------ commands


def works(*program):
    """Whether it can be started: a pyenv shim is on the PATH even where its program is not."""
    try:
        return not subprocess.call([*program, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False


def did(*command):
    """Whether a step of the set-up went well. It speaks on stderr only: stdout belongs to what runs after it."""
    return not subprocess.call(command, cwd=str(ROOT), stdout=sys.stderr)


def hand_over(command):
    """Become another program; Windows cannot, so there it is waited for."""
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def say(message):
    """Speak to the person at the terminal."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
