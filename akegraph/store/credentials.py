"""Who asks another server: from the environment or a netrc file, never from a command line, never in a message.

``AKEGRAPH_STORE_TOKEN`` is sent as a bearer token; ``AKEGRAPH_STORE_USER`` with ``AKEGRAPH_STORE_PASSWORD`` as Basic
or, where the server asks for that, Digest authentication (RFC 7616). Without these, the netrc file (``NETRC``, else
``~/.netrc``) is looked at, which names a password for a host.
"""

from __future__ import annotations

import base64
import hashlib
import netrc
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import parse_http_list, parse_keqv_list

from akegraph.errors import SettingsError

_TOKEN, _USER, _PASSWORD = (f"AKEGRAPH_STORE_{name}" for name in ("TOKEN", "USER", "PASSWORD"))
# MD5 is what servers ask for (Virtuoso knows no other); it hides the password from who listens, and no more.
_HASHES: dict[str, Callable[[bytes], str]] = {
    "md5": lambda text: hashlib.md5(text, usedforsecurity=False).hexdigest(),
    "sha-256": lambda text: hashlib.sha256(text).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token; neither is shown by ``repr``."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def authorise(self) -> str:
        """Write the header of a first request."""
        if self.token:
            return f"Bearer {self.token}"
        return f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}"

    def answer_challenge(self, challenge: str, method: str, address: str) -> str | None:
        """Write the header for a server that asks for Digest authentication.

        :param challenge: its ``WWW-Authenticate``
        :param address: path and query of the request
        :returns: None if it asks for something else
        """
        scheme, _, asked = challenge.partition(" ")
        if scheme.lower() != "digest" or not self.user:
            return None
        said = parse_keqv_list(parse_http_list(asked))
        digest = _HASHES.get(said.get("algorithm", "MD5").lower())
        if digest is None or not {"realm", "nonce"} <= said.keys():
            return None
        who = digest(f"{self.user}:{said['realm']}:{self.password}".encode())
        what = digest(f"{method}:{address}".encode())
        fields = {"username": self.user, "realm": said["realm"], "nonce": said["nonce"], "uri": address}
        if "auth" in said.get("qop", "").replace(" ", "").split(","):
            own = secrets.token_hex(8)
            response = digest(f"{who}:{said['nonce']}:00000001:{own}:auth:{what}".encode())
            fields |= {"cnonce": own}
            bare = ", qop=auth, nc=00000001"
        else:
            response, bare = digest(f"{who}:{said['nonce']}:{what}".encode()), ""
        fields |= {"response": response} | {name: said[name] for name in ("opaque",) if name in said}
        if "algorithm" in said:
            bare += f", algorithm={said['algorithm']}"
        return "Digest " + ", ".join(f'{name}="{_quoted(value)}"' for name, value in fields.items()) + bare


def find_credentials(host: str, environment: Mapping[str, str] | None = None) -> Credentials | None:
    """Find what a host is to be told; None if nothing is set.

    :raises SettingsError: if only half of it is set, or the netrc file cannot be read
    """
    environment = os.environ if environment is None else environment
    if token := environment.get(_TOKEN, "").strip():
        if not token.isascii() or not token.isprintable():
            raise SettingsError(f"{_TOKEN}: is no token")
        return Credentials(token=token)
    user, password = environment.get(_USER), environment.get(_PASSWORD)
    if user and password is not None:
        return Credentials(user, password)
    if user or password:
        raise SettingsError(f"{_USER} and {_PASSWORD} belong together; only one of them is set")
    return _look_up(host, environment)


def _look_up(host: str, environment: Mapping[str, str]) -> Credentials | None:
    named = environment.get("NETRC")
    if not named and "HOME" not in environment:
        return None
    file = Path(named) if named else Path(environment["HOME"]) / ".netrc"
    try:
        found = netrc.netrc(str(file)).hosts.get(host) if named or file.is_file() else None
    except netrc.NetrcParseError as error:
        raise SettingsError(f"{file}: is no netrc file: line {error.lineno}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or 'is no text'}") from None
    return None if found is None else Credentials(found[0], found[2] or "")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
