"""aiohttp without its client, which nobody in a sidecar uses: 5 MB of memory, and 9 where aiodns is installed."""

import importlib.metadata
import importlib.util
import sys


def import_piecemeal(name: str) -> None:
    """Have the import of a package by itself load nothing; its modules are imported as ever.

    Whoever asks the package itself for something gets the whole of it.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None or name in sys.modules:
        return
    loader, package = spec.loader, importlib.util.module_from_spec(spec)

    def whole(wanted: str) -> object:
        if importlib.util.find_spec(f"{name}.{wanted}"):
            raise AttributeError(wanted)  # so that it is imported as a module
        del vars(package)["__getattr__"]
        loader.exec_module(package)
        return getattr(package, wanted)

    vars(package).update({"__getattr__": whole, "__version__": importlib.metadata.version(name)})  # PEP 562
    sys.modules[name] = package
