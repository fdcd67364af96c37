"""The page of a judge, served to this machine alone."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from gansuite.errors import UserError
from gansuite.judgements.page import page_of
from gansuite.judgements.session import Session

LOOPBACK = "127.0.0.1"
MOST = 4096
"""Bytes of a request's body; a form of ours has a hundred."""
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Server(ThreadingHTTPServer):
    """Serves the rounds of a session under an address that holds a secret, until the judge ends it.

    It listens on the loopback interface. Every request must name the secret in its path and this machine in its Host
    (else a page that was opened elsewhere could reach it by a name that points here), and a form must come from this
    server's own page. No file is served.

    Args:
        session: what is shown.
        port: 0: any that is free.

    Raises:
        UserError: the port is taken.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, session: Session, port: int = 0) -> None:
        self.session, self.token = session, secrets.token_urlsafe(16)
        self.ended, self.judged, self.delivered = threading.Event(), threading.Event(), threading.Event()
        self.awaited = False
        self.report: Path | None = None
        self.failure: BaseException | None = None
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as error:
            raise UserError(f"--port {port}: cannot be listened on ({error.strerror}); leave --port out") from error
        self.hosts = [f"{name}:{self.server_address[1]}" for name in (LOOPBACK, "localhost")]

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{self.hosts[0]}/{self.token}/"

    def begin(self) -> None:
        """Serve in a thread."""
        threading.Thread(target=self.serve_forever, args=(0.05,), name="gansuite-judge-page", daemon=True).start()

    def show_result(self, report: Path | None, seconds: float = 10) -> None:
        """Hand the finished report to a browser that waits for it, and end."""
        self.report = report
        self.judged.set()
        if self.awaited:
            self.delivered.wait(seconds)
        self.end()

    def end(self) -> None:
        """Serve no more."""
        self.ended.set()
        self.judged.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "gansuite", ""
    timeout = 60

    def do_GET(self) -> None:
        match self.asked():
            case "":
                self.attempt(self.show)
            case "result":
                self.attempt(self.show_result)
            case str():
                self.refuse(HTTPStatus.NOT_FOUND)
            case None:
                self.refuse(HTTPStatus.FORBIDDEN)

    def do_POST(self) -> None:
        action = self.asked()
        if action is None or self.headers.get("Origin", self.origins[0]) not in self.origins:
            return self.refuse(HTTPStatus.FORBIDDEN)
        if (form := self.form()) is None:
            return None
        session = self.server.session
        match action:
            case "answer" if form.get("winner") in ("left", "right") and form.get("round", "").isdigit():
                winner: Any = form["winner"]
                if self.attempt(lambda: session.answer(int(form["round"]), winner, form.get("seconds"))):
                    self.go("")
            case "undo":
                if self.attempt(session.undo):
                    self.go("")
            case "end":
                self.server.awaited = True
                self.server.ended.set()
                self.go("result")
            case _:
                self.refuse(HTTPStatus.BAD_REQUEST)

    def asked(self) -> str | None:
        """What stands after the secret; None for a request that does not know it, or does not name this machine."""
        parts = self.path.partition("?")[0].split("/", 2)
        known = len(parts) == 3 and secrets.compare_digest(parts[1].encode(), self.server.token.encode())
        return parts[2] if known and self.headers.get("Host") in self.server.hosts else None

    @property
    def origins(self) -> list[str]:
        return [f"http://{host}" for host in self.server.hosts]

    def form(self) -> Mapping[str, str] | None:
        """The fields of a form; None where it was refused."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            return self.refuse(HTTPStatus.LENGTH_REQUIRED)
        if int(length) > MOST:
            return self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            return self.refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        text = self.rfile.read(int(length)).decode("utf-8", "replace")
        try:
            return {name: values[-1] for name, values in parse_qs(text, max_num_fields=10).items()}
        except ValueError:
            return self.refuse(HTTPStatus.BAD_REQUEST)

    def show(self) -> None:
        """The page of the round."""
        nonce = secrets.token_urlsafe(12)
        policy = (
            "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
            f"script-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        self.send(page_of(self.server.session, nonce), policy)

    def show_result(self) -> None:
        """The report, when it is made; it needs this server no more."""
        server = self.server
        if not server.ended.is_set():
            return self.go("")
        server.awaited = True
        server.judged.wait()
        if server.report is None:
            return self.refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        try:
            self.send(server.report.read_text(encoding="utf-8"))  # its own policy is in its head
        finally:
            server.delivered.set()

    def attempt(self, act: Any) -> bool:
        """Do it, and end the session where it fails: the command tells why. Whether it was done."""
        try:
            act()
            return True
        except ConnectionError:
            raise
        except BaseException as error:
            self.server.failure = error
            self.server.ended.set()
            self.refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            return False

    def send(self, page: str, policy: str = "") -> None:
        body = page.encode("utf-8", "replace")
        self.head(HTTPStatus.OK, len(body), {"Content-Security-Policy": policy} if policy else {})
        self.wfile.write(body)
        self.wfile.flush()

    def go(self, where: str) -> None:
        self.head(HTTPStatus.SEE_OTHER, 0, {"Location": f"/{self.server.token}/{where}"})

    def refuse(self, status: HTTPStatus) -> None:
        """A line of text, and nothing of what was asked for; the connection ends, for its body may be unread."""
        self.close_connection = True
        body = f"{status.value} {status.phrase}\n".encode()
        self.head(status, len(body), {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"})
        self.wfile.write(body)

    def head(self, status: HTTPStatus, length: int, more: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **HEADERS, **more}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are nobody's business."""
