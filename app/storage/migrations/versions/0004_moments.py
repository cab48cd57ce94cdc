"""Bookmarks, incidents with their notes, clips, and decisions about flags.

Dropping and making anew one of the tables ``bookmark`` and ``incident`` (Alembic's batch mode on
SQLite) takes their triggers with it: a later step that does so must create them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTEWISE = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
_RAISED = sa.text("flag = 'raised'")

_SQLITE_TEXT = (
    """
    CREATE VIRTUAL TABLE {table}_text USING fts5(
        words, content='{table}', content_rowid='id', detail=none, columnsize=0,
        tokenize="ascii tokenchars '='", prefix='1 2 3 4 5 6 7 8'
    )
    """,
    """
    CREATE TRIGGER {table}_text_added AFTER INSERT ON {table} BEGIN
        INSERT INTO {table}_text (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER {table}_text_changed AFTER UPDATE OF words ON {table}
    WHEN old.words <> new.words BEGIN
        INSERT INTO {table}_text ({table}_text, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO {table}_text (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER {table}_text_gone AFTER DELETE ON {table} BEGIN
        INSERT INTO {table}_text ({table}_text, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
)
"""The words of records for SQLite, always in step with the table. Nothing is split or folded
here: the program puts folded words with spaces between them into the column."""

_POSTGRESQL_TEXT = (
    """
    ALTER TABLE {table} ADD COLUMN word_index tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
    """,
    "CREATE INDEX ix_{table}_word_index ON {table} USING gin (word_index)",
)

_SQLITE_KEPT = (
    """
    CREATE TRIGGER note_is_never_changed BEFORE UPDATE ON note BEGIN
        SELECT RAISE(ABORT, 'notes are never changed');
    END
    """,
    """
    CREATE TRIGGER note_is_never_deleted BEFORE DELETE ON note BEGIN
        SELECT RAISE(ABORT, 'notes are never deleted');
    END
    """,
    """
    CREATE TRIGGER decision_is_never_changed
    BEFORE UPDATE OF id, key, bookmark, operator, workstation, verdict, note, decided_us ON decision
    BEGIN
        SELECT RAISE(ABORT, 'decisions are never changed');
    END
    """,
    """
    CREATE TRIGGER decision_is_undone_once BEFORE UPDATE OF undone_us ON decision
    WHEN old.undone_us IS NOT NULL BEGIN
        SELECT RAISE(ABORT, 'decisions are undone once');
    END
    """,
    """
    CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision BEGIN
        SELECT RAISE(ABORT, 'decisions are never deleted');
    END
    """,
)

_POSTGRESQL_KEPT = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$
    """,
    """
    CREATE TRIGGER note_is_kept BEFORE UPDATE OR DELETE ON note
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER decision_is_undone_once BEFORE UPDATE ON decision FOR EACH ROW
    WHEN (old.undone_us IS NOT NULL
        OR (old.id, old.key, old.bookmark, old.operator, old.workstation, old.verdict, old.note,
            old.decided_us)
        IS DISTINCT FROM
           (new.id, new.key, new.bookmark, new.operator, new.workstation, new.verdict, new.note,
            new.decided_us))
    EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    _bookmarks()
    _incidents()
    _clips()
    _decisions()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("bookmark", "incident"):
        for statement in _SQLITE_TEXT if is_sqlite else _POSTGRESQL_TEXT:
            op.execute(statement.format(table=table))
    for statement in _SQLITE_KEPT if is_sqlite else _POSTGRESQL_KEPT:
        op.execute(statement)


def _bookmarks() -> None:
    op.create_table(
        "bookmark",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("district", sa.String(64), nullable=False),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=True),
        sa.Column("clock", sa.SmallInteger(), nullable=False),
        sa.Column("offset_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=True),
        *_author(),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("flag", sa.String(16), nullable=False),
        sa.Column("picture_age_ms", sa.BigInteger(), nullable=True),
        sa.Column("drawn", sa.Text(), nullable=True),
        sa.Column("thumbnail", sa.String(200), nullable=False),
        sa.Column("clip", sa.Uuid(), nullable=True),
        sa.Column("event_key", sa.LargeBinary(16), nullable=True),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("incident", sa.Uuid(), nullable=True),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookmark"),
        sa.UniqueConstraint("key", name="uq_bookmark_key"),
    )
    op.create_index("ix_bookmark_clip", "bookmark", ["clip"])
    op.create_index("ix_bookmark_event_key", "bookmark", ["event_key"])
    op.create_index(
        "ix_bookmark_queue",
        "bookmark",
        ["severity", "id"],
        sqlite_where=_RAISED,
        postgresql_where=_RAISED,
    )
    op.create_table(
        "tag",
        sa.Column("name", _BYTEWISE, nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tag"),
    )


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("number", _BYTEWISE, nullable=False),
        sa.Column("type", sa.String(200), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("district", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        *_author(),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("key", name="uq_incident_key"),
        sa.UniqueConstraint("number", name="uq_incident_number"),
    )
    op.create_table(
        "incident_link",
        sa.Column("incident", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "kind", "target", name="pk_incident_link"),
    )
    op.create_index("ix_incident_link_target", "incident_link", ["target", "kind"])
    op.create_table(
        "note",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("incident", sa.Uuid(), nullable=False),
        *_author(),
        sa.Column("written_us", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
        sa.UniqueConstraint("key", name="uq_note_key"),
    )
    op.create_index("ix_note_incident", "note", ["incident", "written_us"])


def _clips() -> None:
    op.create_table(
        "clip",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.SmallInteger(), nullable=False),
        sa.Column("offset_us", sa.BigInteger(), nullable=False),
        *_author(),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.String(2048), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clip"),
        sa.UniqueConstraint("key", name="uq_clip_key"),
    )
    op.create_index("ix_clip_camera", "clip", ["camera", "id"])
    op.create_index("ix_clip_state", "clip", ["state", "id"])


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("bookmark", sa.Uuid(), nullable=False),
        *_author(),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=False),
        sa.Column("undone_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("key", name="uq_decision_key"),
    )
    op.create_index("ix_decision_bookmark", "decision", ["bookmark", "decided_us"])
    op.create_index("ix_decision_operator", "decision", ["operator", "decided_us"])
    op.create_index("ix_decision_decided_us", "decision", ["decided_us"])


def _author() -> list[sa.Column[str]]:
    return [
        sa.Column("operator", sa.String(200), nullable=False),
        sa.Column("workstation", sa.String(200), nullable=False),
    ]


def downgrade() -> None:
    raise NotImplementedError("Going back is restoring the copy in the folder backups")
