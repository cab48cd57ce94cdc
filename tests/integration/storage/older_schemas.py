"""Databases as older versions of the program left them, with rows in every table."""

from collections.abc import Mapping, Sequence
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, insert, select
from sqlalchemy.orm import Session

from app.storage import migration
from app.storage.database import Database

ROWS: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "0001": {
        "district": [{"code": "BNU", "name": "بنوں", "number": 2}],
        "site": [{"district": "BNU", "code": "BNU-41", "name": "Gate", "number": 41}],
        "camera": [
            {
                "code": f"BNU-41-{number}",
                "name": "Gate left",
                "number": number,
                "district": "BNU",
                "site": "BNU-41",
                "main_url": "rtsp://10.2.41.3/main",
                "sub_url": None,
                "latitude": 32.98,
                "longitude": None,
                "credential": "gate",
                "analytics_id": None,
                "attributes": {"pole": "7"},
            }
            for number in (3, 4)
        ],
    },
    "0002": {
        "overlay_setting": [
            {"camera": "BNU-41-3", "offset_ms": -120, "updated_us": 2**50, "workstation": "d"}
        ],
    },
    "0003": {
        "event_subject": [
            {
                "id": 1,
                "source": "city",
                "camera": "BNU-41-3",
                "site": "BNU-41",
                "district": "BNU",
                "kind": "line_crossed",
                "rule": "Gate line",
                "labels": "car",
                "severity": 3,
                "row_count": 1,
                "newest_us": 2**50,
            }
        ],
        "event": [
            {
                "id": 1,
                "event_key": b"0123456789abcdef",
                "group_key": None,
                "subject_id": 1,
                "count": 1,
                "newest_us": 2**50,
                "event_id": "e1",
                "label": "car",
                "severity": 3,
                "phase": 0,
                "time_us": 2**50,
                "end_us": None,
                "clock": 1,
                "received_us": 2**50 + 1,
                "lag_ms": 0,
                "confidence": 0.5,
                "track_id": None,
                "snapshot_ref": None,
                "clip_ref": None,
                "raw_topic": "",
                "details": None,
                "workstation": "desk-4",
            }
        ],
    },
}
"""What each version added; a version is made with its own steps and filled without our tables,
so that a later change of those cannot change what an old database looks like."""


def make_old(database: Database, version: str) -> None:
    """Bring an empty database to ``version`` and fill each table that it has."""
    config = Config()
    config.set_main_option("script_location", str(migration.__file__).replace(".py", "s"))
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, version)
        for step, tables in ROWS.items():
            if step <= version:
                for name, rows in tables.items():
                    session.execute(insert(_table(session, name)), list(rows))


def content(database: Database, version: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What is in the tables that ``version`` had, as ``ROWS`` has it."""
    found = {}
    with database.reading() as session:
        for step, tables in ROWS.items():
            if step <= version:
                for name, rows in tables.items():
                    table = _table(session, name)
                    columns = [table.c[column] for column in rows[0]]
                    found[name] = [
                        dict(row)
                        for row in session.execute(select(*columns).order_by(columns[0]))
                        .mappings()
                        .all()
                    ]
    return found


def expected(version: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {
        name: sorted((dict(row) for row in rows), key=lambda row: str(next(iter(row.values()))))
        for step, tables in ROWS.items()
        if step <= version
        for name, rows in tables.items()
    }


def _table(session: Session, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=session.connection())
