"""Requests through cvat-sdk: it logs in, keeps the session and its headers. Needs the extra `sdk`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import quote

from annotools.errors import UsageError, without_extra
from mockserver.contract.project import Login
from mockserver.contract.senders import TIMEOUT, Message, UnreachableError
from mockserver.protocol.http import Response


class SdkSender:
    """Sends with a client of cvat-sdk that has logged in."""

    def __init__(self, client: Any, base: str) -> None:
        self._client, self.base = client, base.rstrip("/")

    def send(self, message: Message) -> Response:
        """One request, one answer. Raises: UnreachableError."""
        api = self._client.api_client
        headers = {**api.get_common_headers(), **message.headers}
        query: list[tuple[str, str]] = list(message.query)
        api.update_params_for_auth(headers, query, list(api.configuration.auth_settings()))
        try:
            answer = api.rest_client.request(
                message.method, self.base + quote(message.path), query_params=query, headers=headers,
                body=message.body, _parse_response=False, _check_status=False, _request_timeout=TIMEOUT,
            )  # fmt: skip
            return Response(answer.status, list(answer.headers.items()), answer.data)
        except (OSError, import_module("urllib3.exceptions").HTTPError) as error:
            raise UnreachableError(f"{self.base}: no answer: {type(error).__name__}: {error}") from None


@contextmanager
def sdk_sender(base: str, login: Login) -> Iterator[SdkSender]:
    """A sender that is logged in. Raises: UsageError without cvat-sdk or for a refused login, UnreachableError."""
    try:
        sdk = import_module("cvat_sdk")
    except ImportError:
        raise UsageError(without_extra("cvat-sdk", "sdk")) from None
    with sdk.Client(base, check_server_version=False) as client:
        _log_in(client, base, login)
        yield SdkSender(client, base)


def _log_in(client: Any, base: str, login: Login) -> None:
    errors = import_module("cvat_sdk.api_client.exceptions")
    try:
        if login.token:
            client.login(import_module("cvat_sdk.core.client").AccessTokenCredentials(login.token))
        else:
            client.login((login.user, login.password))
    except errors.ApiException as error:
        raise UsageError(f"{base}: the login is refused, status {error.status}") from None
    except (OSError, import_module("urllib3.exceptions").HTTPError) as error:
        raise UnreachableError(f"{base}: no answer: {type(error).__name__}: {error}") from None
