"""The session description of a camera (RFC 4566, payload parameters of RFC 6184 and RFC 7798)."""

import base64

from app.demo.bitstream import Codec, nal_type
from app.demo.clips import Clip
from app.demo.rtp import CLOCK_RATE, PAYLOAD_TYPE

TRACK = "trackID=0"
METADATA_TRACK = "trackID=1"
METADATA_TYPE = 107
"""The dynamic RTP payload type of the metadata track."""
SOUND_TRACK = "trackID=2"
SOUND_TYPE, SOUND_RATE = 0, 8_000
"""PCMU, as RFC 3551 has it."""


def describe(clip: Clip, name: str, metadata: str = "", *, has_sound: bool = False) -> str:
    """Return the SDP of the video track, with its encoding name of the metadata track, and of the
    microphone."""
    form = clip.format
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        f"s={name}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} {form.codec.encoding_name}/{CLOCK_RATE}",
        f"a=fmtp:{PAYLOAD_TYPE} {format_parameters(clip)}",
        f"a=framerate:{float(form.fps):g}",
        f"a=control:{TRACK}",
    ]
    if metadata:
        lines += [
            f"m=application 0 RTP/AVP {METADATA_TYPE}",
            f"a=rtpmap:{METADATA_TYPE} {metadata}/{CLOCK_RATE}",
            f"a=control:{METADATA_TRACK}",
        ]
    if has_sound:
        lines += [
            f"m=audio 0 RTP/AVP {SOUND_TYPE}",
            f"a=rtpmap:{SOUND_TYPE} PCMU/{SOUND_RATE}",
            f"a=control:{SOUND_TRACK}",
        ]
    return "\r\n".join(lines) + "\r\n"


def format_parameters(clip: Clip) -> str:
    """Return the fmtp parameters with the clip's parameter sets."""
    if clip.format.codec is Codec.H264:
        sets = ",".join(map(_base64, clip.parameter_sets))
        profile = clip.parameter_sets[0][1:4].hex().upper()
        return f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sets}"
    names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
    return ";".join(
        f"{names[nal_type(Codec.HEVC, nal)]}={_base64(nal)}" for nal in clip.parameter_sets
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
