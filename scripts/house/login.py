"""Who may log in to the Home Assistant that we start, made once and kept beside it."""

import base64
import json
import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bcrypt
import jwt

_TOKEN_LIFE = timedelta(days=3650)


@dataclass(frozen=True)
class Login:
    """An administrator with a password, and the mirror's own user, which needs none on this machine."""

    username: str
    password: str
    token: str
    """A long-lived access token of the administrator."""
    mirror_user: str
    """The id of the user that the display runs as."""

    @classmethod
    def kept_in(cls, file: Path) -> Login | None:
        """The login that an earlier start made."""
        return cls(**json.loads(file.read_text())) if file.exists() else None


def create(storage: Path, file: Path) -> Login:
    """Write Home Assistant's `auth` stores and `file`; the password is random and for this checkout alone."""
    now = datetime.now(UTC)
    admin, mirror, refresh, jwt_key = (*(uuid.uuid4().hex for _ in range(3)), secrets.token_hex(64))
    login = Login(
        username="mira",
        password="-".join(secrets.token_hex(2) for _ in range(3)),
        token=jwt.encode({"iss": refresh, "iat": now, "exp": now + _TOKEN_LIFE}, jwt_key, "HS256"),
        mirror_user=mirror,
    )
    token = {
        "id": refresh,
        "user_id": admin,
        "client_id": None,
        "client_name": "scripts/develop",
        "token_type": "long_lived_access_token",
        "created_at": now.isoformat(),
        "access_token_expiration": _TOKEN_LIFE.total_seconds(),
        "token": secrets.token_hex(64),
        "jwt_key": jwt_key,
    }
    credentials = [
        _credential(admin, "homeassistant", {"username": login.username}),
        _credential(mirror, "trusted_networks", {"user_id": mirror}),
    ]
    users = [
        _user(admin, "Mira developer", "system-admin", owner=True),
        _user(mirror, "Mirror", "system-users", owner=False),
    ]
    groups = [{"id": f"system-{kind}", "name": kind} for kind in ("admin", "users", "read-only")]
    hashed = bcrypt.hashpw(login.password.encode(), bcrypt.gensalt(rounds=10))
    stored = {"username": login.username, "password": base64.b64encode(hashed).decode()}
    write_store(
        storage,
        "auth",
        {"users": users, "groups": groups, "credentials": credentials, "refresh_tokens": [token]},
    )
    write_store(storage, "auth_provider.homeassistant", {"users": [stored]})
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(login)))
    return login


def write_store(storage: Path, key: str, data: object, version: int = 1, minor_version: int = 1) -> None:
    """One file of Home Assistant's `.storage`, in the envelope that it expects."""
    storage.mkdir(parents=True, exist_ok=True)
    envelope = {"version": version, "minor_version": minor_version, "key": key, "data": data}
    file = storage / key
    file.touch(mode=0o600)
    file.write_text(json.dumps(envelope, indent=2))


def _user(user: str, name: str, group: str, *, owner: bool) -> dict[str, Any]:
    return {
        "id": user,
        "name": name,
        "group_ids": [group],
        "is_owner": owner,
        "is_active": True,
        "system_generated": False,
        "local_only": not owner,
    }


def _credential(user: str, provider: str, data: dict[str, str]) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "user_id": user,
        "auth_provider_type": provider,
        "auth_provider_id": None,
        "data": data,
    }
