"""Places: a person has so many, in all processes together; who dies gives theirs back."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from punt.events.places import Places
from punt.settings import ROOT

NEIGHBOUR = """
import pathlib, sys
from punt.events.places import Places
places = Places(pathlib.Path(sys.argv[1]), 3, 100)
print(*[places.take("nora") for _ in range(int(sys.argv[2]))], flush=True)
sys.stdin.read()
"""


def open_files() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


@contextmanager
def neighbour(folder: Path, taking: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Another process that takes places of Nora's and keeps them until it ends."""
    command = [sys.executable, "-c", NEIGHBOUR, str(folder), str(taking)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().split()
        finally:
            process.kill()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Three places a person, five in this process."""
    return Places(tmp_path / "streams", 3, 5)


def test_a_person_has_so_many_places_and_no_more(places: Places) -> None:
    taken = [places.take("nora") for _ in range(4)]

    assert taken == [0, 1, 2, None]
    assert places.take("otto") == 0


def test_a_place_given_back_is_there_for_the_next_and_only_once(places: Places) -> None:
    for _ in range(3):
        places.take("nora")

    places.give_back("nora", 1)
    places.give_back("nora", 1)

    assert [places.take("nora"), places.take("nora")] == [1, None]
    assert len(places) == 3


def test_a_process_has_so_many_places_for_all_people(places: Places) -> None:
    taken = [places.take(person) for person in ("nora", "otto", "nora", "otto", "nora", "pia")]

    assert taken == [0, 0, 1, 1, 2, None]

    places.give_back("otto", 0)

    assert places.take("pia") == 0


def test_two_processes_share_the_places_of_a_person(places: Places, tmp_path: Path) -> None:
    places.take("nora")

    with neighbour(tmp_path / "streams", taking=3) as (_, taken):
        assert taken == ["1", "2", "None"]
        assert places.take("nora") is None


def test_giving_one_place_back_keeps_the_others_from_other_processes(places: Places, tmp_path: Path) -> None:
    places.take("nora")
    second = places.take("nora")
    assert second is not None

    places.give_back("nora", second)

    with neighbour(tmp_path / "streams", taking=3) as (_, taken):
        assert taken == ["1", "2", "None"]


def test_a_killed_process_gives_its_places_back(places: Places, tmp_path: Path) -> None:
    with neighbour(tmp_path / "streams", taking=3) as (process, _):
        assert places.take("nora") is None

        process.kill()
        process.wait(20)

    assert places.take("nora") == 0


def test_no_file_stays_open_for_somebody_without_a_stream(places: Places) -> None:
    before = open_files()
    taken = [places.take("nora") for _ in range(4)]

    for place in taken[:3]:
        assert place is not None
        places.give_back("nora", place)

    assert open_files() == before


def test_where_no_file_can_be_made_each_process_counts_for_itself_and_says_so_once(
    places: Places, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "streams").write_text("a file where the folder should be")

    with caplog.at_level(logging.WARNING):
        taken = [places.take(person) for person in ("nora", "nora", "nora", "nora", "otto")]
    places.give_back("nora", 1)

    assert taken == [0, 1, 2, None, 0]
    assert [places.take("nora"), len(places)] == [1, 4]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("person", ["../outside", "/etc/passwd", "a/b", ".", "..", "x" * 300, "a\0b", ""])
def test_a_place_lies_in_its_folder_whoever_it_is_for(tmp_path: Path, person: str) -> None:
    places = Places(tmp_path / "streams", 3, 5)

    taken = places.take(person)

    assert taken == 0
    assert {path.parent.name for path in tmp_path.rglob("*") if path.is_file()} == {"streams"}
