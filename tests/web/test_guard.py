"""What every request passes through: host, origin, CSRF; and the headers of every answer."""

import pytest

from annotator.app import create_app
from conftest import PASSWORD, csrf_of

FORM = {"theme": "dark", "next": "/account"}


def test_a_form_with_the_pages_token_is_taken(login_as):
    ana = login_as("ana")
    assert ana.post("/account/display", data=FORM | {"csrf_token": ana.csrf}).status_code == 303
    assert ana.post("/account/display", data=FORM, headers={"X-CSRF-Token": ana.csrf}).status_code == 303


@pytest.mark.parametrize("given", [{}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": "ü€"}])
def test_a_form_without_the_right_token_is_refused(given, login_as, article, log):
    ana = login_as("ana")
    before = log()
    for path in ("/account/display", f"/articles/{article}/submit", "/logout", "/projects/desk/next"):
        assert ana.post(path, data=FORM | given).status_code == 403
    assert ana.post("/api/v1/projects/desk/next", data=given).status_code == 403
    assert log() == before
    assert ana.get("/account").status_code == 200


def test_someone_elses_token_is_the_wrong_one(login_as):
    ana, ben = login_as("ana"), login_as("ben")
    assert ana.post("/account/display", data=FORM | {"csrf_token": ben.csrf}).status_code == 403


def test_the_token_is_another_after_signing_in(client, people):
    before = csrf_of(client.get("/login"))
    client.post("/login", data={"name": "ana", "password": PASSWORD, "csrf_token": before})
    assert client.post("/account/display", data=FORM | {"csrf_token": before}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_write_from_another_site_is_refused_before_anything_else(headers, login_as, api, client):
    ana = login_as("ana")
    assert ana.post("/account/display", data=FORM, headers=ana.headers | headers).status_code == 403
    assert api("ana").post("/projects/desk/next", headers=headers).status_code == 403
    assert client.post("/api/v1/projects/desk/next", headers=headers).status_code == 403
    assert client.post("/nowhere", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_write_from_this_site_is_taken(headers, login_as):
    ana = login_as("ana")
    assert ana.post("/account/display", data=FORM, headers=ana.headers | headers).status_code == 303


def test_reading_from_another_site_is_a_link_and_taken(login_as):
    assert login_as("ana").get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_name_is_answered_nothing(host, client):
    for path in ("/", "/login", "/api/v1/projects", "/static/x"):
        assert client.get(path, headers={"Host": host}).status_code in (400, 421)


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "localhost:x", "]:80", "ü", "%00"])
def test_a_host_that_is_none_is_refused_without_a_crash(host, client):
    assert 400 <= client.get("/login", headers={"Host": host}).status_code < 500 or host == "localhost:x"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_loopback_names_are_answered(host, client):
    assert client.get("/login", headers={"Host": host}).status_code == 200


def test_hosts_that_are_set_are_answered(settings, db):
    from dataclasses import replace

    app = create_app(replace(settings, hosts=("news.example", ":any-address")))
    try:
        for host, status in (("news.example", 200), ("192.168.1.9:8000", 200), ("other.example", 421)):
            assert app.test_client().get("/login", headers={"Host": host}).status_code == status
    finally:
        app.extensions["database"].dispose()


def pages(article):
    return [
        "/", "/account", "/projects/desk", "/projects/desk/articles", f"/articles/{article}", "/projects/desk/export",
        "/projects/desk/settings", "/people", "/nowhere", "/projects/desk/labels.css", "/api/v1/projects",
        "/api/v1/nowhere", "/healthz", "/login",
    ]  # fmt: skip


def test_every_answer_has_a_strict_policy(login_as, article):
    root = login_as("root")
    for path in pages(article):
        answer = root.get(path)
        assert answer.status_code < 500, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_no_page_has_inline_script_or_style_or_foreign_addresses(login_as, article):
    import re

    root = login_as("root")
    for path in pages(article):
        page = root.get(path).get_data(as_text=True)
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path
        assert not re.search(r'(src|href|action)="(https?:)?//', page), path


def test_private_pages_are_not_stored_by_caches(login_as, article):
    ana = login_as("ana")
    for path in ("/", "/account", f"/articles/{article}", "/projects/desk"):
        assert ana.get(path).headers["Cache-Control"] == "no-store"
    assert "private" in ana.get(f"/api/v1/articles/{article}").headers["Cache-Control"]


def test_the_session_cookie_is_httponly_and_lax_and_secure_over_https(app, people):
    for base, secure in (("http://localhost", False), ("https://localhost", True)):
        cookies = app.test_client().get("/login", base_url=base).headers.getlist("Set-Cookie")
        (cookie,) = [one for one in cookies if one.startswith("annotator=")]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == secure


def test_static_files_are_cached_under_their_version(client, app):
    with client.get(f"{app.static_url_path}/app.css") as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
