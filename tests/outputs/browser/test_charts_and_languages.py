"""The charts of the report, its two languages, and what a run with a plan and ranges shows beside them."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from greenzone.outputs.report import report_from_directory


def test_charts_show_the_figures_of_the_files(shown, folder):
    curve = pd.read_csv(folder / "supply_curve.csv")
    chosen = curve.query("mix == 'together' and technology == 'solar' and district == 'zone'")
    drawn = shown.page.evaluate(
        "Math.max(...GZ.byId('curve-chart').data.find((t) => t.name.startsWith('Solar, conn')).x)"
    )
    assert drawn == pytest.approx(chosen["connected_energy_gwh"].max(), rel=1e-5)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    bars = shown.page.evaluate("GZ.byId('ladder-chart').data.map((t) => t.x)")
    technical = [row["technical_gwh"] for row in manifest["ladder"]]
    assert bars[2] == pytest.approx(technical, rel=1e-5)  # the files hold six digits
    scenarios = pd.read_csv(folder / "scenarios.csv").query("period == 'year'")
    energy = scenarios.query("quantity == 'energy' and technology == 'hydro'")["value"].tolist()
    assert shown.page.evaluate(
        "Array.from(GZ.byId('scenario-chart').data.find((t) => t.name === 'Hydro').y)"
    ) == pytest.approx(energy, rel=1e-5)
    ratios = [row["ratio"] for row in manifest["published"] if row["ratio"]]
    assert shown.page.evaluate("Array.from(GZ.byId('published-chart').data[0].x)") == pytest.approx(ratios, rel=1e-6)


def test_choices_redraw_their_charts(shown):
    def data(chart):
        return shown.page.evaluate(f"JSON.stringify(GZ.byId('{chart}').data.map((t) => [t.x, t.y, t.z]))")

    for select, value, chart in (
        ("#hours-scenario", "existing-2025", "week-chart"),
        ("#hours-week", "hardest", "week-chart"),
        ("#heat-kind", "hours_met", "heat-chart"),
        ("#ladder-place", "Kalbajar", "ladder-chart"),
        ("#curve-place", "Lachin", "curve-chart"),
        ("#curve-mix", "alone", "curve-chart"),
        ("#curve-quantity", "capacity", "curve-chart"),
    ):
        before = data(chart)
        shown.page.select_option(select, value)
        shown.page.wait_for_timeout(300)
        assert data(chart) != before, select


def test_language_switch_changes_every_word_and_number(shown):
    shown.speak("az")
    assert shown.page.get_attribute("html", "lang") == "az"
    assert shown.page.inner_text("#map-section h2") == "Sahələrin xəritəsi"
    assert "Günəş" in shown.page.inner_text("#technologies")
    assert {"Şuşa", "Kəlbəcər", "Cəbrayıl", "Laçın"} <= set(
        shown.page.locator("#district-table td:first-child").all_inner_texts()
    )
    left = shown.page.evaluate(
        "[...document.querySelectorAll('[data-t]')].filter((e) => e.textContent === GZ.words.en[e.dataset.t] "
        "&& GZ.words.en[e.dataset.t] !== GZ.words.az[e.dataset.t]).length"
    )
    assert left == 0
    assert re.search(r"\d,\d", shown.page.inner_text("#cards"))  # 11,1 and not 11.1
    assert "Günəş" in shown.page.evaluate("GZ.byId('ladder-chart').data[0].y")
    assert shown.page.locator("#notes li").count() > 20
    assert shown.page.locator("#notes li[lang=en]").all_inner_texts() == []
    assert shown.page.locator("#findings li[lang=en]").all_inner_texts() == []
    assert "sintetik" in shown.page.inner_text("#facts")
    shown.picture("azerbaijani", full_page=True)
    shown.speak("en")
    assert shown.page.inner_text("#map-section h2") == "Map of the sites"
    assert shown.trouble == []


def test_page_opens_in_the_language_asked_for(open_page, folder, tmp_path):
    page = open_page(report_from_directory(folder, tmp_path / "az.html", "az"))
    assert page.page.inner_text("#map-section h2") == "Sahələrin xəritəsi"
    assert page.trouble == []


def test_plan_and_ranges_show_the_figures_of_their_files(open_page, full):
    page = open_page(full / "report.html")
    assert page.page.is_visible("#contents a[href='#plan']")
    ranges = pd.read_csv(full / "scenario_ranges.csv").query("result == 'share_met_hourly'")
    drawn = page.page.evaluate(
        "(({x, error_x}) => [x, error_x.array, error_x.arrayminus])(GZ.byId('mix-chart').data[0])"
    )
    np.testing.assert_allclose(drawn[0], 100 * ranges["p50"])
    np.testing.assert_allclose(drawn[1], 100 * (ranges["p90"] - ranges["p50"]), rtol=1e-6)
    np.testing.assert_allclose(drawn[2], 100 * (ranges["p50"] - ranges["p10"]), rtol=1e-6)
    assert page.page.evaluate("GZ.byId('driver-chart').data[0].y") == ["resource: Hydro", "demand"]
    page.page.select_option("#mix-result", "energy_gwh_hydro")
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("GZ.byId('mix-chart').data[0].x") == [823]
    assert "561" in page.page.inner_text("#mix-table")
    assert "86% – 96%" in page.page.inner_text("#scenario-table")
    capacity = page.page.evaluate("Object.fromEntries(GZ.byId('plan-chart').data.map((t) => [t.name, t.y]))")
    assert capacity == {"Solar": [120, 300], "Hydro": [100, 100], "Battery": [40, 90]}
    assert "192,900,000" in page.page.inner_text("#plan-table")
    page.page.select_option("#plan-year", "2030")
    page.page.wait_for_timeout(300)
    places = page.page.evaluate(
        "Object.fromEntries(GZ.byId('plan-places').data.map((t) => [t.name, Math.max(...t.x)]))"
    )
    assert places == {"Solar": 120, "Hydro": 100, "Battery": 40}
    assert "442,700" in page.page.inner_text("#plan-places-table")
    assert page.page.evaluate("Math.max(...GZ.byId('plan-prices').data[1].y)") == 5000
    page.speak("az")
    assert "Ən az xərc ildə 109.355.709" in page.page.inner_text("#plan-notes")
    assert page.trouble == []
    page.picture("plan", full_page=True)


def test_run_without_a_plan_shows_none(shown, folder):
    assert not (folder / "plan_notes.csv").exists()
    assert shown.page.is_hidden("#plan")
    assert shown.page.locator("#contents a[href='#plan']").count() == 0
