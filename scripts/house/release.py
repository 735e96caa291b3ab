"""`scripts/release`: what HACS installs, packed so that the same source gives the same bytes."""

import argparse
import json
import sys
import zipfile
from pathlib import Path

import mira_sidecar
from house.configuration import REPOSITORY
from house.process import HouseError
from house.terminal import Terminal

INTEGRATION = REPOSITORY / "custom_components" / "mira"


def manifest(address: str) -> str:
    """The manifest with the address of the repository that publishes it; the source names one that nobody has."""
    text = (INTEGRATION / "manifest.json").read_text()
    return text.replace(json.loads(text)["documentation"], address)


def check_tag(tag: str) -> None:
    """Raises HouseError where the integration or the sidecar has another version than the tag says."""
    versions = {
        "custom_components/mira/manifest.json": json.loads((INTEGRATION / "manifest.json").read_text())["version"],
        "sidecar/mira_sidecar/__init__.py": mira_sidecar.__version__,
    }
    for path, version in versions.items():
        if tag != f"v{version}":
            raise HouseError(f"The tag {tag} is none of version {version}, as {path} has it. Change one of them.")


def pack(target: Path, address: str) -> None:
    """Write the zip file. Raises HouseError where the display is not built."""
    if not (INTEGRATION / "frontend" / "mira.js").exists():
        raise HouseError("The display is not built. Run scripts/setup.")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(INTEGRATION.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = str(path.relative_to(INTEGRATION))
                content = manifest(address).encode() if name == "manifest.json" else path.read_bytes()
                member = zipfile.ZipInfo(name)
                member.external_attr = 0o644 << 16
                archive.writestr(member, content, zipfile.ZIP_DEFLATED)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/release", description="Packs the integration as HACS installs it.")
    parser.add_argument("address", help="of the repository")
    parser.add_argument("tag", nargs="?", help="has to name the version")
    given = parser.parse_args()
    target = REPOSITORY / json.loads((REPOSITORY / "hacs.json").read_text())["filename"]
    try:
        if given.tag:
            check_tag(given.tag)
        pack(target, given.address.rstrip("/"))
    except HouseError as error:
        Terminal(sys.stderr).say(f"release: {error}")
        return 1
    print(f"{target.name}: {target.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
