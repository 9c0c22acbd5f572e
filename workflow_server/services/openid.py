"""OpenID Connect: asks a provider who somebody is, and believes nothing that it cannot verify.

What talks to the provider is imported where it is used: without one nobody waits for it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import orjson
import structlog

from workflow_server.config import is_safe_address
from workflow_server.errors import Forbidden, NotFound, Unavailable
from workflow_server.services import secret_keys
from workflow_server.store.db import settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

log = structlog.get_logger(__name__)

#: Signatures that only the provider can make; none, and none with a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
#: How long somebody may take at the provider, in seconds.
JOURNEY_SECONDS = 600
#: How long what the provider says of itself is believed, in seconds.
_CACHED_SECONDS = 3600.0
#: Keys that are unknown are looked up so often at most, in seconds.
_KEYS_SECONDS = 30.0
#: How long to wait for a connection and for an answer, in seconds; the largest answer.
_TIMEOUT = (3.05, 8.0)
_BYTES = 512 * 1024
#: Clocks may differ by so many seconds.
_LEEWAY = 60
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NoOpenid(NotFound):
    """未启用单点登录"""


class ProviderAway(Unavailable):
    """单点登录服务暂时无法使用"""


class OpenidRefused(Forbidden):
    """单点登录未通过验证"""


@dataclass(frozen=True, slots=True)
class Journey:
    """Where to send somebody, and what their browser keeps until they come back."""

    url: str
    memory: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the provider, by a token that was verified."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]


def start(redirect_url: str, now: datetime) -> Journey:
    """Begin a sign-in at the provider: authorisation code, PKCE, state and nonce."""
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    provider = _provider().metadata()
    memory = {
        "kind": "openid",
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "redirect": settings().oidc_redirect_url or redirect_url,
    }
    query = {
        "response_type": "code",
        "client_id": settings().oidc_client_id,
        "scope": settings().oidc_scopes,
        "redirect_uri": memory["redirect"],
        "state": memory["state"],
        "nonce": memory["nonce"],
        "code_challenge": create_s256_code_challenge(memory["verifier"]),
        "code_challenge_method": "S256",
    }
    endpoint = str(provider["authorization_endpoint"])
    mark = "&" if urlsplit(endpoint).query else "?"
    kept = secret_keys.encrypt(orjson.dumps(memory).decode(), now)
    return Journey(f"{endpoint}{mark}{urlencode(query)}", kept)


def finish(
    code: str | None, state: str | None, error: str | None, memory: str | None, now: datetime
) -> Identity:
    """Return who came back from the provider; OpenidRefused unless all of it can be verified."""
    provider = _provider()
    kept = secret_keys.decrypt_fresh(memory or "", JOURNEY_SECONDS, now)
    begun = orjson.loads(kept) if kept is not None else {}
    if begun.get("kind") != "openid":
        raise _refused("登录已超时，请重新登录。", "no sign-in was begun in this browser")
    if not state or not secrets.compare_digest(state.encode(), begun["state"].encode()):
        raise _refused("登录请求不匹配，请重新登录。", "the state is another")
    if error is not None or not code:
        raise _refused("单点登录被取消或拒绝。", f"the provider said {(error or 'no code')[:60]!r}")
    token = provider.redeem(code, begun["verifier"], begun["redirect"])
    claims = provider.verify(token, begun["nonce"], now)
    return Identity(provider.issuer, claims["sub"], claims)


class _Provider:
    """What is known of one provider: its addresses and keys, looked up anew now and then."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._metadata_at = self._keys_at = -_CACHED_SECONDS
        self._keys: KeySet | None = None

    def metadata(self) -> Mapping[str, Any]:
        with self._lock:
            if not self._metadata or time.monotonic() - self._metadata_at > _CACHED_SECONDS:
                url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = _ask("GET", url)
                self._check(found)
                self._metadata, self._metadata_at = found, time.monotonic()
            return self._metadata

    def _check(self, found: Mapping[str, Any]) -> None:
        if found.get("issuer") != self.issuer:
            raise _away(f"the provider calls itself {found.get('issuer')!r:.100}")
        for name in _ENDPOINTS:
            if not isinstance(found.get(name), str) or not is_safe_address(found[name]):
                raise _away(f"its {name} is not an https address")

    def redeem(self, code: str, verifier: str, redirect: str) -> str:
        """Return the ID token for a code; a code that was used before gives none."""
        from authlib.oauth2.auth import ClientAuth

        now, known = settings(), self.metadata()
        ways = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        auth = ClientAuth(
            now.oidc_client_id, now.oidc_client_secret, way if now.oidc_client_secret else "none"
        )
        url, headers, data = auth.prepare(
            "POST",
            known["token_endpoint"],
            {"Content-Type": "application/x-www-form-urlencoded"},
            urlencode(body),
        )
        token = _ask("POST", url, headers=dict(headers), data=data).get("id_token")
        if not isinstance(token, str):
            raise _refused("单点登录服务没有给出身份。", "there was no ID token")
        return token

    def verify(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        """Return the claims of an ID token that this provider made for us, just now."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            try:
                decoded = jwt.decode(token, self._key_set(), algorithms=list(ALGORITHMS))
            except (JoseError, ValueError):
                # The provider may have changed its keys since.
                decoded = jwt.decode(token, self._key_set(fresh=True), algorithms=list(ALGORITHMS))
            claims = dict(decoded.claims)
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=_LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": settings().oidc_client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
                sub={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused(
                "单点登录返回的身份无法验证。", f"the ID token: {type(error).__name__}"
            ) from error
        if not isinstance(claims["sub"], str) or not _is_for_us(claims):
            raise _refused("单点登录返回的身份无法验证。", "the ID token is for another client")
        return claims

    def _key_set(self, fresh: bool = False) -> KeySet:
        from joserfc.jwk import KeySet

        url = self.metadata()["jwks_uri"]
        with self._lock:
            age = time.monotonic() - self._keys_at
            if self._keys is None or age > (_KEYS_SECONDS if fresh else _CACHED_SECONDS):
                found = _ask("GET", url)
                self._keys, self._keys_at = KeySet.import_key_set(found), time.monotonic()  # type: ignore[arg-type]
            return self._keys


_providers: dict[str, _Provider] = {}


def _provider() -> _Provider:
    issuer = settings().oidc_issuer
    if not issuer:
        raise NoOpenid("本服务器未启用单点登录。 Expected an OpenID provider, but none is set.")
    return _providers.setdefault(issuer, _Provider(issuer))


def _is_for_us(claims: Mapping[str, Any]) -> bool:
    client = settings().oidc_client_id
    audience = claims["aud"]
    others = [each for each in audience if each != client] if isinstance(audience, list) else []
    return bool(claims.get("azp", None if others else client) == client)


def _ask(method: str, url: str, **more: Any) -> dict[str, Any]:
    """Ask the provider, not for long, follow it nowhere else, and read not more than a little."""
    import requests

    asker = requests.Session()
    asker.trust_env = False
    deadline = time.monotonic() + sum(_TIMEOUT)
    try:
        with (
            asker,
            asker.request(
                method, url, timeout=_TIMEOUT, allow_redirects=False, stream=True, **more
            ) as answer,
        ):
            body = b""
            for chunk in answer.iter_content(16 * 1024):
                body += chunk
                if len(body) > _BYTES or time.monotonic() > deadline:
                    raise _away("its answer is too large or too slow")
            status = answer.status_code
    except (requests.RequestException, OSError) as error:
        raise _away(type(error).__name__) from error
    if method == "POST" and status in (400, 401, 403):
        with suppress(orjson.JSONDecodeError):
            log.warning("openid_refused", error=str(orjson.loads(body).get("error"))[:60])
        raise _refused("单点登录未被接受，请重新登录。", "the provider refused the code")
    if status != 200:
        raise _away(f"it answered {status}")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _away("its answer is not JSON") from error
    if not isinstance(found, dict):
        raise _away("its answer is not an object")
    return found


def _away(reason: str) -> ProviderAway:
    log.warning("openid_provider_away", reason=reason)
    return ProviderAway(
        "单点登录服务暂时无法使用，请稍后再试，或用口令登录。"
        f" Expected the OpenID provider to answer, but {reason}."
    )


def _refused(sentence: str, reason: str) -> OpenidRefused:
    return OpenidRefused(f"{sentence} Expected a sign-in that can be verified, but {reason}.")
