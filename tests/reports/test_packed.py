"""Reports about many exports are packed, and what is read of them is what was put in."""

from __future__ import annotations

import pickle

import pytest
from msgspec.structs import replace

from tests.reports.runs import report
from tsfix.reports import FORMATS, rendered
from tsfix.reports.build import build_report
from tsfix.reports.packed import PackedReports
from tsfix.reports.report import ExportReport


def many(number: int = 120) -> list[ExportReport]:
    some = sorted(report("scan-several").exports, key=lambda export: -len(export.findings))[:3]
    return [replace(some[place % len(some)], file=f"export {place}.zip") for place in range(number)]


def test_packed_reports_are_those_that_were_put_in() -> None:
    plain = many()
    packed = PackedReports(plain)
    assert plain == list(packed)
    assert (plain[-1], plain[10:70]) == (packed[-1], list(packed[10:70]))
    assert (len(plain), True, False) == (len(packed), packed.is_packed, PackedReports(plain[:50]).is_packed)
    assert packed == tuple(plain)
    assert packed != tuple(plain[1:])


def test_what_another_process_packed_is_taken_over() -> None:
    plain = many(60)
    elsewhere = PackedReports(plain[:2])
    elsewhere.pack()
    together = PackedReports(plain[2:4])
    together.take(pickle.loads(pickle.dumps(elsewhere)))
    assert [*plain[2:4], *plain[:2]] == list(together)


def test_packed_reports_take_less_memory() -> None:
    plain = many(1)
    packed = PackedReports(plain)
    packed.pack()
    assert len(pickle.dumps(packed)) * 2 < len(pickle.dumps(PackedReports(plain)))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_the_same_of_packed_reports(form: str) -> None:
    packed = PackedReports(many(4))
    packed.pack()
    made = [build_report("scan", "0", exports) for exports in (many(4), packed)]
    one, other = ("".join(rendered(value, form)) for value in made)
    assert one == other
    assert one.count(packed[3].findings[0].rule) >= 4
