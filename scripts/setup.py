"""Set a fresh machine up: virtual environment, locked packages, system libraries, fonts.

Standard library only. Every step is remembered by the checksum of what it depends on, so a
second run costs a few milliseconds. Run by `make setup`; every other target calls it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / ".cache" / "setup"
UV = "uv==0.13.9"

#: Libraries that WeasyPrint opens: package -> the file name it is found by.
LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}


def say(text):
    print(text, flush=True)


def fail(text):
    sys.exit("\n[setup] 无法继续 / cannot go on: " + text)


def checksum(*parts):
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def once(name, key, present, act):
    """Do a step unless it was done for the same key and its result still stands."""
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == key and present():
        return
    say("[setup] " + name + " …")
    began = time.monotonic()
    act()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    say("[setup] {} ✓ {:.0f} s".format(name, time.monotonic() - began))


def run(*command, **options):
    if subprocess.call([str(c) for c in command], cwd=str(ROOT), **options):
        fail("this command failed: " + " ".join(str(c) for c in command))


def python():
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_venv():
    try:
        import ensurepip  # noqa: F401 - Debian ships it in a package of its own
    except ImportError:
        install(["python3-venv"])
    shutil.rmtree(str(VENV), ignore_errors=True)
    run(sys.executable, "-m", "venv", VENV)
    run(python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)


def install_packages():
    say("[setup]   packages pinned in requirements.lock")
    run(
        python(),
        "-m",
        "uv",
        "pip",
        "sync",
        "--compile-bytecode",
        "--require-hashes",
        "requirements.lock",
    )
    run(
        python(), "-m", "uv", "pip", "install", "--quiet",
        "--no-deps", "--no-build-isolation", "--editable", ".",
    )  # fmt: skip


def missing_libraries():
    import ctypes

    def opens(name):
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return [package for package, name in LIBRARIES.items() if not opens(name)]


def install(packages):
    """Install Debian packages where that is allowed, else say exactly what to install."""
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    by_hand = (
        "please install: "
        + " ".join(packages)
        + "  (sudo apt-get install "
        + " ".join(packages)
        + ")"
    )
    if not shutil.which("apt-get"):
        fail("these system libraries are missing, " + by_hand)
    prefix = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or subprocess.call(
            ["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ):
            fail("these Debian packages are missing and this user may not install them, " + by_hand)
        prefix = ["sudo", "-n"]
    quiet = {"stdout": subprocess.DEVNULL}
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    say("[setup]   apt-get install " + " ".join(packages))
    if subprocess.call(prefix + command, env=environment, **quiet):
        subprocess.call([*prefix, "apt-get", "update"], env=environment, **quiet)
        if subprocess.call(prefix + command, env=environment, **quiet):
            fail("apt-get could not install them, " + by_hand)


def install_libraries():
    packages = missing_libraries()
    if packages:
        install(packages)
    still = missing_libraries()
    if still:
        fail("these libraries can't be opened after installing: " + " ".join(still))


def build_fonts():
    say("[setup]   fonts are built once from Debian's packages; this takes a few minutes")
    run(
        python(),
        "-m",
        "workflow_server.rendering.fonts",
        "build",
        "--out",
        ROOT / ".cache" / "fonts",
    )


def main():
    if sys.version_info < (3, 11):
        fail("Python 3.11 or newer is needed, this is " + sys.version.split()[0])
    lock, project = ROOT / "requirements.lock", ROOT / "pyproject.toml"
    once("environment", checksum(sys.version, UV), python().exists, make_venv)
    venv_key = checksum(sys.version, UV, lock, project, str(ROOT))
    once("packages", venv_key, (VENV / "bin" / "pytest").exists, install_packages)
    once(
        "libraries", checksum(sorted(LIBRARIES)), lambda: not missing_libraries(), install_libraries
    )
    recipe = sorted((ROOT / "workflow_server" / "rendering").glob("**/font*"))
    files = [path for path in recipe if path.is_file()]
    for folder in recipe:
        if folder.is_dir():
            files += [
                path
                for path in sorted(folder.glob("**/*"))
                if path.suffix in (".py", ".json", ".txt")
            ]
    fonts = ROOT / ".cache" / "fonts"
    once("fonts", checksum(*files), lambda: any(fonts.glob("**/*.ttf")), build_fonts)


if __name__ == "__main__":
    main()
