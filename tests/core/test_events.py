"""Canonical JSON and the hash chain of the audit log (contract section 10, RFC 8785)."""

import hashlib
import json
from itertools import pairwise

import msgspec
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.core.events import ACTIONS, FIRST_PREV, Entry, Event, canonical, chain, entry_hash, verify_chain
from annotator.errors import Refused

MAX_INT = 2**53 - 1
keys = st.text(max_size=4) | st.sampled_from(["é", "€", "😀", "𠮷", "\ufb33", "\r", "\u0080", "ö", "", "a", "aa", "1"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INT, MAX_INT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.text(st.characters(codec="utf-8", max_codepoint=0x9F), max_size=8)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)


# -- canonical bytes


@given(values)
@example("".join(map(chr, range(0x100))))
@example('\u2028\u2029\ufeff\ufffe\uffff\U0010ffff</script>\\/"')
@example({"\U0001f600": 1, "\ufb33": 2, "\u20ac": 3, "\u00f6": 4, "1": 5, "\r": 6, "\u0080": 7})
@example({"b": {"😀": [1.0, {"é": -0.0}], "a": 1e21}, "a": 1e-7})
@example([333333333.33333329, 1e30, 4.50, 2e-3, 1e-27, 5e-324, 1.7976931348623157e308, 9007199254740992.0])
@example([0, -0.0, 0.0, MAX_INT, -MAX_INT, True, False, None, "", {}, []])
def test_canonical_is_what_the_library_for_the_standard_writes(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_canonical_is_json_of_the_same_value(value):
    assert json.loads(canonical(value), parse_int=float) == value


@given(st.dictionaries(keys, scalars, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_canonical_does_not_hang_on_the_order_of_keys(value, random):
    names = list(value)
    random.shuffle(names)
    assert canonical({name: value[name] for name in names}) == canonical(value)


def test_tuples_are_written_as_lists():
    assert canonical({"a": (1, ("b", None))}) == b'{"a":[1,["b",null]]}'


def test_the_standards_own_example():
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(value) == (
        rb'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        + '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), 10**400, float("nan"), float("inf"), -float("inf"), {1: "a"}, {None: "a"}, b"a", {1, 2}]
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"a": {"b": v}}, lambda v: [1.5, v]])
def test_what_json_readers_would_not_all_read_alike_is_not_written(value, wrap):
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical(wrap(value))


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a\ud83d"]])
def test_lone_surrogates_are_not_written(value):
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical(value)


# -- the chain


def log(*events):
    entries, prev = [], FIRST_PREV
    for seq, event in enumerate(events, 1):
        entries.append(chain(prev, seq, f"2026-11-25T08:26:{seq:02}.000000Z", "ann", event)[0])
        prev = entries[-1].hash
    return entries


def refused(entries):
    with pytest.raises(Refused) as caught:
        list(verify_chain(entries))
    return caught.value


EVENT = Event("user.added", {"name": "ann", "admin": False, "disabled": False})


def test_the_hash_is_sha256_of_the_canonical_rest():
    (entry,) = log(Event("article.reopened", {"reason": "“so”"}, "seeds", "abc", review="r", payload=("secret",)))
    rest = (
        '{"action":"article.reopened","actor":"ann","article":"abc","at":"2026-11-25T08:26:01.000000Z",'
        '"data":{"reason":"“so”"},"prev":"' + "0" * 64 + '","project":"seeds","seq":1}'
    )
    assert entry.hash == hashlib.sha256(rest.encode()).hexdigest() == entry_hash(entry)


def test_what_goes_to_a_table_of_its_own_is_not_in_the_entry():
    (entry,) = log(Event("user.added", {"name": "ann", "admin": False, "disabled": False}, payload=("scrypt:…",)))
    assert b"scrypt" not in msgspec.json.encode(entry)
    assert entry == log(EVENT)[0]


def test_an_entry_has_the_keys_of_the_contract_in_their_order():
    names = "seq at actor action project article data prev hash".split()
    assert list(msgspec.json.decode(msgspec.json.encode(log(EVENT)[0]))) == names


def test_each_entry_follows_the_one_before():
    entries = log(EVENT, EVENT, EVENT)
    assert entries[0].prev == "0" * 64
    assert all(later.prev == earlier.hash for earlier, later in pairwise(entries))
    assert len({entry.hash for entry in entries}) == 3


def test_an_empty_log_is_in_order():
    assert list(verify_chain([])) == []


def test_entries_come_one_by_one_as_far_as_the_chain_holds():
    entries = log(EVENT, EVENT, EVENT)
    entries[2] = msgspec.structs.replace(entries[2], actor="eve")
    checked = verify_chain(iter(entries))
    assert [next(checked).seq, next(checked).seq] == [1, 2]
    with pytest.raises(Refused, match="Its hash is not that of its content"):
        next(checked)


@pytest.mark.parametrize("value", ["9007199254740992", "-1e17", '"\\ud800"'])
def test_an_entry_of_a_file_that_has_no_canonical_form_is_refused(value):
    (entry,) = log(EVENT)
    line = msgspec.json.encode(entry).replace(b'"ann","admin"', value.encode() + b',"admin"')
    try:
        changed = msgspec.json.decode(line, type=Entry)
    except msgspec.DecodeError:
        return  # refused before: `annotator verify` names the line
    assert refused([changed]).where == "entry 1"


def test_an_unknown_action_is_refused():
    assert "not known" in refused(log(EVENT, Event("user.promoted", {}))).why


# -- tampering: any change to one entry of a random log


data = st.dictionaries(st.sampled_from(["name", "review", "span", "reason", "é"]), scalars, max_size=3)
events = st.builds(
    Event,
    st.sampled_from(sorted(ACTIONS)),
    data,
    project=st.none() | st.sampled_from(["seeds", "other"]),
    article=st.none() | st.text("abc234", min_size=1, max_size=3),
)
logs = st.lists(events, min_size=1, max_size=6).map(lambda found: log(*found))
other_text = st.text(min_size=1, max_size=3)
SHA256 = st.text("0123456789abcdef", min_size=64, max_size=64)
CHANGES = {
    "seq": st.integers(0, 20),
    "at": other_text,
    "actor": other_text,
    "action": st.sampled_from(sorted(ACTIONS)),
    "project": st.none() | other_text,
    "article": st.none() | other_text,
    "data": data,
    "prev": SHA256 | st.just(FIRST_PREV),
    "hash": SHA256,
}


@given(logs)
def test_an_untouched_log_is_in_order_also_read_from_its_file(entries):
    lines = [msgspec.json.encode(entry) for entry in entries]
    assert list(verify_chain(entries)) == entries
    assert list(verify_chain(msgspec.json.decode(line, type=Entry) for line in lines)) == entries


@given(logs, st.data())
def test_any_change_of_any_field_of_any_entry_is_found_and_named(entries, draw):
    at = draw.draw(st.integers(0, len(entries) - 1))
    field = draw.draw(st.sampled_from(sorted(CHANGES)))
    old = getattr(entries[at], field)
    new = draw.draw(CHANGES[field].filter(lambda value: canonical(value) != canonical(old)))
    entries[at] = msgspec.structs.replace(entries[at], **{field: new})
    found = refused(entries)
    assert found.where == f"entry {new if field == 'seq' else at + 1}"


@given(logs, st.data())
def test_a_change_with_its_hash_made_anew_is_found_at_the_next_entry(entries, draw):
    entries += log(*[EVENT] * (len(entries) + 1))[len(entries) :]  # so that there is a next one that fits nothing
    at = draw.draw(st.integers(0, len(entries) - 2))
    changed = msgspec.structs.replace(entries[at], actor=entries[at].actor + "!")
    entries[at] = msgspec.structs.replace(changed, hash=entry_hash(changed))
    assert refused(entries).where == f"entry {at + 2}"


@given(logs.filter(lambda entries: len(entries) > 1), st.data())
def test_an_entry_left_out_moved_or_doubled_is_found(entries, draw):
    at = draw.draw(st.integers(0, len(entries) - 2))
    without = entries[:at] + entries[at + 1 :]
    assert refused(without).where == f"entry {at + 2}"
    assert f"Entry {at + 1} is missing" in refused(without).why
    swapped = [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]
    assert refused(swapped).where == f"entry {at + 2}"
    doubled = [*entries[: at + 1], *entries[at:]]
    assert refused(doubled).where == f"entry {at + 1}"


@given(logs)
def test_a_log_that_begins_later_is_found(entries):
    late = [chain("1" * 64, 1, "then", "ann", EVENT)[0], *entries]
    assert refused(late).where == "entry 1"
