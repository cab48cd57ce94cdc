"""For which cameras a source of boxes is."""

import pytest

from app.settings.schema import SourceSettings


@pytest.mark.parametrize(
    ("districts", "only", "served"),
    [
        ([], [], {"BNU-1-1", "BNU-1-2", "DIK-1-1"}),
        (["BNU"], [], {"BNU-1-1", "BNU-1-2"}),
        ([], ["BNU-1-2", "DIK-1-1"], {"BNU-1-2", "DIK-1-1"}),
        (["BNU"], ["BNU-1-2", "DIK-1-1"], {"BNU-1-2"}),
    ],
)
def test_a_source_is_for_its_districts_and_for_named_cameras(
    districts: list[str], only: list[str], served: set[str]
) -> None:
    source = SourceSettings(name="a", adapter="onvif-json", districts=districts, only=only)
    cameras = {"BNU-1-1": "BNU", "BNU-1-2": "BNU", "DIK-1-1": "DIK"}
    assert {code for code, district in cameras.items() if source.serves(code, district)} == served
