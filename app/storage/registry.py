"""The registry of cameras in the database: domain values in and out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.camera import (
    CallUp,
    Camera,
    CameraCode,
    District,
    DistrictCode,
    Site,
    SiteCode,
)
from app.storage.tables import CameraRow, DistrictRow, Row, SiteRow


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything the registry holds, in the order of the call-up numbers."""

    districts: tuple[District, ...] = ()
    sites: tuple[Site, ...] = ()
    cameras: tuple[Camera, ...] = ()


class RegistryRepository:
    """Reads and writes the registry; lives as long as its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def load(self) -> Registry:
        """Everything at once: 10,000 cameras in about 0.1 s."""
        districts = tuple(
            District(DistrictCode(row.code), row.name, row.number)
            for row in self._session.execute(
                select(DistrictRow.code, DistrictRow.name, DistrictRow.number).order_by(
                    DistrictRow.number
                )
            )
        )
        district_numbers = {district.code: district.number for district in districts}
        sites = sorted(
            (
                Site(SiteCode(row.code), row.name, row.number, DistrictCode(row.district))
                for row in self._session.execute(
                    select(SiteRow.code, SiteRow.name, SiteRow.number, SiteRow.district)
                )
            ),
            key=lambda site: (district_numbers[site.district], site.number),
        )
        site_numbers = {(site.district, site.code): site.number for site in sites}
        cameras = sorted(
            self._cameras(district_numbers, site_numbers), key=lambda camera: camera.call_up
        )
        return Registry(districts, tuple(sites), tuple(cameras))

    def _cameras(
        self,
        district_numbers: Mapping[DistrictCode, int],
        site_numbers: Mapping[tuple[DistrictCode, SiteCode], int],
    ) -> Iterable[Camera]:
        columns = CameraRow.__table__.c
        for row in self._session.execute(select(*columns)):
            district, site = DistrictCode(row.district), SiteCode(row.site)
            yield Camera(
                code=CameraCode(row.code),
                name=row.name,
                call_up=CallUp(
                    district_numbers[district], site_numbers[district, site], row.number
                ),
                site=site,
                district=district,
                main_url=row.main_url,
                sub_url=row.sub_url,
                latitude=row.latitude,
                longitude=row.longitude,
                credential=row.credential,
                analytics_id=row.analytics_id,
                attributes=row.attributes,
            )

    def save(
        self,
        *,
        districts: Iterable[District] = (),
        sites: Iterable[Site] = (),
        cameras: Iterable[Camera] = (),
    ) -> None:
        """Add what is new and overwrite what is there, by code.

        Numbers may be exchanged among the rows that are saved together.
        """
        self._merge(
            DistrictRow,
            (DistrictRow.code,),
            [{"code": d.code, "name": d.name, "number": d.number} for d in districts],
        )
        self._merge(
            SiteRow,
            (SiteRow.district, SiteRow.code),
            [
                {"district": s.district, "code": s.code, "name": s.name, "number": s.number}
                for s in sites
            ],
        )
        self._merge(CameraRow, (CameraRow.code,), [_values(camera) for camera in cameras])

    def _merge(
        self,
        row: type[Row],
        key: tuple[InstrumentedAttribute[str], ...],
        values: list[dict[str, Any]],
    ) -> None:
        if not values:
            return
        there = {tuple(found) for found in self._session.execute(select(*key))}
        names = [column.key for column in key]
        old: list[dict[str, Any]] = []
        new: list[dict[str, Any]] = []
        for each in values:
            (old if tuple(each[name] for name in names) in there else new).append(each)
        table = row.__table__
        assert isinstance(table, Table)
        connection = self._session.connection()
        if old:
            where = [table.c[name] == bindparam(f"key_{name}") for name in names]
            keys = [{f"key_{name}": each[name] for name in names} for each in old]
            # Out of each other's way first: uniqueness is checked row by row.
            aside = update(table).where(*where).values(number=-1 - table.c.number)
            connection.execute(aside, keys)
            renewed = [{**each, **found} for each, found in zip(old, keys, strict=True)]
            connection.execute(update(table).where(*where), renewed)
        if new:
            connection.execute(insert(table), new)


def _values(camera: Camera) -> dict[str, Any]:
    return {
        "code": camera.code,
        "name": camera.name,
        "number": camera.call_up.camera,
        "district": camera.district,
        "site": camera.site,
        "main_url": camera.main_url,
        "sub_url": camera.sub_url,
        "latitude": camera.latitude,
        "longitude": camera.longitude,
        "credential": camera.credential,
        "analytics_id": camera.analytics_id,
        "attributes": dict(camera.attributes),
    }
