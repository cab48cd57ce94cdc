"""What the command line wants on the first screen, as soon as there are cameras for it."""

from app.domain.camera import DistrictCode
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.wall import WallService
from app.services.wall_screen import CameraDirectory
from app.settings.command_line import Options

_FIRST = 0


class FirstScreen:
    """Applies ``--layout``, ``--district`` and ``--page`` once. Owner thread.

    District and page wait for a registry that holds cameras: the demo city's comes later.
    """

    def __init__(
        self,
        options: Options,
        wall: WallService,
        registry: CameraDirectory,
        notices: NoticeBoard,
    ) -> None:
        self._options = options
        self._wall = wall
        self._registry = registry
        self._notices = notices
        self._is_placed = False
        if options.layout is not None:
            wall.set_layout(_FIRST, options.layout)
        self.place()

    def place(self) -> None:
        """Go to the district and page, unless that has happened or there are no cameras yet."""
        if self._is_placed or not self._registry.districts():
            return
        self._is_placed = True
        if self._options.district is not None:
            self._choose_district(self._options.district)
        if self._options.page is not None:
            self._wall.choose_page(_FIRST, self._options.page - 1)

    def _choose_district(self, wanted: str) -> None:
        codes = [district.code for district in self._registry.districts()]
        if wanted in codes:
            self._wall.set_district(_FIRST, DistrictCode(wanted))
            return
        self._notices.post(
            Notice(
                "option-district",
                Severity.WARNING,
                f"There is no district {wanted}",
                f"The registry has {', '.join(codes)}.",
            )
        )
