"""Who may do what (contract section 9), as one table of roles and acts."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.access import PERMISSIONS, ROLES, Act, Viewer
from annotator.errors import Missing

MAY = {  # act: the letters of the roles that may
    "see project": "ram",
    "read article": "ram",
    "tag": "r",
    "adjudicate": "a",
    "see agreement": "am",
    "export": "am",
    "load": "m",
    "manage project": "m",
    "manage people": "",
}
CASES = [(act, role, role[0] in letters) for act, letters in MAY.items() for role in ROLES]


def holding(*roles, project="desk"):
    return Viewer("ann", roles={project: frozenset(roles)})


def test_every_act_is_in_the_tables():
    assert set(PERMISSIONS) == set(get_args(Act)) == set(MAY)
    assert set(ROLES) == {"reviewer", "adjudicator", "manager"}


@pytest.mark.parametrize(("act", "role", "allowed"), CASES)
def test_each_role_may_what_the_table_says(act, role, allowed):
    assert holding(role).may(act, "desk") is allowed


@pytest.mark.parametrize(("act", "role", "allowed"), CASES)
def test_what_one_may_not_is_not_there(act, role, allowed):
    if allowed:
        holding(role).require(act, "desk")
        return
    with pytest.raises(Missing) as caught:
        holding(role).require(act, "desk")
    assert caught.value.status == 404
    assert act not in caught.value.why


@pytest.mark.parametrize("act", MAY)
def test_nobody_without_a_role_may_anything(act):
    assert not Viewer("ann").may(act, "desk")
    assert not Viewer("ann").may(act)


@pytest.mark.parametrize("act", MAY)
def test_roles_of_another_project_count_for_nothing(act):
    everywhere_else = holding(*ROLES, project="other")
    assert not everywhere_else.may(act, "desk")
    assert not everywhere_else.may(act)
    assert not everywhere_else.may(act, "")


@pytest.mark.parametrize("act", MAY)
def test_an_admin_may_everything_everywhere(act):
    admin = Viewer("root", admin=True)
    assert admin.may(act, "desk")
    assert admin.may(act)
    admin.require(act, "desk")


@given(st.sets(st.sampled_from(ROLES)), st.sampled_from(sorted(MAY)))
def test_several_roles_may_what_any_of_them_may(roles, act):
    assert holding(*roles).may(act, "desk") is any(role[0] in MAY[act] for role in roles)
