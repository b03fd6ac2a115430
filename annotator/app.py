"""The web app: `create_app` puts the parts together."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_htmx import HTMX
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from annotator import __version__
from annotator.actions.boarding import Kept as KeptBoards
from annotator.actions.limits import Limits
from annotator.actions.measuring import Kept
from annotator.errors import Refused
from annotator.settings import Settings, load_settings
from annotator.store.db import Database
from annotator.web import (
    account,
    adjudication,
    adjudication_api,
    agreement,
    api,
    article,
    assignment,
    exports,
    guard,
    guidelines,
    health,
    line_schema,
    loading,
    making,
    members,
    openapi,
    problems,
    project,
    quality,
    scheme,
    training,
)
from annotator.web.languages import translate

MAX_BODY = 8 * 2**20


def shipped(name: str) -> Path:
    """The folder `templates`, `static` or `seeds`: within the installed package, else beside it."""
    here = Path(__file__).parent
    for folder in (here / "_files" / name, here.parent / name):
        if folder.is_dir():
            return folder
    raise Refused("It is missing: the installation is not whole.", where=name)


class _Cookies(SecureCookieSessionInterface):
    """Cookies marked `Secure` wherever the page came over https, so that plain http on a LAN still works."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        from flask import request

        return request.is_secure


def create_app(settings: Settings | None = None) -> Flask:
    """The app on a database that is already migrated. Raises Refused for settings that cannot be used."""
    settings = settings or load_settings()
    static = shipped("static")
    app = Flask(
        "annotator", template_folder=str(shipped("templates")), static_folder=str(static),
        static_url_path=f"/static/{_digest(static)}",
    )  # fmt: skip
    app.config.update(
        VERSION=__version__, SECRET_KEY=settings.secret_key, SESSION_COOKIE_NAME="annotator",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=2**20,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )  # fmt: skip
    app.session_interface = _Cookies()
    app.extensions["annotator"] = settings
    app.extensions["database"] = Database(settings.database_url)
    app.extensions["limits"] = Limits(settings.max_spans_per_minute, settings.max_spans_per_article)
    app.extensions["measured"] = Kept()
    app.extensions["boards"] = KeptBoards()
    app.extensions["htmx"] = HTMX(app)
    app.jinja_options = {"undefined": StrictUndefined, "autoescape": True}
    app.jinja_env.globals.update(_=translate, version=static_version(app))
    if settings.proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxy] * 4)  # type: ignore[method-assign]
    for part in (guard, problems):
        part.register(app)
    for blueprint in (
        health.pages,
        account.pages,
        project.pages,
        scheme.pages,
        making.pages,
        members.pages,
        article.pages,
        adjudication.pages,
        guidelines.pages,
        agreement.pages,
        exports.pages,
        loading.pages,
        line_schema.pages,
        api.pages,
        adjudication_api.pages,
        openapi.pages,
        assignment.pages,
        quality.pages,
        training.pages,
    ):
        app.register_blueprint(blueprint)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return app


def static_version(app: Flask) -> str:
    """What stands in the addresses of static files, so that a new version is never mixed with a cached one."""
    return str(app.static_url_path).rsplit("/", 1)[-1]


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
