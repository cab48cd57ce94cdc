"""What comes to a tile by drag and drop: a camera from the console, a file from elsewhere."""

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


def dragged_file(mime: QMimeData) -> str:
    """The file or address that is dragged, the first of several; empty where it is none."""
    if not mime.hasUrls() or not mime.urls():
        return ""
    url = mime.urls()[0]
    return url.toLocalFile() if url.isLocalFile() else url.toString()
