"""The least that a Flask app on SQLite can do for the same two requests: what our figures are held against."""

from __future__ import annotations

import os
import sqlite3
import threading
import time

from flask import Flask, Response, jsonify, request

SCHEMA = """
create table if not exists doc(id integer primary key, title text not null, text text not null);
create table if not exists span(id integer primary key, doc_id integer not null references doc(id), start integer not null,
  stop integer not null, label text not null, author text not null, created real not null);
create index if not exists span_doc on span(doc_id, start);
"""
PAGE = """<!doctype html><meta charset=utf-8><title>{{ title }}</title><h1>{{ title }}</h1><article>
{%- for piece, label in pieces %}{% if label %}<mark class="{{ label }}">{{ piece }}</mark>{% else %}{{ piece }}{% endif %}{% endfor -%}
</article><ol>{% for s in spans %}<li>{{ s[0] }}-{{ s[1] }} {{ s[2] }}</li>{% endfor %}</ol>"""


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")
    return connection


def create_app(path: str | None = None) -> Flask:
    app = Flask("bare")
    path = path or os.environ["BARE_DATABASE"]
    local = threading.local()
    template = app.jinja_env.from_string(PAGE)

    def database() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = connect(path)
        return local.connection

    @app.get("/ok")
    def ok() -> str:
        return "ok"

    @app.post("/doc/<int:id>/spans")
    def add(id: int) -> tuple[Response, int]:
        given = request.get_json()
        row = (id, int(given["start"]), int(given["end"]), str(given["label"]), "bench", time.time())
        made = database().execute("insert into span(doc_id,start,stop,label,author,created) values(?,?,?,?,?,?)", row)
        return jsonify(id=made.lastrowid), 201

    @app.get("/doc/<int:id>")
    def show(id: int) -> str:
        title, text = database().execute("select title,text from doc where id=?", (id,)).fetchone()
        spans = database().execute("select start,stop,label from span where doc_id=? order by start", (id,)).fetchall()
        pieces, at = [], 0
        for start, end, label in spans:
            if start >= at:
                pieces += [(text[at:start], None), (text[start:end], label)]
                at = end
        pieces.append((text[at:], None))
        return template.render(title=title, pieces=pieces, spans=spans)

    return app


def load(_target: str) -> Flask:
    return create_app()
