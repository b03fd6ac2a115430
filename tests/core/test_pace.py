"""The forecast of when all reviews are in."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.pace import WINDOW, Forecast, forecast, window

TODAY = date(2026, 11, 25)


def test_the_pace_of_fourteen_days_goes_on():
    assert forecast(28, 14, TODAY) == Forecast("by", 1.0, date(2026, 12, 23))
    assert forecast(1, 14, TODAY).day == date(2026, 11, 26)
    assert forecast(15, 28, TODAY).day == TODAY + timedelta(days=8)


def test_nothing_submitted_is_no_forecast_and_nothing_missing_is_done():
    assert forecast(1, 0, TODAY) == Forecast("none")
    assert forecast(0, 0, TODAY) == Forecast("done")
    assert forecast(10**9, 1, TODAY) == Forecast("none")


def test_the_window_ends_today():
    assert window(TODAY)[0] == date(2026, 11, 12)
    assert window(TODAY)[-1] == TODAY
    assert len(window(TODAY)) == WINDOW


@given(st.integers(1, 10**5), st.integers(1, 10**4))
def test_at_that_pace_it_is_enough_by_that_day_and_not_a_day_before(missing, submitted):
    found = forecast(missing, submitted, TODAY)
    if found.kind == "by":
        days = (found.day - TODAY).days
        assert submitted * days >= missing * WINDOW > submitted * (days - 1)
