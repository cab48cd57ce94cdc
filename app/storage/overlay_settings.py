"""By how much boxes were set right by hand, camera by camera."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.camera import CameraCode
from app.storage.tables import OverlaySettingRow


class OverlaySettingsRepository:
    """Reads and writes the offsets; lives as long as its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def offsets(self) -> Mapping[CameraCode, int]:
        """Milliseconds for each camera that has an offset."""
        columns = select(OverlaySettingRow.camera, OverlaySettingRow.offset_ms)
        return {CameraCode(row.camera): row.offset_ms for row in self._session.execute(columns)}

    def set_offset(
        self, camera: CameraCode, offset_ms: int, *, updated_us: int, workstation: str
    ) -> None:
        """Keep the camera's offset and who set it when (microseconds of Unix time)."""
        self._session.merge(
            OverlaySettingRow(
                camera=camera,
                offset_ms=offset_ms,
                updated_us=updated_us,
                workstation=workstation,
            )
        )
