"""Turbines of the library and of one's own, and other shapes of their curves."""

from __future__ import annotations

import numpy as np
import pytest
import windpowerlib
from windpowerlib.power_curves import smooth_power_curve

from greenzone.errors import GreenzoneError
from greenzone.technologies.wind import custom_turbine, read_turbine, smoothed, storm_ramp, turbine, turbine_names


def test_all_of_windpowerlib_are_there_and_the_same():
    types = windpowerlib.get_turbine_types(print_out=False)
    named = sorted(types.loc[types["has_power_curve"], "turbine_type"])
    assert turbine_names() == named
    assert len(named) == 67
    for name in named:
        theirs = windpowerlib.WindTurbine(hub_height=200, turbine_type=name)
        ours = turbine(name)
        assert ours.nominal_power == theirs.nominal_power
        assert ours.output * ours.nominal_power == pytest.approx(theirs.power_curve["value"].to_numpy())
        assert ours.wind_speed == pytest.approx(theirs.power_curve["wind_speed"].to_numpy())


def test_default_turbine_is_of_class_three():
    # V126-3.3 MW, IEC IIIA: 126 m rotor, 264.7 W/m2 (wind_class_iec and power_density of the library)
    chosen = turbine("V126/3300")
    assert chosen.iec_class == 3
    assert chosen.specific_power == pytest.approx(264.7, abs=0.05)
    assert (chosen.rated_speed, chosen.cut_out_speed) == (12.0, 22.5)


@pytest.mark.parametrize(
    ("name", "number"),
    [("E-126/4200", 1), ("E-141/4200", 2), ("N117/2400", 3), ("GE130/3200", 3), ("MM100/2000", 2), ("E-53/800", None)],
)
def test_iec_class_is_read_from_the_librarys_words(name, number):
    assert turbine(name).iec_class == number


def test_unknown_turbine_gets_the_nearest_name():
    with pytest.raises(GreenzoneError, match=r"turbine 'V126-3300' is not in the library: did you mean 'V126/3300'"):
        turbine("V126-3300")


def test_custom_turbine():
    mine = custom_turbine("mine", [3, 10, 20], [0, 2e6, 2e6], rotor_diameter=100)
    assert mine.output.tolist() == [0, 1, 1]
    assert mine.specific_power == pytest.approx(2e6 / (np.pi * 50**2))


@pytest.mark.parametrize(
    ("speeds", "powers", "nominal", "words"),
    [
        ([3, 10], [0, 1, 2], None, "same length"),
        ([3, 3, 10], [0, 1, 2], None, "ascend"),
        ([3, 10, 20], [0, np.nan, 2], None, "not finite"),
        ([3, 10, 20], [0, -1, 2], None, "at least 0"),
        ([3, 10, 20], [0, 0, 0], None, "at least 0"),
        ([3, 10, 20], [0, 2000, 2000], 2e6, "give both in W"),
    ],
)
def test_what_is_no_power_curve(speeds, powers, nominal, words):
    with pytest.raises(GreenzoneError, match=words):
        custom_turbine("mine", speeds, powers, nominal)


def test_turbine_from_a_file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("# V90 of a neighbour\nwind_speed,power\n3,0\n12,2000000\n25,2000000\n")
    mine = read_turbine(path, 90.0)
    assert (mine.name, mine.nominal_power, mine.cut_out_speed) == ("mine", 2e6, 25.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read: No such file"),
        ("speed,power\n3,0\n12,5\n", "no column 'wind_speed'"),
        ("wind_speed,power\n3,zero\n12,5\n", "no CSV table of numbers"),
        ("", "no CSV table of numbers"),
        ("wind_speed,power\n12,5\n3,0\n", "ascend"),
    ],
)
def test_file_that_holds_no_turbine(tmp_path, text, words):
    path = tmp_path / "mine.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(GreenzoneError, match=words):
        read_turbine(path)


def test_smoothed_curve_of_windpowerlibs_tests():
    # tests/test_power_curves.py of windpowerlib: E-126/4200, W at 6 to 10 m/s
    wide = smoothed(turbine("E-126/4200"), 0.5)
    expected = [1141906.9806766496, 1577536.8085282773, 1975480.993355767, 2314059.4022704284, 2590216.6802602503]
    assert wide.output[5:10] * 4.2e6 == pytest.approx(expected)
    staffell = smoothed(turbine("E-126/4200"), 0.2, 0.6)
    expected = [929405.1348918702, 1395532.5468724659, 1904826.6851982325, 2402659.118305521, 2844527.1732449625]
    assert staffell.output[5:10] * 4.2e6 == pytest.approx(expected)


@pytest.mark.parametrize("name", turbine_names()[::6])
def test_smoothed_curves_as_windpowerlib(name):
    chosen = turbine(name)
    theirs = smooth_power_curve(
        *(windpowerlib.WindTurbine(hub_height=200, turbine_type=name).power_curve[c] for c in ("wind_speed", "value")),
        turbulence_intensity=0.15,
    )
    ours = smoothed(chosen, 0.15)
    assert ours.wind_speed == pytest.approx(theirs["wind_speed"].to_numpy())
    assert ours.output * chosen.nominal_power == pytest.approx(theirs["value"].to_numpy(), abs=1e-3)


def test_storm_ramp_gives_on_above_cut_out():
    ramped = storm_ramp(turbine("E-126/4200"), 22.0, 34.0)
    at = np.interp([21.0, 22.0, 28.0, 34.0], ramped.wind_speed, ramped.output)
    assert at == pytest.approx([1.0, 1.0, 0.5, 0.0])
    with pytest.raises(GreenzoneError, match="cut-out 25"):
        storm_ramp(turbine("E-126/4200"), 22.0, 24.0)


def test_smoothing_without_any_width_is_an_error():
    with pytest.raises(GreenzoneError, match="not both zero"):
        smoothed(turbine("E-126/4200"), 0.0)


def test_a_curve_does_not_change_once_made():
    speeds, powers = np.array([3.0, 9.0, 12.0, 25.0]), np.array([0.0, 500.0, 1000.0, 1000.0])
    mine = custom_turbine("mine", speeds, powers)
    speeds[0], powers[1] = 2.0, 900.0  # the arrays it was made of stay the caller's
    assert mine.wind_speed[0] == 3.0
    assert mine.output[1] == 0.5
    with pytest.raises(ValueError, match="read-only"):
        mine.output[1] = 0.9
