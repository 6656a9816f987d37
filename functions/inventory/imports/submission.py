"""The use cases of imports that a caller waits for: accept a file, or say where to send it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from inventory.errors import FieldError, ImportConflict, ImportTooLarge, InvalidRequest
from inventory.imports.report import ImportStatus, Report, Rules
from inventory.imports.store import UPLOAD_URL_VALID, ImportStore
from inventory.model import iso

FILE_BYTES_MAX = 4_500_000
IMPORT_ID_NAMESPACE = UUID("6f0f5d1e-3a52-4c0e-9a0b-2f6f6d1c7b42")


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who submits a file, and the key under which the same file is imported once."""

    actor: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """An import whose file is still to be sent, and where to."""

    import_id: str
    upload_url: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Imports:
    """Accepts files of counted levels."""

    store: ImportStore

    def import_catalogue(self, content: bytes, rules: Rules, caller: Submitter, now: datetime) -> str:
        """Accept a file, to be applied soon; the same file under the same key is applied once.

        Without a key each call is an import of its own: its rows that name no moment are counts as of this call, so units
        that were sold before it come back.

        Returns:
            The import's id.

        Raises:
            InvalidRequest: the file is empty.
            ImportTooLarge: it has more than FILE_BYTES_MAX bytes.
            ImportConflict: the key was used before, for another file or by other rules.
        """
        if not content:
            raise InvalidRequest([FieldError("(content)", "must be the rows of a CSV, its header first")])
        if len(content) > FILE_BYTES_MAX:
            raise ImportTooLarge(
                f"the body may have at most {FILE_BYTES_MAX} bytes, not {len(content)}: split it, or ask for an upload"
            )
        report = _report(rules, caller, now, is_upload=False)
        if not self.store.submit(report, content):
            raise ImportConflict("the key was used before, for another file or by other rules")
        if caller.key and self.store.report(report.import_id).failed_if_stale(now).status is ImportStatus.FAILED:
            self.store.continue_later(report.import_id)  # a run that stopped goes on with the rows that are missing
        return report.import_id

    def begin_upload(self, rules: Rules, caller: Submitter, now: datetime) -> Upload:
        """Accept a file that the caller sends to a URL; the import begins when the file is there.

        Raises:
            ImportConflict: the key was used before, for a file that came with its call or by other rules.
        """
        report = _report(rules, caller, now, is_upload=True)
        if not self.store.announce(report):
            raise ImportConflict("the key was used before, for another file or by other rules")
        return Upload(report.import_id, self.store.upload_url(report.import_id), iso(now + UPLOAD_URL_VALID))


def _report(rules: Rules, caller: Submitter, now: datetime, *, is_upload: bool) -> Report:
    import_id = uuid5(IMPORT_ID_NAMESPACE, caller.key).hex if caller.key else uuid4().hex
    return Report(
        import_id,
        rules.mode,
        caller.actor,
        submitted_at=iso(now),
        updated_at=iso(now),
        create=rules.create,
        confirm_zeros=rules.confirm_zeros,
        is_upload=is_upload,
        reason=rules.reason,
        reference=rules.reference,
    )
