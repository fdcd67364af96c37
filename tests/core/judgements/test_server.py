"""The page of a judge: who may ask for it, what it tells, and what becomes of answers."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gansuite.errors import UserError
from gansuite.judgements.judgement import Judgement
from gansuite.judgements.record import Record
from gansuite.judgements.schedule import Pairing, Schedule
from gansuite.judgements.server import MOST, Server
from gansuite.judgements.session import Session

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """Asks a server, as a browser would unless told otherwise."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.links: list[http.client.HTTPConnection] = []

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        host, port = self.server.server_address[:2]
        link = http.client.HTTPConnection(str(host), int(port), timeout=10)
        self.links.append(link)
        link.putrequest(method, path, skip_host="Host" in headers)
        sent = {**(FORM if method == "POST" else {}), **headers}
        if method == "POST":
            sent.setdefault("Content-Length", str(len(body)))
        for name, value in sent.items():
            if value:
                link.putheader(name, value)
        link.endheaders(body.encode())
        return link.getresponse()

    def get(self, rest: str = "", **headers: str) -> tuple[int, str]:
        answer = self.ask("GET", f"/{self.server.token}/{rest}", **headers)
        return answer.status, answer.read().decode()

    def post(self, rest: str, **fields: Any) -> int:
        answer = self.ask("POST", f"/{self.server.token}/{rest}", urlencode(fields))
        answer.read()
        return answer.status


@pytest.fixture
def session(contestants, tmp_path: Path) -> Iterator[Session]:
    with Record(tmp_path / "votes.csv") as record:
        made = Session(
            contestants, record, Schedule(contestants, 0), judge="Ann", rounds=5, question="Which <b>is</b> better?"
        )
        yield made
        made.close()


@pytest.fixture
def client(session: Session) -> Iterator[Client]:
    server = Server(session)
    server.begin()
    made = Client(server)
    yield made
    for link in made.links:
        link.close()
    server.end()


def test_it_listens_on_this_machine_alone(client: Client) -> None:
    assert client.server.server_address[0] == "127.0.0.1"
    assert client.server.address == f"http://127.0.0.1:{client.server.server_address[1]}/{client.server.token}/"
    assert len(client.server.token) >= 22  # 128 bits


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/wrong/",
        "/wrong/answer",
        "//",
        "/{token}",
        "/{token}x/",
        "/x{token}/",
        "/../{token}/",
        "/%2e/{token}/",
        "/favicon.ico",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_there_is_nothing(client: Client, path: str, method: str) -> None:
    answer = client.ask(method, path.format(token=client.server.token))
    assert answer.status == 403 and answer.read() == b"403 Forbidden\n"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "", "[::1]:{port}"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_host_is_refused(client: Client, host: str, method: str) -> None:
    named = host.format(port=client.server.server_address[1])
    path = f"/{client.server.token}/{'undo' if method == 'POST' else ''}"
    assert client.ask(method, path, Host=named).status == 403
    assert client.ask(method, path, Host=f"localhost:{client.server.server_address[1]}").status in (200, 303)


def test_a_form_of_another_page_is_refused(client: Client, session: Session) -> None:
    client.get()
    body = urlencode({"round": 1, "winner": "left"})
    path = f"/{client.server.token}/answer"
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        assert client.ask("POST", path, body, Origin=origin).status == 403
    assert session.own == []
    assert client.ask("POST", path, body, Origin=client.server.address.rsplit("/", 2)[0]).status == 303
    assert len(session.own) == 1


@pytest.mark.parametrize(
    "rest",
    [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "votes.csv",
        "report.html",
        "static/x",
        "./",
        "%00",
        "....//",
        "answer",
    ],
)
def test_no_file_is_served(client: Client, rest: str) -> None:
    status, text = client.get(rest)
    assert (status, text) == (404, "404 Not Found\n")


def test_bodies_have_limits(client: Client, session: Session) -> None:
    client.get()
    path = f"/{client.server.token}/answer"
    assert client.ask("POST", path, "", **{"Content-Length": str(MOST + 1)}).status == 413
    assert client.ask("POST", path, "", **{"Content-Length": str(10**15)}).status == 413
    assert client.ask("POST", path, "", **{"Content-Length": "-1"}).status == 411
    assert client.ask("POST", path, "", **{"Content-Length": ""}).status == 411
    assert client.ask("POST", path, '{"winner": "left"}', **{"Content-Type": "application/json"}).status == 415
    assert client.ask("POST", path, "&".join(f"a{i}=1" for i in range(50))).status == 400
    for fields in (
        {},
        {"round": 1},
        {"round": 1, "winner": "both"},
        {"round": "x", "winner": "left"},
        {"winner": "left"},
    ):
        assert client.post("answer", **fields) == 400
    assert client.post("nonsense", round=1) == 400
    assert client.ask("DELETE", f"/{client.server.token}/").status == 501
    assert session.own == []


def test_answers_are_heeded_once_and_in_their_order(client: Client, session: Session) -> None:
    assert client.post("answer", round=1, winner="left") == 303 and session.own == []  # nothing was shown yet
    client.get()
    assert client.post("answer", round=2, winner="left") == 303 and session.own == []
    client.post("answer", round=1, winner="right", seconds="0.001")
    client.post("answer", round=1, winner="left", seconds="0.001")
    assert [(each.round, each.winner, each.seconds) for each in session.own] == [(1, "right", 0.001)]
    client.get()
    client.post("answer", round=2, winner="left", seconds="-3")
    client.get()
    client.post("answer", round=3, winner="left", seconds="1e9")
    assert all(each.seconds is not None and 0 <= each.seconds < 5 for each in session.own)
    assert session.own[0].question == session.question and session.own[0].time


def test_who_made_which_is_not_in_the_page(client: Client, session: Session, contestants) -> None:
    for number in range(1, 6):
        status, page = client.get()
        assert status == 200 and "secret" not in page and f"Round {number} of 5" in page
        pair = session.drawn[number].result().pairing
        expected = [
            1000 * s + contestants[w].number
            for w, s in ((pair.left, pair.left_sample), (pair.right, pair.right_sample))
        ]
        assert [int(x) for x in re.findall(r'<div class="sample"><p>(\d+)</p>', page)] == expected
        client.post("answer", round=number, winner="left")
        assert session.own[-1].left == contestants[pair.left].name
        assert (session.own[-1].left_sample, session.own[-1].right_sample) == (
            str(pair.left_sample),
            str(pair.right_sample),
        )
    status, page = client.get()
    assert status == 200 and "secret" not in page and "See the result" in page
    client.post("answer", round=6, winner="left")
    assert len(session.own) == 5


def test_the_page_is_escaped_and_its_scripts_are_marked(client: Client) -> None:
    answer = client.ask("GET", f"/{client.server.token}/")
    page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert "Which &lt;b&gt;is&lt;/b&gt; better?" in page and "<b>is</b>" not in page
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)
    assert nonce and page.count("<script") == page.count(f'<script nonce="{nonce[1]}">') == 2
    assert "default-src 'none'" in policy and "unsafe" not in policy.partition("script-src")[2]
    assert nonce[1] not in client.get()[1]
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Frame-Options"] == "DENY"
    assert "Python" not in str(answer.headers["Server"])


def test_the_last_choice_is_taken_back(client: Client, session: Session) -> None:
    assert 'id="undo" disabled' in client.get()[1]
    first = re.findall(r"<p>(\d+)</p>", client.get()[1])
    client.post("answer", round=1, winner="left")
    assert 'id="undo" disabled' not in client.get()[1]
    client.post("undo")
    assert session.own == []
    assert re.findall(r"<p>(\d+)</p>", client.get()[1]) == first
    client.post("answer", round=1, winner="right")
    assert [each.winner for each in session.own] == ["right"]
    client.post("undo")
    client.post("undo")
    assert session.own == []


def test_another_judge_begins_at_the_same_pairs_and_takes_nothing_back(
    client: Client, session: Session, contestants
) -> None:
    client.get()
    client.post("answer", round=1, winner="left")
    other = Session(contestants, session.record, Schedule(contestants, 0), judge="Bob", rounds=5, question="?")
    shown = other.current()
    assert shown is not None and shown.round == 1 and not other.undo()
    assert other.answer(1, "right") and len(session.record.judgements) == 2
    assert session.record.judgements[0].items == session.record.judgements[1].items
    other.close()


def test_a_sitting_goes_on_with_the_file(session: Session, contestants, tmp_path: Path) -> None:
    for number in (1, 2):
        session.current()
        session.answer(number, "left")
    session.close()
    session.record.close()
    with Record(tmp_path / "votes.csv") as record:
        again = Session(contestants, record, Schedule(contestants, 0), judge="Ann", rounds=3, question="?")
        shown = again.current()
        assert shown is not None and shown.round == 3 and shown.pairing == Schedule(contestants, 0)(2)
        assert again.undo() and again.round == 2
        back = again.current()
        assert back is not None and back.pairing == Schedule(contestants, 0)(1)
        assert again.answer(2, "left") and not again.done
        again.current()
        assert again.answer(3, "left") and again.done and again.current() is None
        again.close()


def test_the_result_is_handed_to_who_waits_for_it(client: Client, tmp_path: Path) -> None:
    assert client.ask("GET", f"/{client.server.token}/result").status == 303  # nobody has ended it
    assert client.post("end") == 303 and client.server.ended.is_set()
    (tmp_path / "report.html").write_text("<p>the result</p>")
    from threading import Thread

    told: list[tuple[int, str]] = []
    waiting = Thread(target=lambda: told.append(client.get("result")))
    waiting.start()
    client.server.show_result(tmp_path / "report.html")
    waiting.join(10)
    assert told == [(200, "<p>the result</p>")]


def test_what_goes_wrong_ends_the_sitting_with_its_reason(client: Client, contestants) -> None:
    def fail(sample: int) -> None:
        raise UserError("the disk is gone")

    contestants[0].draw = contestants[1].draw = fail
    status, text = client.get()
    assert (status, text) == (500, "500 Internal Server Error\n")
    assert client.server.ended.is_set() and str(client.server.failure) == "the disk is gone"


def test_a_port_that_is_taken(client: Client, session: Session) -> None:
    port = client.server.server_address[1]
    with pytest.raises(UserError, match=f"--port {port}: cannot be listened on"):
        Server(session, port)


def test_what_is_taken_back_is_shown_again_however_it_was_chosen(session: Session, contestants) -> None:
    calls: list[int] = []

    def choose(round: int, past: Sequence[Judgement]) -> Pairing:
        calls.append(round)  # never the same pair twice
        return Pairing(0, 1, 2 * len(calls), 2 * len(calls) + 1)

    picky = Session(contestants, session.record, choose, judge="Bob", rounds=5, question="?", ahead=False)
    first = picky.current()
    assert first is not None and picky.answer(1, "left") and picky.undo()
    again = picky.current()
    assert again is not None and again.pairing == first.pairing and calls == [0]
    picky.close()
