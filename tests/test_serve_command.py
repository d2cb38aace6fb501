"""``akegraph serve`` at its start: what cannot be served is named, with the right exit code, and left as it is."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph
from servers import serve_akegraph, serve_script
from serving import command, environment

from akegraph.cli import main
from akegraph.settings import Settings, make_table
from akegraph.web import create_app
from akegraph.web.loading import load_site
from akegraph.web.server import find_served


def start(*arguments: str, **settings: object) -> tuple[int, str]:
    """Run the command until it gives up."""
    env = {f"AKEGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    result = CliRunner().invoke(main, ["serve", "--port", "0", *arguments], env=env)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.exit_code, result.stderr


def make_store(folder: Path) -> Path:
    store = Oxigraph(str(folder))
    store.load(b"<a:s> <a:p> <a:o> <a:g> .\n", format=RdfFormat.N_QUADS)
    store.flush()
    del store
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_missing_folder(tmp_path: Path) -> None:
    code, words = start("--store", str(tmp_path / "missing"))
    assert code == 3
    assert f"Error: {tmp_path / 'missing'}: is no folder" in words
    assert not (tmp_path / "missing").exists()


def test_a_folder_that_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "photo").write_text("mine")
    code, words = start("--store", str(tmp_path))
    assert code == 3
    assert "holds no store" in words
    assert contents(tmp_path) == {"photo": b"mine"}


@pytest.mark.parametrize("which", ["CURRENT", "MANIFEST", ".sst"])
def test_a_corrupt_store(tmp_path: Path, which: str) -> None:
    folder = make_store(tmp_path / "store")
    files = [file for file in folder.iterdir() if which in file.name]
    assert files
    for file in files:
        file.write_bytes(b"\0garbage" * 40)
    before = contents(folder)
    code, words = start("--store", str(folder))
    assert code == 3
    assert f"Error: {folder}: cannot be" in words
    assert contents(folder) == before


def test_a_store_that_another_process_writes_to_is_read_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    make_store(folder)
    held = Oxigraph(str(folder))  # has the lock
    before = contents(folder)
    settings = Settings(workers=1)
    with load_site(find_served(settings, str(folder)), settings).store as store:
        assert store.ask("ASK { GRAPH <a:g> { <a:s> <a:p> <a:o> } }")
    assert contents(folder) == before
    del held


def test_a_store_too_large_for_its_workers(tmp_path: Path) -> None:
    quads = "".join(f'<a:s{number}> <a:p> "{number:0200}" <a:g> .\n' for number in range(150_000))
    store = Oxigraph(str(tmp_path / "store"))
    store.bulk_load(quads.encode(), format=RdfFormat.N_QUADS)
    store.flush()
    del store
    env = environment(memory=120, workers=1)
    program = command("--port", "0", "--store", str(tmp_path / "store"))
    run = subprocess.run(program, capture_output=True, text=True, env=env, check=False, timeout=120)
    assert run.returncode == 3
    assert "do not fit into 120 MB" in run.stderr


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<a> <b>\n<c")
    assert start("--data", str(tmp_path / "bad.ttl"))[0] == 3
    code, words = start("--data", str(tmp_path / "missing.ttl"))
    assert code == 3
    assert "missing.ttl" in words


def test_an_endpoint_that_is_down() -> None:
    code, words = start("--store", "http://127.0.0.1:9/sparql", timeout=3)
    assert code == 4
    assert "http://127.0.0.1:9/sparql: cannot be reached" in words


def test_an_endpoint_that_answers_a_page() -> None:
    page = (200, {"Content-Type": "text/html"}, b"<html>Welcome</html>")
    with serve_script(lambda request: page) as (address, _):
        code, words = start("--store", address)
    assert code == 4
    assert f"{address}: it sends text/html" in words


def test_an_endpoint_that_is_slow() -> None:
    def answer(request: object) -> tuple[int, dict[str, str], bytes]:
        time.sleep(2)
        return 200, {}, b""

    with serve_script(answer) as (address, _):
        code, words = start("--store", address, timeout=0.5)
    assert code == 4
    assert f"{address}: no whole answer came within 0.5 s" in words


def test_two_sources_and_wrong_settings_are_wrong_usage(tmp_path: Path) -> None:
    assert start("--store", "a", "--data", "b.ttl")[0] == 2
    assert start("--config", str(tmp_path / "missing.toml"))[0] == 2
    (tmp_path / "a.toml").write_text("timeot = 3")
    code, words = start("--config", str(tmp_path / "a.toml"))
    assert code == 2
    assert "did you mean 'timeout'" in words
    assert start("--prefix", "/a b")[0] == 2
    assert start("--host", "no.such.host.invalid")[0] == 2


def test_the_site_over_another_akegraph_has_its_plans_and_dump() -> None:
    with serve_akegraph() as address:
        settings = Settings(store=address)
        site = load_site(find_served(settings), settings)
        with site.store, create_app(site, settings).test_client() as client:
            assert list(site.plans.values()) == ["AKE Tampere 2026"]
            assert client.get("/plan/ake-tampere-2026").status_code == 200
            assert b"ake-tampere-2026" in client.get("/dump.trig").data
            assert client.get("/readyz").status_code == 200


def test_an_endpoint_that_fails_later_is_named_with_502() -> None:
    with serve_akegraph() as address:
        settings = Settings(store=address, timeout=2)
        site = load_site(find_served(settings), settings)
    with site.store, create_app(site, settings).test_client() as client:
        answer = client.get("/sparql?query=ASK%7B%7D")
        assert answer.status_code == 502
        assert address in answer.json["detail"]
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_the_options_go_before_the_settings(tmp_path: Path) -> None:
    settings = Settings(store="http://a.example/sparql")
    assert find_served(settings).kind == "endpoint"
    assert find_served(settings, data=["b.ttl"]).places == ("b.ttl",)
    assert find_served(Settings(data=("a.ttl",))).places == ("a.ttl",)
    assert find_served(Settings()).kind == "plans"


def test_the_settings_are_printed() -> None:
    run = subprocess.run(command("--settings"), capture_output=True, text=True, env=environment(), check=True)
    assert run.stdout == make_table()
