"""What the command line asks of the operations."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping

from mira_sidecar import logs
from mira_sidecar.config import Settings
from mira_sidecar.discovery import registry_of
from mira_sidecar.operations import (
    backup,
    erase,
    events,
    explain,
    export,
    forget_pin,
    replay,
    reproduction,
    restore,
    retain,
    verify,
)
from mira_sidecar.operations.doctor import examine
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.findings import Finding
from mira_sidecar.parts import checks, overview
from mira_sidecar.printing import say
from mira_sidecar.schema import json_schema


def _doctor(settings: Settings, given: argparse.Namespace) -> int:
    logs.configure("error")
    return asyncio.run(examine(settings, _checks(settings)))


async def _checks(settings: Settings) -> AsyncIterator[Finding]:
    async for finding in checks(settings):
        yield finding
    if settings.api_port is not None:
        from mira_sidecar.api.checks import findings  # noqa: PLC0415 - only what is of the API needs it

        for finding in findings(settings):
            yield finding


def _events(settings: Settings, given: argparse.Namespace) -> int:
    if given.set_aside:
        events.show_set_aside(settings.database_path)
    else:
        events.show(settings.database_path, given.last, action=given.action, since=given.since)
    return 0


def _export(settings: Settings, given: argparse.Namespace) -> int:
    export.export(settings.database_path, given.output, redact=given.redact)
    return 0


def _replay(settings: Settings, given: argparse.Namespace) -> int:
    if given.decide:
        subjects = registry_of(settings.all_subjects)
        return reproduction.reproduce(
            settings.database_path, given.file, subjects, until=given.until, rules=settings.rules
        )
    replay.replay(settings.database_path, given.file, until=given.until, as_json=given.json)
    return 0


def _explain(settings: Settings, given: argparse.Namespace) -> int:
    explain.explain(settings.database_path, given.id, given.file, as_json=given.json)
    return 0


def _backup(settings: Settings, given: argparse.Namespace) -> int:
    backup.back_up(settings.database_path, given.file, force=given.force, with_keys=given.keys)
    return 0


def _restore(settings: Settings, given: argparse.Namespace) -> int:
    restore.restore(settings.database_path, given.file)
    return 0


def _retain(settings: Settings, given: argparse.Namespace) -> int:
    asyncio.run(retain.shorten(settings.database_path, settings.limits, clock_is_right=given.clock_is_right))
    return 0


def _verify(settings: Settings, given: argparse.Namespace) -> int:
    return verify.verify(settings.database_path)


def _erase(settings: Settings, given: argparse.Namespace) -> int:
    whose = erase.Whose(since=given.since, until=given.until, user=given.user, device=given.device, person=given.person)
    if not (whose.user or whose.device or whose.person or (whose.since and whose.until)):
        raise OperationError(
            "Say what is to be erased: --user, --device, --person, or a period with --since and --until."
        )
    asyncio.run(erase.erase(settings.database_path, whose, really=given.yes))
    return 0


def _forget_pin(settings: Settings, given: argparse.Namespace) -> int:
    asyncio.run(forget_pin.forget_pin(settings.database_path))
    return 0


def _keys_add(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.api import key_commands  # noqa: PLC0415 - only what is of the API needs it

    key_commands.add(settings, given.name, given.source, given.may, with_pin=given.with_pin, person=given.person)
    return 0


def _keys_list(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.api import key_commands  # noqa: PLC0415 - as above

    key_commands.show(settings)
    return 0


def _keys_revoke(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.api import key_commands  # noqa: PLC0415 - as above

    key_commands.revoke(settings, given.which)
    return 0


def _certificate(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.api.certificate import certify  # noqa: PLC0415 - as above

    certify(settings.database_path, given.names, given.days, force=given.force)
    return 0


def _subjects(settings: Settings, given: argparse.Namespace) -> int:
    say(*overview(settings))
    return 0


def _schema(settings: Settings, given: argparse.Namespace) -> int:
    say(*json.dumps(json_schema(), indent=2).splitlines())
    return 0


WORKS: Mapping[str, Callable[[Settings, argparse.Namespace], int]] = {
    "doctor": _doctor,
    "events": _events,
    "export": _export,
    "replay": _replay,
    "explain": _explain,
    "backup": _backup,
    "restore": _restore,
    "retain": _retain,
    "verify": _verify,
    "erase": _erase,
    "forget-pin": _forget_pin,
    "keys add": _keys_add,
    "keys list": _keys_list,
    "keys revoke": _keys_revoke,
    "certificate": _certificate,
    "subjects": _subjects,
    "schema": _schema,
}
"""By the name of the command."""
