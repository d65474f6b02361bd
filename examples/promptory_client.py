#!/usr/bin/env python3
"""A client of Promptory in one file: Python 3.9 or newer, nothing to install. Copy it into your program.

    from promptory_client import Client

    prompts = Client("http://127.0.0.1:8080", key, cache_file="/var/cache/shop/prompts.json")
    reply = prompts.get("support/reply")
    print(reply.version, reply.content, reply.settings.get("model"))

`get` answers what is live, from memory. What is older than `ttl_s` is given once more while a thread beside asks the
server whether it still holds (`ETag`, 304). When the server is gone, what is known goes on being served, with
`stale` and `age_s`, for as long as it takes; with `cache_file` also by a program that starts meanwhile.

The server's no (404, 401, 403, 422) is an answer and raises `Refused`; it replaces what was known. Silence, and
everything that is not said in Promptory's way (5xx, 429, time-outs, pages of proxies), raises `Unreachable`, and only
where nothing is known. `resolve` lets the server choose and render; it is not cached.

A client may be used by many threads. By hand:

    PROMPTORY_URL=http://127.0.0.1:8080 PROMPTORY_KEY=... python3 promptory_client.py support/reply
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import queue
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

__all__ = ["Client", "Prompt", "PromptoryError", "Refused", "Stats", "Unreachable"]

_log = logging.getLogger("promptory")

#: After an attempt that failed, what is known is not asked about again for this long.
_RETRY_PAUSE_S = 5.0
#: A no is believed for this long.
_NO_TTL_S = 5.0
#: Of one answer.
_ANSWER_BYTES = 256 * 1024 * 1024
_MAGIC = "promptory-client-py"
_FORMAT = 1


class PromptoryError(Exception):
    """There is no prompt."""


class Unreachable(PromptoryError):
    """The server does not answer, and nothing is known."""


class Refused(PromptoryError):
    """The server's no. `problem` is its problem document."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = dict(problem)
        self.code = str(problem.get("code"))
        self.status = int(problem.get("status", 0))


@dataclass(frozen=True)
class Prompt:
    """What is live, as `GET .../active` answers it; `raw` has all of it."""

    name: str
    version: str
    sequence: int
    #: A string, or a list of messages and placeholders; before rendering.
    content: Union[str, List[Dict[str, Any]]]
    settings: Dict[str, Any]
    build_hash: str
    raw: Dict[str, Any]
    #: The server has not confirmed this for longer than the time to live.
    stale: bool
    #: Seconds since it did.
    age_s: float
    #: `server`, `cache` or `disk`.
    source: str


@dataclass(frozen=True)
class Stats:
    hits: int
    misses: int
    stale: int
    refreshes: int
    failures: int
    prompts: int
    #: Seconds since the oldest was confirmed.
    oldest_s: Optional[float]
    #: Why the file was ignored or is not written.
    disk_problem: Optional[str]


@dataclass
class _Entry:
    answer: Optional[Dict[str, Any]]
    problem: Optional[Dict[str, Any]]
    etag: Optional[str]
    confirmed: float
    from_disk: bool = False
    refreshing: bool = False
    not_before: float = 0.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key is not sent on to where somebody points."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Client:
    """See the top of the file."""

    def __init__(
        self,
        url: str,
        key: str,
        environment: Optional[str] = None,
        ttl_s: float = 300.0,
        timeout_s: float = 5.0,
        cache_file: Optional[str] = None,
        max_prompts: int = 1000,
        now: Callable[[], float] = time.time,
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no address of a server such as http://127.0.0.1:8080")
        if not key or not key.isascii() or not key.isprintable():
            raise ValueError("the key is empty or holds characters that no key has")
        self._url = url.rstrip("/")
        self._key = key
        self._environment = environment
        self._ttl_s = ttl_s
        self._timeout_s = timeout_s
        self._file = cache_file
        self._max_prompts = max_prompts
        self._now = now
        local = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
        handlers: List[urllib.request.BaseHandler] = [_NoRedirect()]
        if local:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._entries: "OrderedDict[str, _Entry]" = OrderedDict()
        self._flights: Dict[str, "Future[_Entry]"] = {}
        self._denied: Optional[Tuple[Dict[str, Any], float]] = None
        self._counts = {"hits": 0, "misses": 0, "stale": 0, "refreshes": 0, "failures": 0}
        self._disk_problem: Optional[str] = None
        self._work: "queue.Queue[Optional[str]]" = queue.Queue()
        self._worker: Optional[threading.Thread] = None
        if cache_file is not None:
            self._read_file(cache_file)

    def get(self, name: str) -> Prompt:
        """What is live. Raises `Refused` or `Unreachable`."""
        with self._lock:
            self._check_denied()
            entry = self._entries.get(name)
            if entry is not None:
                self._entries.move_to_end(name)
                age = self._now() - entry.confirmed
                if entry.answer is not None:
                    return self._known(name, entry, entry.answer, age)
                if entry.problem is not None and 0 <= age <= _NO_TTL_S:
                    raise Refused(entry.problem)
            flight = self._flights.get(name)
            mine = flight is None
            if flight is None:
                flight = self._flights[name] = Future()
            self._counts["misses"] += 1
        if mine:
            # Many who want the same wait for one request.
            try:
                flight.set_result(self._fetch(name, None))
            except BaseException as error:
                flight.set_exception(error)
            finally:
                with self._lock:
                    del self._flights[name]
        entry = flight.result()
        if entry.answer is None:
            raise Refused(entry.problem or {})
        return _prompt(entry.answer, False, 0.0, "server")

    def resolve(
        self,
        name: str,
        variables: Optional[Mapping[str, Any]] = None,
        version: Optional[str] = None,
        key: Optional[str] = None,
    ) -> Dict[str, Any]:
        """The server's choice, rendered when variables are given (`text` or `messages`). Asked each time."""
        given = {"environment": self._environment, "version": version, "key": key, "variables": variables}
        body = {field: value for field, value in given.items() if value is not None}
        try:
            answer, _ = self._send(_path(name, "resolve"), body=json.dumps(body).encode())
        except Unreachable:
            self._count("failures")
            raise
        return answer or {}

    def stats(self) -> Stats:
        with self._lock:
            now = self._now()
            ages = [max(0.0, now - entry.confirmed) for entry in self._entries.values()]
            return Stats(
                prompts=len(ages),
                oldest_s=max(ages) if ages else None,
                disk_problem=self._disk_problem,
                **self._counts,
            )

    def clear(self) -> None:
        """Forgets all answers in memory."""
        with self._lock:
            self._entries.clear()

    def close(self) -> None:
        """Ends the thread beside. The client can still be used; it then starts another."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            self._work.put(None)
            worker.join()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    # With the lock.

    def _known(self, name: str, entry: _Entry, answer: Dict[str, Any], age: float) -> Prompt:
        # A clock that was set back says nothing about the age.
        stale = not 0 <= age <= self._ttl_s
        self._counts["stale" if stale else "hits"] += 1
        if stale and not entry.refreshing and self._now() >= entry.not_before:
            entry.refreshing = True
            self._work.put(name)
            if self._worker is None:
                self._worker = threading.Thread(target=self._refresh_all, name="promptory", daemon=True)
                self._worker.start()
        return _prompt(answer, stale, max(0.0, age), "disk" if entry.from_disk else "cache")

    def _check_denied(self) -> None:
        if self._denied is not None:
            problem, at = self._denied
            if 0 <= self._now() - at <= _NO_TTL_S:
                raise Refused(problem)
            # Asked again by whoever comes now: nothing that is known may be served meanwhile.
            self._denied = None
            self._entries.clear()

    def _keep(self, name: str, entry: _Entry) -> None:
        self._entries[name] = entry
        self._entries.move_to_end(name)
        while len(self._entries) > self._max_prompts:
            self._entries.popitem(last=False)

    # Without the lock.

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1

    def _refresh_all(self) -> None:
        while True:
            name = self._work.get()
            if name is None:
                return
            with self._lock:
                entry = self._entries.get(name)
            if entry is None:
                continue
            try:
                self._fetch(name, entry)
                self._count("refreshes")
            except PromptoryError as error:
                _log.debug("%s was not refreshed: %s", name, error)
                with self._lock:
                    entry.not_before = self._now() + _RETRY_PAUSE_S
                    entry.refreshing = False
            except Exception:  # The thread must live on: nobody would refresh any more.
                _log.exception("%s was not refreshed", name)
                with self._lock:
                    entry.refreshing = False

    def _fetch(self, name: str, old: Optional[_Entry]) -> _Entry:
        """Asks the server and keeps what it says; a no about this prompt is kept too."""
        try:
            answer, etag = self._send(_path(name, "active"), self._environment, old.etag if old else None)
            if answer is None:
                if old is None:
                    raise Unreachable("304 to who has nothing")
                answer, etag = old.answer, old.etag
            elif not all(field in answer for field in ("prompt", "version", "content", "settings")):
                raise Unreachable("the answer is not one of Promptory")
            entry = _Entry(answer, None, etag, self._now())
        except Refused as refused:
            if refused.status == 401:
                with self._lock:
                    self._denied = (refused.problem, self._now())
                    self._counts["failures"] += 1
                raise
            entry = _Entry(None, refused.problem, None, self._now())
        except Unreachable:
            self._count("failures")
            raise
        with self._lock:
            self._keep(name, entry)
        if self._file is not None:
            self._write_file(self._file)
        return entry

    def _send(
        self,
        path: str,
        environment: Optional[str] = None,
        etag: Optional[str] = None,
        body: Optional[bytes] = None,
    ) -> Tuple[Optional[Dict[str, Any]], Optional[str]]:
        """The answer and its ETag; None: not modified."""
        query = "?" + urllib.parse.urlencode({"environment": environment}) if environment else ""
        request = urllib.request.Request(f"{self._url}/api/v1{path}{query}", data=body)
        request.add_header("Authorization", f"Bearer {self._key}")
        request.add_header("User-Agent", "promptory-client-py/1")
        if etag is not None:
            request.add_header("If-None-Match", etag)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                text = response.read(_ANSWER_BYTES + 1)
                tag = response.headers.get("ETag")
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 304:
                    return None, etag
                raise _no(error) from None
        except (OSError, ValueError) as error:
            # Refused connections, time-outs, names that do not resolve, and what is no HTTP.
            raise Unreachable(str(error)) from error
        except Exception as error:  # http.client's own, which share no base with the others.
            raise Unreachable(repr(error)) from error
        answer = _object(text) if len(text) <= _ANSWER_BYTES else None
        if answer is None:
            raise Unreachable("the answer is not one of Promptory")
        return answer, tag

    def _identity(self) -> str:
        # A key has 256 random bits: its hash says nothing about it.
        key = hashlib.sha256(self._key.encode()).hexdigest()[:32]
        return f"{self._url} {self._environment or '-'} key:{key}"

    def _read_file(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                head, _, body = file.read().partition(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            return self._ignored(path, str(error))
        expected = f"{_MAGIC} {_FORMAT} sha256:{hashlib.sha256(body).hexdigest()}"
        if head != expected.encode():
            return self._ignored(path, "it is damaged or of another format")
        try:
            kept = json.loads(body)
            if kept["identity"] != self._identity():
                return self._ignored(path, "it was written for another server, environment or key")
            for name, (answer, etag, confirmed) in kept["prompts"].items():
                self._keep(name, _Entry(answer, None, etag, float(confirmed), from_disk=True))
        except (KeyError, TypeError, ValueError) as error:
            self._entries.clear()
            self._ignored(path, f"it is damaged: {error!r}")

    def _ignored(self, path: str, why: str) -> None:
        self._disk_problem = f"{path} is ignored: {why}"
        _log.warning("%s", self._disk_problem)

    def _write_file(self, path: str) -> None:
        """Whole or not at all, for its owner alone."""
        with self._writing:
            with self._lock:
                known = [(name, entry) for name, entry in self._entries.items() if entry.answer is not None]
            kept = {name: (entry.answer, entry.etag, entry.confirmed) for name, entry in known}
            body = json.dumps({"identity": self._identity(), "prompts": kept}).encode()
            head = f"{_MAGIC} {_FORMAT} sha256:{hashlib.sha256(body).hexdigest()}\n".encode()
            beside = None
            try:
                handle, beside = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)), suffix=".tmp")
                with os.fdopen(handle, "wb") as file:
                    file.write(head + body)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, path)
            except OSError as error:
                self._disk_problem = f"{path} was not written: {error}"
                _log.warning("%s", self._disk_problem)
                if beside is not None and os.path.exists(beside):
                    os.unlink(beside)


def _path(name: str, end: str) -> str:
    return f"/prompts/{urllib.parse.quote(name, safe='')}/{end}"


def _prompt(answer: Dict[str, Any], stale: bool, age_s: float, source: str) -> Prompt:
    return Prompt(
        name=answer["prompt"],
        version=answer["version"],
        sequence=answer.get("sequence", 0),
        content=answer["content"],
        settings=answer["settings"],
        build_hash=answer.get("build_hash", ""),
        raw=answer,
        stale=stale,
        age_s=age_s,
        source=source,
    )


def _object(text: bytes) -> Optional[Dict[str, Any]]:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _no(error: urllib.error.HTTPError) -> PromptoryError:
    """A no, if it is said in Promptory's way and not only for now."""
    try:
        problem = _object(error.read(1024 * 1024))
    except OSError:
        problem = None
    later = error.code in (408, 425, 429) or not 400 <= error.code < 500
    if later or problem is None or "code" not in problem:
        return Unreachable(f"{error.code} {error.reason}")
    return Refused(problem)


def main(arguments: List[str]) -> int:
    url = os.environ.get("PROMPTORY_URL", "http://127.0.0.1:8080")
    key = os.environ.get("PROMPTORY_KEY", "")
    if len(arguments) != 1 or not key:
        print("PROMPTORY_KEY=... python3 promptory_client.py NAME", file=sys.stderr)
        return 2
    environment = os.environ.get("PROMPTORY_ENVIRONMENT")
    try:
        with Client(url, key, environment) as client:
            prompt = client.get(arguments[0])
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except Unreachable as silence:
        print(f"no answer from {url}: {silence}", file=sys.stderr)
        return 3
    print(f"{prompt.name} {prompt.version}", file=sys.stderr)
    print(prompt.content if isinstance(prompt.content, str) else json.dumps(prompt.content, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
