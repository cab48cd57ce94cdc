"""A camera on its way from the console to a tile, by drag and drop."""

from PySide6.QtCore import QMimeData

from app.domain.camera import CameraCode

CAMERA_MIME = "application/x-nigehban-camera"


def camera_mime(code: CameraCode) -> QMimeData:
    """What is dragged: the camera's code, as text too for other programs."""
    mime = QMimeData()
    mime.setData(CAMERA_MIME, code.encode())
    mime.setText(code)
    return mime


def dragged_camera(mime: QMimeData) -> CameraCode | None:
    """The camera that is dragged, if it is one; it comes from outside, so it may be unknown."""
    if not mime.hasFormat(CAMERA_MIME):
        return None
    try:
        return CameraCode(bytes(mime.data(CAMERA_MIME).data()).decode())
    except UnicodeDecodeError:
        return None
