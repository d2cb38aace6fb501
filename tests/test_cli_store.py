"""``akegraph store``: loaded, dumped, backed up and put back from the terminal, in a folder and on real servers."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from servers import Reply, Request, find_oxigraph, serve_akegraph, serve_script, serve_writable_oxigraph
from web_site import PLAN, make_site

from akegraph.cli import main
from akegraph.queries import load_queries
from akegraph.store.credentials import Credentials, find_credentials

ONE = "<urn:a> <urn:p> <urn:b> <urn:g> .\n"


def run(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "one.nq"
    path.write_text(ONE)
    return path


def test_plans_go_into_a_folder_and_answer_from_there(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    loaded = run("store", "load", PLAN, "--to", folder)
    assert (loaded.exit_code, loaded.stdout) == (0, "")
    assert "triples in 7 graphs" in loaded.stderr
    for command in (["query", "activities-by-path"], ["chain", f"{PLAN}/8"]):
        wanted = run(*command, "--data", PLAN)
        assert run(*command, "--store", folder).stdout == wanted.stdout != ""


def test_a_dump_is_what_was_loaded_with_its_checksum(tmp_path: Path, file: Path) -> None:
    folder, dumped = tmp_path / "store", tmp_path / "dump.nq"
    assert run("store", "load", file, "--to", folder).exit_code == 0
    assert run("store", "dump", "--store", folder, "-o", dumped).exit_code == 0
    assert dumped.read_text() == ONE
    digest = hashlib.sha256(ONE.encode()).hexdigest()
    assert dumped.with_name("dump.nq.sha256").read_text() == f"{digest}  dump.nq\n"
    assert run("store", "dump", "--store", folder).stdout == ONE
    assert "<urn:g> {" in run("store", "dump", "--store", folder, "--format", "trig").stdout
    run("store", "load", "-", "--to", folder, given="<urn:g> { <urn:x> <urn:p> <urn:y> }")
    assert run("store", "dump", "--store", folder, "-o", dumped).exit_code == 2
    assert dumped.read_text() == ONE
    assert run("store", "dump", "--store", folder, "-o", dumped, "--force").exit_code == 0
    assert dumped.read_text() == ONE.replace("urn:a", "urn:x").replace("urn:b", "urn:y")


def test_a_backup_is_made_and_put_back(tmp_path: Path, file: Path) -> None:
    folder, backup = tmp_path / "store", tmp_path / "backup"
    run("store", "load", file, "--to", folder)
    assert run("store", "backup", folder, backup).exit_code == 0
    assert run("store", "backup", folder, backup).exit_code == 2
    assert run("store", "restore", backup, folder).exit_code == 2
    assert run("store", "restore", backup, folder, "--force").exit_code == 0
    assert run("store", "dump", "--store", folder).stdout == ONE


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("backup", "missing", "target"), 3, "is no folder"),
        (("restore", "missing", "target"), 3, "is no backup"),
        (("dump", "--store", "missing"), 3, "is no folder"),
        (("load", "missing.ttl", "--to", "new"), 3, "cannot be read"),
        (("load", "no-such-plan", "--to", "new"), 3, "nothing is known"),
        (("load", "http://localhost/x", "--to", "new"), 3, "loaded from plans and from files"),
        (("load", "--to", "http://127.0.0.1:9/store"), 4, "cannot be reached"),
        (("load", "--to", "http://me:secret@127.0.0.1:9/store"), 2, "no password on a command line"),
        (("dump", "--store", "http://me:secret@127.0.0.1:9/query"), 2, "no password on a command line"),
        (("load",), 2, "--to"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("store", *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr
    assert "secret" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if find_oxigraph() is None:
        pytest.skip("Oxigraph's server is not installed (pip install oxigraph)")
    with serve_writable_oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


def test_a_server_is_loaded_by_its_graph_store_and_answers_alike(oxigraph: str, tmp_path: Path) -> None:
    for _ in range(2):
        done = run("store", "load", PLAN, "--to", f"{oxigraph}/store")
        assert done.exit_code == 0, done.stderr
    for name in load_queries():
        examples = [(f"--{key}", p.example) for key, p in load_queries()[name].parameters.items() if p.required]
        command = ["query", name, *(word for pair in examples for word in pair), "--format", "json"]
        if name in ("activities-by-path", "whole-chain", "statement-sources"):
            assert run(*command, "--store", f"{oxigraph}/query").stdout == run(*command, "--data", PLAN).stdout
    dumped = run("store", "dump", "--store", f"{oxigraph}/query").stdout
    assert len(dumped.splitlines()) == len(run("store", "dump", "--data", PLAN).stdout.splitlines())


def test_akegraph_itself_takes_nothing(file: Path) -> None:
    with serve_akegraph() as url:
        done = run("store", "load", file, "--to", url.replace("/sparql", "/rdf-graph-store"))
    assert done.exit_code == 4
    assert make_site().store.ask("ASK { ?s ?p ?o }")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_fails_for_a_moment_is_tried_again(file: Path, status: int) -> None:
    count = itertools.count()
    with serve_script(lambda _: (status if next(count) < 2 else 204, {}, b"")) as (url, asked):
        assert run("store", "load", file, "--to", url).exit_code == 0
    assert [(request.method, request.fields) for request in asked] == [("PUT", {"graph": ["urn:g"]})] * 3
    assert asked[-1].headers["content-type"] == "application/n-triples"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 500, 507])
def test_what_is_refused_is_said_once(file: Path, status: int) -> None:
    with serve_script(lambda _: (status, {}, b"")) as (url, asked):
        done = run("store", "load", file, "--to", f"{url}?key=hidden")
    assert done.exit_code == 4
    assert f"status {status}" in done.stderr
    assert "hidden" not in done.stderr
    assert len(asked) == 1


@pytest.mark.parametrize("scheme", ["Basic realm=x", 'Digest realm="x", nonce="n", qop="auth", opaque="o"'])
def test_who_asks_is_told_only_to_a_server_that_wants_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("AKEGRAPH_STORE_USER", "me")
    monkeypatch.setenv("AKEGRAPH_STORE_PASSWORD", "secret")

    def answer(request: Request) -> Reply:
        known = request.headers.get("authorization", "").startswith(scheme.partition(" ")[0])
        return (204, {}, b"") if known else (401, {"WWW-Authenticate": scheme}, b"")

    with serve_script(answer) as (url, asked):
        assert run("store", "load", file, "--to", url).exit_code == 0
    assert "authorization" not in asked[0].headers
    assert len(asked) == 2


def test_a_digest_is_that_of_the_standard() -> None:
    challenge = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as fixed:
        fixed.setattr("secrets.token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        said = Credentials("Mufasa", "Circle of Life").answer_challenge(challenge, "GET", "/dir/index.html")
    assert said is not None
    assert 'response="8ca523f5e9506fed4657c9700eebdbec"' in said  # RFC 7616, section 3.9.1


def test_who_asks_is_found_in_the_environment_or_a_netrc_file(tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine host login me password secret\n")
    netrc.chmod(0o600)
    assert find_credentials("host", {}) is None
    assert find_credentials("other", {"NETRC": str(netrc)}) is None
    assert find_credentials("host", {"NETRC": str(netrc)}) == Credentials("me", "secret")
    assert find_credentials("host", {"AKEGRAPH_STORE_TOKEN": "t"}) == Credentials(token="t")
    assert "secret" not in repr(Credentials("me", "secret"))
