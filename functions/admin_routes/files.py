"""Imports and exports of the catalogue."""

import base64
from dataclasses import asdict
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import actor, app, query_parameters
from inventory import dependencies
from inventory.admin import exports
from inventory.admin.authorization import EVERYONE, MANAGERS_ONLY, Route
from inventory.admin.queries import LevelFilter
from inventory.admin.requests import parse_import_id
from inventory.entrypoints.http import JSON, answer, body_of, file, header
from inventory.imports.requests import ImportQuery, UploadContent
from inventory.imports.submission import Submitter
from inventory.model import utc_now
from inventory.reservations.reservation_request import parse_key


def import_catalogue() -> Response[str]:
    """Accept a CSV, to be applied soon; or, asked in JSON, answer where to send a larger one."""
    key = header(app, "Idempotency-Key")
    caller = Submitter(actor(), parse_key(key) if key else None)
    if (header(app, "Content-Type") or "").partition(";")[0].strip().lower() == JSON:
        upload = dependencies.imports().begin_upload(UploadContent.parse(body_of(app)).rules, caller, utc_now())
        return answer(asdict(upload), HTTPStatus.CREATED, {"Location": f"/admin/imports/{upload.import_id}"})
    rules = ImportQuery.parse_query(query_parameters()).rules
    import_id = dependencies.imports().import_catalogue(_body_bytes(), rules, caller, utc_now())
    return answer({"import_id": import_id}, HTTPStatus.ACCEPTED, {"Location": f"/admin/imports/{import_id}"})


def get_import(import_id: str) -> Response[str]:
    """Answer the progress of an import, and the lines that it could not apply."""
    report = dependencies.import_store().report(parse_import_id(import_id))
    return answer(report.failed_if_stale(utc_now()).to_json())


def export_catalogue() -> Response[str]:
    """Answer levels as the CSV that an import reads."""
    levels = LevelFilter.parse_query(query_parameters())
    text = exports.export_catalogue(levels, store=dependencies.list_store(), clock=utc_now)
    return file(text, "text/csv", "inventory.csv")


def begin_export() -> Response[str]:
    """Ask for an export that may be too large for one answer."""
    content = body_of(app) if app.current_event.body else {}
    filters = {name: text for name, text in query_parameters().items() if text}
    wanted = LevelFilter.parse(content | filters if isinstance(content, dict) else content)
    export_id = dependencies.exports().begin(wanted, utc_now())
    return answer({"export_id": export_id}, HTTPStatus.ACCEPTED, {"Location": f"/admin/exports/{export_id}"})


def get_export(export_id: str) -> Response[str]:
    """Answer the progress of an export, and where its file is."""
    return answer(dependencies.exports().get(parse_import_id(export_id, "export_id"), utc_now()))


def _body_bytes() -> bytes:
    """The body as it was sent: the import reports what is not UTF-8."""
    body = app.current_event.body or ""
    return base64.b64decode(body) if app.current_event.is_base64_encoded else body.encode()


ROUTES = (
    Route("POST", "/admin/imports", MANAGERS_ONLY, import_catalogue),
    Route("GET", "/admin/imports/<import_id>", EVERYONE, get_import),
    Route("GET", "/admin/export", EVERYONE, export_catalogue),
    Route("POST", "/admin/exports", EVERYONE, begin_export),
    Route("GET", "/admin/exports/<export_id>", EVERYONE, get_export),
)
