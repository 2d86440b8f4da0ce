"""Stand-ins for the base images, from Debian's packages, and our own image on them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from migrations_portal.supervisor.state import CHECKOUT
from tests.containers.compose import Compose
from tests.containers.engine import Engine, Failed, remove_folder, run

HERE = Path(__file__).parent
PROGRAMS = (
    "python3", "python3-venv", "ca-certificates", "postgresql", "redis-server",
    "nginx-light", "curl",
)  # fmt: skip
BASE = "localhost/rehearsal-base"
# How this machine reaches Python's packages.
REACHES = ("PIP_", "SSL_", "REQUESTS_")
STAND_INS = {
    "python": 'CMD ["python3"]\n',
    "postgres": (
        "RUN usermod --uid 999 --home /var/lib/postgresql postgres"
        " && rm -rf /var/lib/postgresql && mkdir -m 1777 /var/lib/postgresql"
        " && chown postgres /var/lib/postgresql"
        " && install --directory --owner=postgres --mode=3777 /run/postgresql\n"
        "COPY --chmod=755 postgres.sh /entry.sh\n"
        "STOPSIGNAL SIGINT\n"
        'ENTRYPOINT ["/entry.sh"]\n'
    ),
    "redis": "RUN mkdir -p /data && chown redis /data\n",
    "nginx": "STOPSIGNAL SIGQUIT\n",
}
"""What makes Debian's package look like the official image, by its name."""


def make_base(engine: Engine) -> None:
    """A Debian with all programs, of the release that this machine runs."""
    if engine.ends_well("image", "exists", BASE):
        return
    root = engine.folder / "root"
    remove_folder(root)
    options = ("--variant=minbase", f"--include={','.join(PROGRAMS)}")
    run("debootstrap", *options, codename(), root)
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    for path in reaching_files():
        target = root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        # What is copied through a link of the new root could land on this machine.
        target.unlink(missing_ok=True)
        shutil.copyfile(path, target)
    _import(engine, root)
    remove_folder(root)


def _import(engine: Engine, root: Path) -> None:
    pack = [shutil.which("tar") or "tar", "--directory", str(root), "--create", "."]
    load = [shutil.which("podman") or "podman", "import", "--quiet", "-", BASE]
    env = {**os.environ, **engine.env}
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as tar:
        done = subprocess.run(
            load, stdin=tar.stdout, env=env, capture_output=True, check=False
        )
    if tar.returncode or done.returncode:
        raise Failed(f"podman import: {done.stderr.decode()}")


def codename() -> str:
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"]


def reaching() -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k.startswith(REACHES)}
    return {k: v for k, v in inherited.items() if not Path(v).is_dir()}


def reaching_files() -> Iterator[Path]:
    """The configuration of pip and the certificates that the variables name."""
    named = [Path(value) for value in reaching().values() if value.startswith("/")]
    homes = (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf")
    yield from {path for path in (*homes, *named) if path.is_file()}


def make_stand_ins(engine: Engine, compose: Compose) -> list[str]:
    """One for each base image that our two files name, under its own name."""
    names = [base_of_ours(), *compose.foreign_images()]
    folder = engine.folder / "stand-ins"
    folder.mkdir(exist_ok=True)
    shutil.copy(HERE / "postgres.sh", folder)
    for name in names:
        lines = [f"FROM {BASE}"]
        lines += [f'ENV {key}="{value}"' for key, value in reaching().items()]
        (folder / "Dockerfile").write_text(
            "\n".join(lines) + "\n" + STAND_INS[name.partition(":")[0]]
        )
        engine("build", "--pull=never", "--tag", f"localhost/{name}", folder)
    return names


def base_of_ours() -> str:
    """The one image that all stages of the Dockerfile begin with."""
    text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    named = {line.split()[1] for line in text.splitlines() if line.startswith("FROM ")}
    (name,) = named
    return name


def build_ours(engine: Engine, compose: Compose) -> None:
    options = ("--network=host", "--pull=never", "--tag", compose.our_image())
    engine("build", *options, CHECKOUT)
