"""References in the bytes mean what XML says, however they are written."""

from __future__ import annotations

import pytest
from lxml import etree

from tsfix.xml_bytes.escaping import decode_references

ZEROS = b"0" * 5000
"""More than int() takes as a decimal number."""


@pytest.mark.parametrize("written", [b"&#65;", b"&#x41;", b"&#" + ZEROS + b"65;", b"&#x" + ZEROS + b"41;"])
def test_zeros_in_front_mean_nothing(written: bytes) -> None:
    assert b"A" == decode_references(written)
    assert "A" == etree.fromstring(b"<a>" + written + b"</a>").text
