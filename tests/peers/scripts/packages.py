"""Fetches what peers carry and no environment installs: texts of packages, below `target/peers`."""

import glob
import json
import os
import subprocess
import sys
import tarfile
import zipfile

FOLDER = os.path.join(os.path.dirname(os.path.dirname(sys.executable)), "texts")


def python_package(name, version):
    """The files of a package of PyPI without what it requires, or None."""
    folder = os.path.join(FOLDER, f"{name}-{version}")
    if not os.path.isdir(folder):
        cache = folder + ".download"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", cache, f"{name}=={version}"]
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            return None
        for path in glob.glob(os.path.join(cache, "*")):
            opened = zipfile.ZipFile(path) if path.endswith(".whl") else tarfile.open(path)
            with opened as archive:
                archive.extractall(folder + ".new")
        os.rename(folder + ".new", folder)
    return folder


def crate(name, version):
    """The files of a crate, or None."""
    folder = os.path.join(FOLDER, "crates", f"{name}-{version}")
    os.makedirs(os.path.join(folder, "src"), exist_ok=True)
    with open(os.path.join(folder, "Cargo.toml"), "w") as manifest:
        manifest.write(f'[package]\nname = "peer"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n\n')
        manifest.write(f'[dependencies]\n{name} = {{ version = "={version}", default-features = false }}\n')
    open(os.path.join(folder, "src/lib.rs"), "a").close()
    command = ["cargo", "metadata", "--format-version", "1"]
    locked = os.path.exists(os.path.join(folder, "Cargo.lock"))
    command += ["--offline"] if locked else []
    told = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if told.returncode:
        return None
    packages = json.loads(told.stdout)["packages"]
    found = [package["manifest_path"] for package in packages if package["name"] == name]
    return os.path.dirname(found[0]) if found else None
