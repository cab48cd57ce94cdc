"""Brings the registry file into the database and the passwords in it into the key store."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.core.errors import CredentialStoreUnavailable
from app.core.redaction import SECRETS, redact
from app.services.credentials import Credential, Credentials, LoginTooLong
from app.services.registry_csv import Refusal, RegistryCsv, RegistryLine, RowRefused
from app.services.registry_plan import Planned, RegistryPlan
from app.services.registry_rows import checked
from app.storage.database import Database
from app.storage.registry import RegistryRepository

EXIT_REFUSED = 2
_CODES_SHOWN = 12


@dataclass(slots=True)
class ImportReport:
    """What an import did. Line 1 of the file is its header."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    passwords_stored: int = 0
    passwords_refused: list[Refusal] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        return EXIT_REFUSED if self.refused or self.passwords_refused else 0

    def text(self) -> str:
        """The report for a terminal; holds no secret."""
        lines = [
            f"Cameras added: {len(self.added)}{_some(self.added)}",
            f"Cameras changed: {len(self.changed)}{_some(self.changed)}",
            f"Cameras unchanged: {self.unchanged}",
            f"Rows refused: {len(self.refused)}",
            *(f"  line {refusal.line}: {refusal.sentence}" for refusal in self.refused),
            f"Passwords stored in the key store: {self.passwords_stored}",
        ]
        if self.passwords_refused:
            lines.append(f"Passwords refused: {len(self.passwords_refused)}")
            lines += [f"  line {each.line}: {each.sentence}" for each in self.passwords_refused]
            lines.append("These cameras are in the registry, without their passwords.")
        return redact("\n".join(lines))


def import_cameras(file: Path, database: Database, credentials: Credentials) -> ImportReport:
    """Read ``file`` and keep its good rows, all in one transaction.

    Raises ``ImportRefused`` for a file that is no registry and ``StorageUnavailable``; nothing
    is changed then.
    """
    report = ImportReport()
    with database.reading() as session:
        stored = RegistryRepository(session).load()
    with RegistryCsv(file) as rows:
        plan = RegistryPlan(stored, rows.columns)
        _collect(rows, plan, report)
    report.refused += plan.settle()
    report.refused.sort(key=lambda refusal: refusal.line)
    for planned in plan.planned:
        before = plan.stored(planned.camera.code)
        if before is None:
            report.added.append(planned.camera.code)
        elif before != planned.camera:
            report.changed.append(planned.camera.code)
        else:
            report.unchanged += 1
    touched = {*report.added, *report.changed}
    with database.transaction() as session:
        RegistryRepository(session).save(
            districts=plan.new_districts(),
            sites=plan.new_sites(),
            cameras=[each.camera for each in plan.planned if each.camera.code in touched],
        )
    _store_passwords(plan.planned, credentials, report)
    return report


def _collect(
    rows: Iterable[RegistryLine | Refusal], plan: RegistryPlan, report: ImportReport
) -> None:
    for row in rows:
        if isinstance(row, Refusal):
            report.refused.append(row)
            continue
        try:
            plan.add(checked(row))
        except RowRefused as refused:
            report.refused.append(Refusal(row.line, str(refused)))


def _store_passwords(
    cameras: Iterable[Planned], credentials: Credentials, report: ImportReport
) -> None:
    taken: dict[str, tuple[Credential, int]] = {}
    unavailable: CredentialStoreUnavailable | None = None
    for planned in cameras:
        login, name, line = planned.draft.login, planned.camera.credential, planned.draft.line
        if login is None or name is None:
            continue
        SECRETS.add(login.password, login.user)
        first, first_line = taken.setdefault(name, (login, line))
        if first != login:
            report.passwords_refused.append(
                Refusal(line, f"line {first_line} gives another login for the credential {name}")
            )
            continue
        if first_line != line:
            continue
        # A store that failed is not asked again for each of ten thousand rows.
        if unavailable is None:
            try:
                report.passwords_stored += _store(name, login, credentials)
            except LoginTooLong as error:
                report.passwords_refused.append(Refusal(line, str(error)))
                continue
            except CredentialStoreUnavailable as error:
                unavailable = error
        if unavailable is not None:
            sentence = f"the password was not kept: {unavailable}. {unavailable.advice}"
            report.passwords_refused.append(Refusal(line, sentence.strip()))


def _store(name: str, login: Credential, credentials: Credentials) -> bool:
    """Whether the store holds something new now."""
    if credentials.get(name) == login:
        return False
    credentials.put(name, login)
    return True


def _some(codes: list[str]) -> str:
    if not codes:
        return ""
    shown = ", ".join(codes[:_CODES_SHOWN])
    return f" ({shown}, …)" if len(codes) > _CODES_SHOWN else f" ({shown})"
