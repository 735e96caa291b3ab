"""`mira-sidecar` on a machine where what gestures need is not installed: takes the arguments of `mira-sidecar`."""

import sys

for module in ("av", "cv2"):
    sys.modules[module] = None  # type: ignore[assignment]

if __name__ == "__main__":
    from mira_sidecar.cli import main

    sys.exit(main())
