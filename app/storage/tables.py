"""The tables. Rows never leave ``app.storage``.

Codes are the keys: they are what people, files and other systems call things, so a bookmark or
an incident that names a camera stays readable outside this database. A site's code is unique
within its district only, because many registries number their sites anew in each district.
"""

from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CODE = String(64)
NAME = String(200)
URL = String(2048)
WORD = String(16)
BYTEWISE = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Compared letter by letter in every database, as SQLite does: names with a common beginning
stand together."""
SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts by itself in a column of exactly this type only."""


class Row(DeclarativeBase):
    """What all tables share: constraints with names, so that a migration can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class DistrictRow(Row):
    __tablename__ = "district"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    number: Mapped[int] = mapped_column(unique=True)


class SiteRow(Row):
    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("district", "number"),)

    district: Mapped[str] = mapped_column(CODE, ForeignKey("district.code"), primary_key=True)
    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    number: Mapped[int]


class CameraRow(Row):
    __tablename__ = "camera"
    __table_args__ = (
        ForeignKeyConstraint(["district", "site"], ["site.district", "site.code"]),
        UniqueConstraint("district", "site", "number"),
    )

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    number: Mapped[int]
    district: Mapped[str] = mapped_column(CODE)
    site: Mapped[str] = mapped_column(CODE)
    main_url: Mapped[str] = mapped_column(URL)
    sub_url: Mapped[str | None] = mapped_column(URL)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    credential: Mapped[str | None] = mapped_column(NAME)
    analytics_id: Mapped[str | None] = mapped_column(NAME)
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)


class OverlaySettingRow(Row):
    """No foreign key: a camera that is taken out of the registry and put back keeps its offset."""

    __tablename__ = "overlay_setting"

    camera: Mapped[str] = mapped_column(CODE, primary_key=True)
    offset_ms: Mapped[int]
    updated_us: Mapped[int] = mapped_column(BigInteger)
    workstation: Mapped[str] = mapped_column(NAME)


class EventSubjectRow(Row):
    """What events are about, once for the many that share it: lists are filtered here.

    ``row_count`` and ``newest_us`` are of the rows of the list; they only choose how to search.
    """

    __tablename__ = "event_subject"
    __table_args__ = (
        UniqueConstraint(
            *("camera", "kind", "rule", "labels", "severity", "source", "site", "district"),
            name="uq_event_subject",
        ),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    source: Mapped[str] = mapped_column(CODE)
    camera: Mapped[str] = mapped_column(CODE)
    site: Mapped[str] = mapped_column(CODE)
    district: Mapped[str] = mapped_column(CODE)
    kind: Mapped[str] = mapped_column(CODE)
    rule: Mapped[str] = mapped_column(NAME)
    labels: Mapped[str] = mapped_column(NAME)
    severity: Mapped[int] = mapped_column(SmallInteger)
    row_count: Mapped[int]
    newest_us: Mapped[int] = mapped_column(BigInteger)


class EventRow(Row):
    """An event. One without ``group_key`` is a row of the list, for itself and ``count`` - 1
    others; its subject is that of all of them. No foreign keys: millions of rows."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("event_key"),
        # In the database they hold the rows of the list only; to say so here would load
        # PostgreSQL's dialect at each start.
        Index("ix_event_list", "received_us", "subject_id"),
        Index("ix_event_subject_list", "subject_id", "received_us"),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    event_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    group_key: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    subject_id: Mapped[int]
    count: Mapped[int]
    newest_us: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str] = mapped_column(NAME)
    label: Mapped[str | None] = mapped_column(CODE)
    severity: Mapped[int] = mapped_column(SmallInteger)
    phase: Mapped[int] = mapped_column(SmallInteger)
    time_us: Mapped[int] = mapped_column(BigInteger)
    end_us: Mapped[int | None] = mapped_column(BigInteger)
    clock: Mapped[int] = mapped_column(SmallInteger)
    received_us: Mapped[int] = mapped_column(BigInteger)
    lag_ms: Mapped[int] = mapped_column(BigInteger)
    confidence: Mapped[float | None]
    track_id: Mapped[str | None] = mapped_column(NAME)
    snapshot_ref: Mapped[str | None] = mapped_column(URL)
    clip_ref: Mapped[str | None] = mapped_column(URL)
    raw_topic: Mapped[str] = mapped_column(URL)
    details: Mapped[str | None] = mapped_column(Text)
    workstation: Mapped[str] = mapped_column(NAME)


class BookmarkRow(Row):
    """``id`` holds the time that lists are sorted by. How ``words`` are indexed, and that the
    queue holds raised flags only, stands in the migration. No foreign keys: a record stays when
    what it names is gone."""

    __tablename__ = "bookmark"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_bookmark_clip", "clip"),
        Index("ix_bookmark_event_key", "event_key"),
        Index("ix_bookmark_queue", "severity", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[UUID] = mapped_column(Uuid)
    camera: Mapped[str] = mapped_column(CODE)
    site: Mapped[str] = mapped_column(CODE)
    district: Mapped[str] = mapped_column(CODE)
    start_us: Mapped[int] = mapped_column(BigInteger)
    end_us: Mapped[int | None] = mapped_column(BigInteger)
    clock: Mapped[int] = mapped_column(SmallInteger)
    offset_us: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str | None] = mapped_column(WORD)
    operator: Mapped[str] = mapped_column(NAME)
    workstation: Mapped[str] = mapped_column(NAME)
    created_us: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    flag: Mapped[str] = mapped_column(WORD)
    picture_age_ms: Mapped[int | None] = mapped_column(BigInteger)
    drawn: Mapped[str | None] = mapped_column(Text)
    thumbnail: Mapped[str] = mapped_column(NAME)
    clip: Mapped[UUID | None] = mapped_column(Uuid)
    event_key: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    rule: Mapped[str] = mapped_column(NAME)
    incident: Mapped[UUID | None] = mapped_column(Uuid)
    severity: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int]
    words: Mapped[str] = mapped_column(Text)


class TagRow(Row):
    """How many bookmarks have a tag, for completing what is typed."""

    __tablename__ = "tag"

    name: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    uses: Mapped[int]


class IncidentRow(Row):
    """As ``BookmarkRow``; its words are also those of its notes."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("key"), UniqueConstraint("number"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(BYTEWISE)
    type: Mapped[str] = mapped_column(NAME)
    status: Mapped[str] = mapped_column(WORD)
    severity: Mapped[int] = mapped_column(SmallInteger)
    district: Mapped[str] = mapped_column(CODE)
    site: Mapped[str] = mapped_column(CODE)
    place: Mapped[str] = mapped_column(Text)
    opened_us: Mapped[int] = mapped_column(BigInteger)
    operator: Mapped[str] = mapped_column(NAME)
    workstation: Mapped[str] = mapped_column(NAME)
    holder: Mapped[str] = mapped_column(NAME)
    closed_us: Mapped[int | None] = mapped_column(BigInteger)
    people: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    words: Mapped[str] = mapped_column(Text)


class IncidentLinkRow(Row):
    """What belongs to an incident: ``kind`` says what ``target`` names."""

    __tablename__ = "incident_link"
    __table_args__ = (Index("ix_incident_link_target", "target", "kind"),)

    incident: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(WORD, primary_key=True)
    target: Mapped[str] = mapped_column(NAME, primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger)


class NoteRow(Row):
    """Triggers refuse every change."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("key"), Index("ix_note_incident", "incident", "written_us"))

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    key: Mapped[UUID] = mapped_column(Uuid)
    incident: Mapped[UUID] = mapped_column(Uuid)
    operator: Mapped[str] = mapped_column(NAME)
    workstation: Mapped[str] = mapped_column(NAME)
    written_us: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    corrects: Mapped[UUID | None] = mapped_column(Uuid)
    is_automatic: Mapped[bool]


class ClipRow(Row):
    """``id`` is as in ``BookmarkRow``, by the time of creation."""

    __tablename__ = "clip"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_clip_camera", "camera", "id"),
        Index("ix_clip_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[UUID] = mapped_column(Uuid)
    camera: Mapped[str] = mapped_column(CODE)
    kind: Mapped[str] = mapped_column(WORD)
    start_us: Mapped[int] = mapped_column(BigInteger)
    end_us: Mapped[int] = mapped_column(BigInteger)
    clock: Mapped[int] = mapped_column(SmallInteger)
    offset_us: Mapped[int] = mapped_column(BigInteger)
    operator: Mapped[str] = mapped_column(NAME)
    workstation: Mapped[str] = mapped_column(NAME)
    created_us: Mapped[int] = mapped_column(BigInteger)
    file: Mapped[str] = mapped_column(URL)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(CODE)
    state: Mapped[str] = mapped_column(WORD)
    gaps: Mapped[str] = mapped_column(Text)
    is_locked: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)


class DecisionRow(Row):
    """Triggers refuse every change but that of ``undone_us``, once."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_decision_bookmark", "bookmark", "decided_us"),
        Index("ix_decision_operator", "operator", "decided_us"),
        Index("ix_decision_decided_us", "decided_us"),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    key: Mapped[UUID] = mapped_column(Uuid)
    bookmark: Mapped[UUID] = mapped_column(Uuid)
    operator: Mapped[str] = mapped_column(NAME)
    workstation: Mapped[str] = mapped_column(NAME)
    verdict: Mapped[str] = mapped_column(WORD)
    note: Mapped[str] = mapped_column(Text)
    decided_us: Mapped[int] = mapped_column(BigInteger)
    undone_us: Mapped[int | None] = mapped_column(BigInteger)
