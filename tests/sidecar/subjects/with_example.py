"""`mira-sidecar` that finds one more subject, in the folder `added`: takes the arguments of `mira-sidecar`."""

import sys
from pathlib import Path

from mira_sidecar import subjects

subjects.__path__.append(str(Path(__file__).parent / "added"))

if __name__ == "__main__":
    from mira_sidecar.cli import main  # only now: it looks for subjects

    sys.exit(main())
