"""What goes with adjudication over API and pages: versions, values, relations, questions, notes, spot checks, names."""

import json
import re

import pytest

from annotator.actions import adjudicating, projects, reviewing, tagging
from annotator.actions import people as accounts
from annotator.actions.tagging import NewRelation
from factories import TEXT, article_text, span


@pytest.fixture
def path(two_reviews):
    return f"/articles/{two_reviews.article}/adjudication"


@pytest.fixture
def base(two_reviews):
    return f"/articles/{two_reviews.article}/adjudicate"


@pytest.fixture
def cyd(api):
    return api("cyd")


@pytest.fixture
def group(cyd, path):
    return lambda kind: next(one for one in cyd.get(path).json["groups"] if one["kind"] == kind)


# -- versions


def test_a_decision_on_an_old_version_is_412_with_what_stands(cyd, api, path, group):
    one = group("label")
    seen = {"If-Match": f'"{one["version"]}"'}
    answer = cyd.put(f"{path}/{one['id']}", {"action": "accept", "variants": [0]}, headers=seen)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    assert answer.json["version"] != one["version"]
    for method, body in (("PUT", {"action": "reject"}), ("DELETE", None)):
        stale = api("root").open(method, f"{path}/{one['id']}", body, headers=seen)
        assert stale.status_code == 412
        assert stale.json["decision"]["variants"] == [0]
        assert stale.json["version"] == answer.json["version"]
    now = {"If-Match": f'"{answer.json["version"]}"'}
    assert api("root").put(f"{path}/{one['id']}", {"action": "reject"}, headers=now).status_code == 200
    assert cyd.delete(f"{path}/{one['id']}", headers={"If-Match": "*"}).status_code == 204


def test_a_form_with_an_old_version_is_refused_in_page_and_fragment(login_as, base, group):
    one, first, second = group("label"), login_as("cyd"), login_as("root")
    form = {"action": "accept", "variants": "0", "version": one["version"]}
    assert first.post(f"{base}/groups/{one['id']}", data=form | {"csrf_token": first.csrf}).status_code == 303
    for headers in ({}, {"HX-Request": "true"}):
        stale = form | {"variants": "1", "csrf_token": second.csrf}
        answer = second.post(f"{base}/groups/{one['id']}", data=stale, headers=headers)
        assert answer.status_code == 412
        words = answer.get_data(as_text=True)
        assert "cyd decided on this since you saw it" in words
        assert f'data-stale="{one["id"]}" data-version="{group("label")["version"]}"' in words or not headers
    assert group("label")["decision"]["by"] == "cyd"


def test_the_second_is_told_of_the_first_on_load_and_with_the_next_act(login_as, db, people, base, group):
    accounts.add_user(db, "dee", password="correct horse", project="desk", role="adjudicator")
    dee, cyd = login_as("dee"), login_as("cyd")
    dee.get(base)
    assert "dee has this article open too" in cyd.get(base).get_data(as_text=True)
    one, other = group("label")["id"], group("missing")["id"]
    dee.post(f"{base}/groups/{one}", data={"action": "reject", "csrf_token": dee.csrf})
    answer = cyd.post(
        f"{base}/groups/{other}", data={"action": "reject", "csrf_token": cyd.csrf}, headers={"HX-Request": "true"}
    )
    assert "dee decided one since" in answer.get_data(as_text=True)


# -- bulk and undo


def test_bulk_is_one_step_for_undo(cyd, path):
    before = cyd.get(path).json["groups"]
    assert cyd.post(f"{path}/bulk", {"at_least": 3}).json["where"] == "at_least"
    assert cyd.post(f"{path}/bulk", {"at_least": 1}).json == {"decided": 1}
    assert sum(bool(one["decision"]) for one in cyd.get(path).json["groups"]) == 2
    key = {"Idempotency-Key": "one"}
    for _ in range(2):
        assert cyd.post(f"{path}/undo", headers=key).json["groups"] == before
    assert cyd.post(f"{path}/undo").status_code == 409


# -- values


@pytest.fixture
def spoken(db, people, article, tag):
    """The path of a case in which two speakers of one claim differ."""
    for viewer, name in ((people.ana, "Li"), (people.ben, "Wang")):
        tag(viewer, "claim", "53 workers fell ill", attributes={"speaker": name})
        reviewing.submit(db, viewer, article)
    return f"/articles/{article}/adjudication"


@pytest.mark.parametrize("given", [{"speaker": "Wang"}, [{"speaker": "Wang"}]])
def test_a_value_goes_with_a_decision_into_the_export(given, cyd, spoken):
    (one,) = cyd.get(spoken).json["groups"]
    assert sorted(map(str, one["attributes"].values())) == ["{'speaker': 'Li'}", "{'speaker': 'Wang'}"]
    body = {"action": "accept", "variants": [0], "attributes": given}
    assert cyd.put(f"{spoken}/{one['id']}", body).json["decision"]["attributes"] == [{"speaker": "Wang"}]
    cyd.post(f"{spoken}/close")
    (line,) = cyd.get("/projects/desk/export?layer=gold").get_data(as_text=True).splitlines()
    (made,) = json.loads(line)["spans"]
    assert made["attributes"] == {"speaker": "Wang", "value": None, "unit": None, "qualifier": None}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"action": "accept", "variants": [0], "attributes": {"unit": "m"}}, "attributes.unit"),
        ({"action": "accept", "variants": [0], "attributes": [{"unit": "m"}]}, "spans[0]: attributes.unit"),
        ({"action": "accept", "variants": [0], "attributes": []}, None),
        ({"action": "accept", "variants": [0], "attributes": [{}, {}]}, "attributes"),
        ({"action": "accept", "variants": [7], "attributes": {"speaker": "Li"}}, "variants"),
        ({"action": "accept", "variants": [0], "attributes": {"speaker": [1]}}, "spans[0]: attributes.speaker"),
        ({"action": "reject", "attributes": {"speaker": "Li"}}, "attributes"),
        ({"action": "edit", "spans": [{"start": 0, "end": 8, "label": "nope"}], "attributes": {"a": 1}}, "label"),
    ],
)
def test_a_wrong_value_is_422_by_its_field(body, where, cyd, spoken):
    (one,) = cyd.get(spoken).json["groups"]
    answer = cyd.put(f"{spoken}/{one['id']}", body)
    assert (answer.status_code, answer.json.get("where")) == (422 if where else 200, where)


def test_the_card_offers_the_values_with_who_has_them(login_as, spoken, cyd):
    browser, base = login_as("cyd"), spoken.replace("adjudication", "adjudicate")
    (one,) = cyd.get(spoken).json["groups"]
    form = {"action": "accept", "variants": "0", "other.0.speaker": " the union ", "csrf_token": browser.csrf}
    page = browser.get(base).get_data(as_text=True)
    assert re.search(r'name="attr\.0\.speaker" value="Wang"> <span>Wang</span> <span class="who">B</span>', page)
    assert "they differ: left out unless you choose" in page
    browser.post(f"{base}/groups/{one['id']}", data=form)
    page = browser.get(base).get_data(as_text=True)
    assert 'name="attr.0.speaker" value="the union" checked' in page
    form = {"action": "accept", "variants": "0", "attr.0.speaker": "", "csrf_token": browser.csrf}
    browser.post(f"{base}/groups/{one['id']}", data=form)
    assert cyd.get(spoken).json["groups"][0]["decision"]["attributes"] == [{"speaker": None}]


# -- relations


@pytest.fixture
def drawn(db, people, article, tag):
    """The path of a case in which ana alone drew a relation."""
    for viewer in (people.ana, people.ben):
        claim, denial = tag(viewer, "claim", "53 workers fell ill"), tag(viewer, "denial", "anyone fell ill")
        if viewer is people.ana:
            tagging.add_relation(db, viewer, article, NewRelation("denies", denial.id, claim.id))
        reviewing.submit(db, viewer, article)
    return f"/articles/{article}/adjudication"


def gold_relations(cyd, path):
    assert cyd.post(f"{path}/close").status_code == 200
    (line,) = cyd.get("/projects/desk/export?layer=gold").get_data(as_text=True).splitlines()
    return [one["type"] for one in json.loads(line)["relations"]]


def test_a_relation_is_settled_over_the_api(cyd, api, drawn):
    (one,) = cyd.get(drawn).json["relations"]
    assert one["from"] == span("denial", "anyone fell ill", quote=False) | {"text": "anyone fell ill"}
    assert (one["reviewers"], one["able"], one["accepted"], one["decision"]) == (["ana"], ["ana", "ben"], False, None)
    put = cyd.put(f"{drawn}/relations/{one['id']}", {"action": "accept", "reason": "so"})
    assert (put.status_code, put.json["accepted"], put.json["decision"]["by"]) == (200, True, "cyd")
    stale = {"If-Match": f'"{one["version"]}"'}
    assert api("root").delete(f"{drawn}/relations/{one['id']}", headers=stale).status_code == 412
    assert api("root").put(f"{drawn}/relations/{one['id']}", {"action": "reject"}, headers=stale).status_code == 412
    assert cyd.delete(f"{drawn}/relations/{one['id']}").status_code == 204
    assert cyd.delete(f"{drawn}/relations/{one['id']}").status_code == 409
    assert gold_relations(cyd, drawn) == []


def test_a_relation_is_added_over_the_api(cyd, drawn):
    ends = {"from": span("denial", "anyone fell ill", quote=False),
            "to": span("claim", "53 workers fell ill", quote=False)}  # fmt: skip
    for wrong, where in (({"type": "refutes"}, "type"), ({"from": ends["from"] | {"start": "1"}}, "from"),
                         ({"to": ends["from"]}, "to"), ({"extra": 1}, "extra")):  # fmt: skip
        answer = cyd.post(f"{drawn}/relations", {"type": "denies"} | ends | wrong)
        assert (answer.status_code, answer.json["where"]) == (422, where)
    assert cyd.post(f"{drawn}/relations", {"type": "denies"} | ends).status_code == 201
    assert gold_relations(cyd, drawn) == ["denies"]


def test_relations_are_settled_by_plain_forms(login_as, cyd, drawn):
    browser, base = login_as("cyd"), drawn.replace("adjudication", "adjudicate")
    (one,) = cyd.get(drawn).json["relations"]

    def post(path, **form):
        answer = browser.post(f"{base}/links{path}", data=form | {"csrf_token": browser.csrf})
        return answer.status_code

    assert post(f"/{one['id']}", action="accept", version=one["version"]) == 303
    assert post(f"/{one['id']}", action="reject", version=one["version"]) == 412
    assert post(f"/{one['id']}/undo") == 303
    page = browser.get(base).get_data(as_text=True)
    (first, second) = sorted(set(re.findall(r'<option value="(\d+-\d+-[a-z]+)">', page)), key=lambda v: "claim" in v)
    assert post("", type="denies", **{"from": first, "to": "x"}) == 422
    assert post("", type="denies", **{"from": first, "to": second}) == 303
    assert cyd.get(drawn).json["relations"][0]["accepted"] is True


# -- questions, notes, spot checks


def test_a_question_comes_to_the_reviewer_and_the_answer_back(login_as, cyd, api, path, base, group, two_reviews):
    browser, one = login_as("cyd"), group("missing")
    form = {"text": "Is <this> counted?", "group": one["id"], "to": "A", "csrf_token": browser.csrf}
    answer = browser.post(f"{base}/questions", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects/desk")
    assert "Sent back to A." in browser.get("/projects/desk").get_data(as_text=True)

    (asked,) = api("ana").get(f"/articles/{two_reviews.article}").json["questions"]
    assert (asked["text"], asked["by"]) == ("Is <this> counted?", "cyd")
    assert asked["spans"] == [two_reviews.ana["12 years"].id]
    assert api("ben").get(f"/articles/{two_reviews.article}").json["questions"] == []
    ana = login_as("ana")
    page = ana.get(f"/articles/{two_reviews.article}").get_data(as_text=True)
    assert "Is &lt;this&gt; counted?" in page
    assert "12 years" in page
    assert "53 workers fell ill" not in re.sub(r'<div id="article".*?</div>', "", page, flags=re.DOTALL)
    form = {f"answer.{asked['id']}": "It is.", "csrf_token": ana.csrf}
    assert ana.post(f"/articles/{two_reviews.article}/submit", data=form).status_code == 303
    (back,) = cyd.get(path).json["questions"]
    assert (back["to"], back["answer"], back["group"]) == ("ana", "It is.", one["id"])
    assert "It is." in browser.get(base).get_data(as_text=True)


def test_questions_over_the_api(cyd, api, path, two_reviews):
    assert cyd.post(f"{path}/questions", {"text": "", "to": ["ana"]}).json["where"] == "text"
    assert cyd.post(f"{path}/questions", {"text": "Why?", "to": ["eve"]}).json["where"] == "to"
    assert cyd.post(f"{path}/questions", {"text": "Why?"}).json == {"asked": 2}
    (asked,) = api("ben").get(f"/articles/{two_reviews.article}").json["questions"]
    reply = f"/articles/{two_reviews.article}/questions/{asked['id']}"
    assert api("ben").post(reply, {"text": "So."}).status_code == 204
    assert api("eve").post(reply, {"text": "So."}).status_code == 404
    assert api("ben").get(f"/articles/{two_reviews.article}").json["questions"][0]["answer"] == "So."


def test_the_guideline_page_leads_adjudicators_to_the_group_and_shows_managers_no_words(login_as, cyd, path, group):
    one = group("label")
    assert cyd.post(f"{path}/notes", {"group": one["id"], "label": "quote", "text": "Say *more*."}).status_code == 204
    cyd.put(f"{path}/{one['id']}", {"action": "reject", "reason": "guideline unclear"})
    pages = {name: login_as(name).get("/projects/desk/guidelines").get_data(as_text=True) for name in ("cyd", "max")}
    for page in pages.values():
        assert "Say *more*." in page
        assert "Nobody was hurt" not in page
    assert pages["cyd"].count(f"/adjudicate#group-{one['id']}") == 2
    assert one["id"] not in pages["max"]


def test_spot_checks_are_listed_looked_through_and_the_rest_closed(login_as, db, people, load, project):
    projects.change_project(db, people.max, "desk", reviews=1, spot_check=50)
    load(*({"text": article_text(seed=n), "title": f"Title {n}", "key": str(n)} for n in range(12)))
    with db.read() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM articles").scalars().all()
    for article in ids:
        reviewing.submit(db, people.ana, article)
    browser = login_as("cyd")
    page = browser.get("/projects/desk/spot-checks").get_data(as_text=True)
    listed = set(re.findall(r"/articles/(\w+)/adjudicate", page))
    assert 0 < len(listed) < 12
    first = min(listed)
    assert "Looked through" in browser.get(f"/articles/{first}/adjudicate").get_data(as_text=True)
    browser.post(f"/articles/{first}/adjudicate/checked", data={"csrf_token": browser.csrf})
    browser.post("/projects/desk/spot-checks/close", data={"csrf_token": browser.csrf})
    page = browser.get("/projects/desk/spot-checks").get_data(as_text=True)
    assert f"Closed {12 - len(listed)}." in page
    assert "1 of" in page


# -- names


def test_hidden_names_are_in_no_page_answer_id_or_order(login_as, api, db, people, two_reviews, path, base, load):
    projects.change_project(db, people.max, "desk", hide_names=True)
    cyd = api("cyd")
    orders = set()
    for n in range(12):
        text = TEXT + f"\nNumber {n}"
        load({"text": text, "key": f"k{n}"})
        with db.read() as connection:
            article = connection.exec_driver_sql(f"SELECT id FROM articles WHERE key = 'k{n}'").scalar_one()
        mine = {}
        for viewer in (people.ana, people.ben):
            new = tagging.NewSpan(**span("claim", "53 workers", text))
            from conftest import LIMITS

            mine[viewer.name] = tagging.add_span(db, viewer, article, new, LIMITS, by_hand=False).after.id
            reviewing.submit(db, viewer, article)
        answer = cyd.get(f"/articles/{article}/adjudication")
        (variant,) = answer.json["groups"][0]["variants"]
        assert variant["reviewers"] == ["A", "B"]
        orders.add(tuple(sorted(mine, key=lambda name: variant["spans"].index(mine[name]))))
        page = login_as("cyd").get(f"/articles/{article}/adjudicate").get_data(as_text=True)
        for shown in (page, answer.get_data(as_text=True)):
            assert not re.search(r"\b(ana|ben)\b", shown)
    assert orders == {("ana", "ben"), ("ben", "ana")}


def test_hidden_reviewers_are_asked_by_their_letter_alone(login_as, cyd, api, db, people, path, base):
    projects.change_project(db, people.max, "desk", hide_names=True)
    assert cyd.post(f"{path}/questions", {"text": "Why?", "to": ["ana"]}).status_code == 422
    browser = login_as("cyd")
    answer = browser.post(f"{base}/questions", data={"text": "Why?", "to": "A", "csrf_token": browser.csrf})
    assert answer.status_code == 303
    assert "Sent back to A." in browser.get("/projects/desk").get_data(as_text=True)


def test_reasons_and_rules_are_set_in_the_settings_and_offered_on_the_page(login_as, db, people, base):
    boss = login_as("max")
    form = {"title": "T", "reviews": "2", "auto_decide": "2", "reasons": "wrong extent\r\n\r\nnot ours",
            "spot_check": "15", "csrf_token": boss.csrf}  # fmt: skip
    assert boss.post("/projects/desk/settings", data=form).status_code == 303
    page = boss.get("/projects/desk/settings").get_data(as_text=True)
    assert '<option value="2" selected>' in page
    assert "wrong extent\nnot ours" in page
    shown = login_as("cyd").get(base).get_data(as_text=True)
    for reason in ("guideline unclear", "wrong extent", "not ours"):
        assert f"<option>{reason}</option>" in shown
    assert boss.post("/projects/desk/settings", data=form | {"auto_decide": "most"}).status_code == 422
    case = adjudicating.open_case(db, people.cyd, base.split("/")[2])
    assert (case.project.auto_decide, case.project.spot_check) == (2, 15)
