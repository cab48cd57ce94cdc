"""The tables. Rows never leave ``app.storage``.

Codes are the keys: they are what people, files and other systems call things, so a bookmark or
an incident that names a camera stays readable outside this database. A site's code is unique
within its district only, because many registries number their sites anew in each district.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CODE = String(64)
NAME = String(200)
URL = String(2048)


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
