"""From settings, registry and key store to what the analytics process is told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.analytics.messages import BrokerConfig, Configure, SourceConfig
from app.core.redaction import with_credentials
from app.domain.camera import Camera
from app.domain.detection import SourceClock
from app.services.analytics_logins import ClientCertificate, Secrets
from app.services.credentials import Credential
from app.settings.schema import BrokerSettings, SourceSettings

_CLOCKS: Mapping[str, SourceClock | None] = {
    "": None,
    "camera": SourceClock.CAMERA,
    "backend-capture": SourceClock.BACKEND_CAPTURE,
    "backend-emit": SourceClock.BACKEND_EMIT,
    "arrival": SourceClock.ARRIVAL,
}
METADATA_URL = "metadata_url"
"""The attribute of a camera that holds the address of its metadata track; else its main one."""


@dataclass(slots=True)
class SecretNames:
    """Entries of the key store that a configuration needs."""

    logins: set[str] = field(default_factory=set)
    certificates: set[str] = field(default_factory=set)


def secret_names(
    brokers: Iterable[BrokerSettings], sources: Iterable[SourceSettings], cameras: Iterable[Camera]
) -> SecretNames:
    """The entries to ask the key store for before ``configuration`` is called."""
    names = SecretNames()
    everything = tuple(cameras)
    for broker in brokers:
        names.logins |= {broker.credential} - {""}
        names.certificates |= {broker.client_certificate} - {""}
    for source in sources:
        names.logins |= {source.credential} - {""}
        if source.adapter == "onvif-xml":
            of_source = cameras_of(source, everything)
            names.logins |= {camera.credential for camera in of_source if camera.credential}
    return names


def configuration(
    brokers: Sequence[BrokerSettings],
    sources: Sequence[SourceSettings],
    cameras: Collection[Camera],
    secrets: Secrets,
    station: str,
) -> Configure:
    """What the process is told. Of two with the same name only the first is taken."""
    own_brokers: dict[str, BrokerSettings] = {}
    for broker in brokers:
        own_brokers.setdefault(broker.name, broker)
    own_sources: dict[str, SourceSettings] = {}
    for source in sources:
        own_sources.setdefault(source.name, source)
    return Configure(
        [_broker(broker, secrets, station) for broker in own_brokers.values()],
        [_source(source, cameras, secrets, own_brokers) for source in own_sources.values()],
    )


def cameras_of(source: SourceSettings, cameras: Iterable[Camera]) -> list[Camera]:
    """The cameras that the source is for."""
    return [camera for camera in cameras if source.serves(camera.code, camera.district)]


def _broker(broker: BrokerSettings, secrets: Secrets, station: str) -> BrokerConfig:
    troubles = [
        secrets.troubles.get(name, "")
        for name in (broker.credential, broker.client_certificate)
        if name
    ]
    login = secrets.logins.get(broker.credential, Credential("", ""))
    certificate = secrets.certificates.get(broker.client_certificate, ClientCertificate("", ""))
    return BrokerConfig(
        broker.name,
        broker.host,
        broker.port,
        tls=broker.tls,
        ca_file=broker.ca_file,
        tls_name=broker.tls_name,
        protocol=broker.protocol,
        user=login.user,
        password=login.password,
        certificate=certificate.certificate,
        private_key=certificate.private_key,
        station=station,
        trouble=next(filter(None, troubles), ""),
    )


def _source(
    source: SourceSettings, cameras: Collection[Camera], secrets: Secrets, brokers: Collection[str]
) -> SourceConfig:
    own = cameras_of(source, cameras)
    codes = {str(camera.code) for camera in cameras}
    names = {camera.analytics_id or str(camera.code): str(camera.code) for camera in own}
    names |= {name: code for name, code in source.cameras.items() if code in codes}
    login = secrets.logins.get(source.credential, Credential("", ""))
    return SourceConfig(
        source.name,
        source.adapter,
        broker=source.broker,
        boxes_topic=source.boxes_topic,
        events_topic=source.events_topic,
        cameras=names,
        metadata_urls=_metadata_urls(source, own, secrets),
        clock=_CLOCKS[source.clock],
        reference=_size(source.reference),
        classes=source.classes,
        minimum_confidence=source.minimum_confidence,
        url="" if source.adapter == "onvif-xml" else source.url,
        ca_file=source.ca_file,
        user=login.user,
        password=login.password,
        trouble=_trouble(source, secrets, brokers),
    )


def _trouble(source: SourceSettings, secrets: Secrets, brokers: Collection[str]) -> str:
    if source.credential in secrets.troubles:
        return secrets.troubles[source.credential]
    if source.broker and source.broker not in brokers:
        return f"The settings hold no broker '{source.broker}'"
    if len(source.reference) == 1:
        return "The reference size in the settings needs a width and a height"
    if source.adapter != "onvif-xml" and not source.broker:
        return "The settings name no broker for this source"
    return ""


def _metadata_urls(
    source: SourceSettings, cameras: Iterable[Camera], secrets: Secrets
) -> dict[str, str]:
    if source.adapter != "onvif-xml":
        return {}
    urls = {}
    for camera in cameras:
        name = camera.analytics_id or str(camera.code)
        url = camera.attributes.get(METADATA_URL) or source.url.replace("{camera}", name)
        url = url or camera.main_url
        login = secrets.logins.get(source.credential or camera.credential or "")
        if login is not None:
            url = with_credentials(url, login.user, login.password)
        urls[str(camera.code)] = url
    return urls


def _size(numbers: Sequence[int]) -> tuple[int, int] | None:
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
