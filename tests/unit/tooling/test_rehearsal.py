"""Two answers about one stream are compared field by field; nothing personal is shown."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from application.reading.survey import Differing
from kernel.messages import AggregateId
from kernel.personal import KEPT
from kernel.projection import RowKey
from skafu.commands.rehearse import LONGEST, told
from skafu.rehearsal import deployed
from skafu.rehearsal.comparing import ABSENT, EVENT, MASKED, ROW, STATE, THE_ROW, Comparison
from skafu.rehearsal.deployed import code_of
from skafu.rehearsal.stored import NOT_READ, stored_differences

pytestmark = pytest.mark.feature("W21")
STREAM = AggregateId("TEAPOT#01980000-0000-7000-8000-000000000001")
HEAD = {"states": {"TEAPOT": 1}, "rows": {"teapots": 1}, "personal": {"Teapot": ["maker"]}}
ROW_NAME = "Teapot 1"
SEALED = f"s1:{'a' * 40}"
Json = dict[str, Any]


def answer(state: Json | None = None, row: Json | None = None) -> Json:
    rows = {} if row is None else {ROW_NAME: {"version": 3, "projection_version": 1, **row}}
    return {"state": {"folded": state or {}}, "rows": {"teapots": {"folded": rows}}}


def comparison() -> Comparison:
    return Comparison((HEAD, HEAD))


def found(before: Json, after: Json) -> list[tuple[Any, ...]]:
    differences = comparison().differences(STREAM, before, after)
    return [(d.what, d.key, d.field, d.before, d.after) for d in differences]


def test_a_field_within_others_is_named_by_its_path() -> None:
    before, after = {"lids": {"a": [1, {"size": 2}]}}, {"lids": {"a": [1, {"size": 3}]}}

    assert found(answer(before), answer(after)) == [(STATE, "", "lids.a.1.size", 2, 3)]


def test_a_number_is_no_truth_value() -> None:
    assert found(answer({"hot": 1}), answer({"hot": True})) == [(STATE, "", "hot", 1, True)]


def test_fields_and_rows_of_one_side_are_absent_on_the_other() -> None:
    row: Json = {"name": "Urn"}

    assert found(answer({"a": 1}), answer({"b": 2})) == [
        (STATE, "", "a", 1, ABSENT),
        (STATE, "", "b", ABSENT, 2),
    ]
    assert found(answer(), answer(row=row)) == [(ROW, ROW_NAME, "", ABSENT, THE_ROW)]
    assert found(answer(row=row), answer()) == [(ROW, ROW_NAME, "", THE_ROW, ABSENT)]


def test_personal_texts_are_masked_and_compared_all_the_same() -> None:
    before = answer({"by": SEALED}, {"maker": "Ann", "note": SEALED})
    after = answer({"by": None}, {"maker": "Eve", "note": f"{SEALED}b"})

    assert found(before, after) == [
        (STATE, "", "by", MASKED, None),
        (ROW, ROW_NAME, "maker", MASKED, MASKED),
        (ROW, ROW_NAME, "note", MASKED, MASKED),
    ]


def test_what_is_sealed_within_a_value_is_masked() -> None:
    before, after = answer({"all": None}), answer({"all": {"by": [SEALED, "Urn"]}})

    assert found(before, after) == [
        (STATE, "", "all", None, {"by": [MASKED, "Urn"]}),
    ]


def test_a_fold_that_only_one_side_can_make_differs() -> None:
    fault = {"state": {"fault": "KeyError"}, "rows": {"teapots": {"fault": "TypeError"}}}

    assert found(answer(), fault) == [
        (STATE, "", "", "folded", "KeyError"),
        (ROW, "", "", "folded", "TypeError"),
    ]
    assert found(fault, fault) == []


def test_events_that_one_side_cannot_read_are_named_alone() -> None:
    unreadable = {"unreadable": [[2, "LidAdded", "LidAdded 2.0"]]}

    read = (EVENT, "2", "LidAdded", "read", "LidAdded 2.0")
    assert found(answer({"a": 1}), unreadable) == [read]
    assert found(unreadable, answer({"a": 1})) == [(*read[:3], "LidAdded 2.0", "read")]
    assert found(unreadable, unreadable) == [(*read[:3], "LidAdded 2.0", "LidAdded 2.0")]


def test_a_rebuild_writes_rows_that_differ_once_and_leaves_those_that_are_gone() -> None:
    work = comparison()
    urn: Json = {"name": "Urn", "size": 1}
    for row in ({"name": "Pot", "size": 2}, urn, {**urn, "projection_version": 2}, None):
        work.differences(STREAM, answer(row=urn), answer(row=row))
    work.differences(STREAM, answer(), answer(row=urn))

    assert work.tally.rebuild.rows == 3
    assert (work.tally.rebuild.streams, work.tally.rebuild.events) == (3, 9)
    assert work.tally.again == {"teapots": 1}
    assert work.tally.differing == {(ROW, "teapots"): 3}


def of_stored(stored: Json | None, missing: bool = False) -> tuple[list[tuple[Any, ...]], Json]:
    folded = {"name": "Urn", "maker": KEPT, "projection_version": 2}
    one = Differing(STREAM, RowKey("Teapot", "1"), folded, stored, missing)
    work = comparison()
    differences = list(stored_differences(one, "teapots", work))
    return [(d.key, d.field, d.before, d.after) for d in differences], dict(work.tally.again)


def test_rows_are_compared_with_those_that_are_stored() -> None:
    same: Json = {"name": "Urn", "maker": KEPT, "projection_version": 1}

    assert of_stored(None, missing=True)[0] == [(ROW_NAME, "", ABSENT, THE_ROW)]
    assert of_stored(None)[0] == [(ROW_NAME, "", NOT_READ, THE_ROW)]
    assert of_stored({**same, "name": "Pot"})[0] == [(ROW_NAME, "name", "Pot", "Urn")]
    assert of_stored({**same, "maker": None})[0] == [(ROW_NAME, "maker", None, MASKED)]
    assert of_stored(same) == ([], {"teapots": 1})


def test_a_long_value_is_cut_where_people_read_it() -> None:
    (one,) = comparison().differences(STREAM, answer({"a": "x" * 500}), answer({"a": None}))

    assert told(one) == f'state {STREAM} TEAPOT a: "{"x" * (LONGEST - 1)}… → null'


class TestTheDeployedCode:
    def test_is_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        with code_of(str(tmp_path)) as folder:
            assert folder == tmp_path

    def test_is_a_commit_of_this_repository(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = tmp_path / "project"
        (project / "src").mkdir(parents=True)
        (project / "src" / "pot.py").write_text("POT = 1\n")
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        for words in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "-m", "A pot")):
            subprocess.run(["git", "-C", project, *words], check=True)
        subprocess.run(["git", "-C", project, "tag", "v1"], check=True)
        (project / "src" / "pot.py").write_text("POT = 2\n")
        monkeypatch.setattr(deployed, "ROOT", project)

        with code_of("v1") as folder:
            assert (folder / "src" / "pot.py").read_text() == "POT = 1\n"
        assert not folder.exists()

    @pytest.mark.parametrize("named", ["no-such-commit", "--help", "", "HEAD:src"])
    def test_is_refused_when_it_is_none(self, named: str, tmp_path: Path) -> None:
        with (
            pytest.raises(typer.BadParameter, match=r"a commit, branch or tag"),
            code_of(named),
        ):
            pytest.fail("there is none")
