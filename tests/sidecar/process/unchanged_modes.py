"""`mira-sidecar` that cannot change a file's mode afterwards: takes the arguments of `mira-sidecar`.

So its files have the modes with which they were made. UMASK is that of whoever starts it.
"""

import os
import sys

from mira_sidecar.cli import main

if __name__ == "__main__":
    os.umask(int(os.environ["UMASK"], 8))
    if os.environ.get("CHANGES") != "yes":
        for name in ("chmod", "fchmod"):
            setattr(os, name, lambda *_, **__: None)
    sys.exit(main())
