"""A small run of made-up potential on the real zone, for the tests of the outputs."""

from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from rasterio.transform import Affine

from greenzone.grid import SiteGrid
from greenzone.schema import POTENTIAL, PROFILES, Layers, Potential, Raster, label

PROJECT = Path(__file__).parents[2]
TECHNOLOGIES = ("solar", "wind", "hydro", "geothermal", "bioenergy")


def made_up_land(number: int) -> SimpleNamespace:
    """Four pixels of the first site and of none."""
    site = np.array([[0, 0], [number - 1, -1]])
    shares = {name: np.array([[1.0, 0.0], [0.25, 1.0]], np.float32) for name in TECHNOLOGIES}
    frame = SimpleNamespace(crs="EPSG:32638", transform=Affine(100.0, 0.0, 6e5, 0.0, -100.0, 4.4e6))
    return SimpleNamespace(frame=frame, site=site, shares=shares, by_year=pd.DataFrame())


def made_up_potential(name: str, grid: SiteGrid, time: pd.DatetimeIndex, rng: np.random.Generator) -> Potential:
    sites = grid.sites
    number = sites.sizes["site"]
    fraction = rng.uniform(0, 1, number) * (rng.uniform(size=number) > 0.3)
    factor = np.where(fraction > 0, rng.uniform(0.1, 0.4, number), np.nan)
    capacity = fraction * sites.area_km2.to_numpy() * 30
    energy = np.nan_to_num(capacity * factor) * 8.76
    district, group = np.unique(sites.district.to_numpy(), return_inverse=True)
    values = {
        "eligible_fraction": fraction,
        "theoretical_gwh": energy * 4 + 1,
        "geographic_gwh": energy * 3,
        "capacity_mw": capacity,
        "capacity_factor": factor,
        "energy_gwh": energy,
    }
    table = xr.Dataset({key: ("site", value) for key, value in values.items()}, {"site": sites.site})
    table["group"] = ("site", np.where(capacity > 0, group, -1), {"units": "1", "long_name": "supply group"})
    profiles = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), rng.uniform(0, 0.6, (len(district), len(time))).astype("f4")),
            "capacity_mw": ("group", np.bincount(group, capacity)),
        },
        {"district": ("group", district), "resource_class": ("group", np.ones(len(district), int)), "time": time},
    )
    features = {}
    if name == "hydro":
        plant = {"name": ["Gözlükörpü", 'a "quoted" <b>'], "capacity_mw": [14.7, np.nan]}
        points = gpd.points_from_xy([46.0123456789, 46.5], [40.0, 39.9])
        features["hydro_plants"] = gpd.GeoDataFrame(plant, geometry=points, crs="EPSG:4326")
    return Potential(
        name, label(table, POTENTIAL), label(profiles, PROFILES), features, {"capacity_mw": 1.0}, (f"{name} made up",)
    )


def made_up_connection(grid, potentials, lcoe) -> SimpleNamespace:
    """Every site 10 km from one node, which adds 5 to each LCOE and takes all."""
    number = grid.sites.sizes["site"]
    sites = xr.Dataset(
        {
            "distance_grid": ("site", np.full(number, 10.0), {"units": "km", "long_name": "route to the grid"}),
            "connection_cost": ("site", np.full(number, 80.0), {"units": "USD kW-1", "long_name": "connection"}),
            "grid_node": ("site", np.full(number, "hub"), {"units": "1", "long_name": "node"}),
        },
        {"site": grid.sites.site},
    )
    connected = {name: (cost + 5).assign_attrs(cost.attrs) for name, cost in lcoe.items()}
    parts = [
        pd.DataFrame(
            {
                "technology": name,
                "capacity_mw": potential.sites.capacity_mw.to_numpy(),
                "energy_gwh": potential.sites.energy_gwh.to_numpy(),
                "lcoe_connected": connected[name].to_numpy(),
            }
        )
        for name, potential in potentials.items()
    ]
    curve = pd.DataFrame({"mix": ["alone"], "technology": ["solar"], "lcoe": [50.0], "capacity_mw": [1 / 3]})
    routes = gpd.GeoDataFrame(
        {"technology": ["solar"]}, geometry=[shapely.LineString([(46.1, 39.5), (46.2, 39.6)])], crs=4326
    )
    return SimpleNamespace(
        sites=sites, lcoe=connected, allocation=pd.concat(parts), curve=curve, routes=routes, notes=("made up",)
    )


def made_up_run(cell_size: float, hours: int = 48) -> SimpleNamespace:
    rng = np.random.default_rng(7)
    zone = gpd.read_file(PROJECT / "data" / "layers" / "districts.geojson")[["district", "geometry"]]
    grid = SiteGrid.square(zone, cell_size)
    time = pd.date_range("2019-01-01", periods=hours, freq="h")
    potentials = {name: made_up_potential(name, grid, time, rng) for name in TECHNOLOGIES}
    cost = {"units": "USD MWh-1", "long_name": "levelised cost of energy"}
    share = {"units": "1", "long_name": "score of the site"}
    lcoe = {
        k: (40 / p.sites.capacity_factor).where(p.sites.capacity_mw > 0).assign_attrs(cost)
        for k, p in potentials.items()
    }
    scores = {
        k: (p.sites.capacity_factor * 2).where(p.sites.capacity_mw > 0).assign_attrs(share)
        for k, p in potentials.items()
    }
    parts = {
        k: xr.concat([0.75 * s, 0.25 * s], pd.Index(["capacity_factor", "lcoe"], name="criterion"))
        for k, s in scores.items()
    }
    lon, lat = np.meshgrid(np.arange(45, 48.6, 0.05) + 0.025, np.arange(41, 38, -0.05) - 0.025)
    terrain = Raster(1000 + 800 * np.sin(4 * lon) * np.cos(5 * lat), 45.0, 41.0, 0.05, 0.05)
    weather = xr.Dataset(
        {"ghi": (("time", "cell"), np.zeros((hours, 1), "f4"))}, {"time": time}, {"source": "synthetic"}
    )
    return SimpleNamespace(
        config={
            "name": "made up",
            "supply": {"demand_gwh": 229.0},
            "economics": {"lcoe_ceiling": 100.0},
            "seed": 7,
            "ceiling": float("nan"),
        },
        grid=grid,
        layers=Layers(xr.Dataset(), weather, terrain, {}, zone),
        potentials=potentials,
        lcoe=lcoe,
        connected=made_up_connection(grid, potentials, lcoe),
        scores=scores,
        contributions=parts,
        top_probability={name: found / found.sum() for name, found in scores.items()},
        land=made_up_land(number=grid.sites.sizes["site"]),
        zones=gpd.GeoDataFrame({"zone": ["solar-1"]}, geometry=[grid.geometry[0]], crs=4326),
        removed=pd.DataFrame({"technology": ["solar"], "rule": ["slope"], "alone_km2": [1 / 3]}),
        scenarios=pd.DataFrame({"scenario": ["a", "a"], "value": [1.0, 1 / 3]}),
        scenario_notes=pd.DataFrame({"scenario": ["a"], "topic": ["summary"], "note": ["nothing is missing"]}),
        ranges=None,
        plan=None,
        timings={"sites": 0.1},
    )


@pytest.fixture(scope="session")
def made_up():
    return made_up_run(8000)


@pytest.fixture(scope="session")
def made_up_weeks():
    """The same on few sites, with three weeks of hours."""
    return made_up_run(20_000, 24 * 21)


def write_made_up_ranges(folder: Path) -> None:
    """Ranges of two mixes, one of them with a result that does not vary."""
    rows = [
        ("existing-2025", "share_met_hourly", "1", 0.86, 0.92, 0.96),
        ("existing-2025", "unserved_gwh_year", "GWh", 8.6, 19.3, 35.8),
        ("existing-2025", "cost_per_mwh_met", "USD MWh-1", 217, 512, 829),
        ("existing-2025", "energy_gwh_hydro", "GWh", 561, 823, 1086),
        ("existing-2025", "draws", "1", 640, 640, 640),
        ("existing-2025", "switches_left_out", "1", 1, 1, 1),
        ("existing-2025", "left_out_foresight", "1", 1, 1, 1),
        ("announced", "share_met_hourly", "1", 0.995, 0.9985, 0.9998),
        ("announced", "unserved_gwh_year", "GWh", 0.04, 0.36, 1.28),
        ("announced", "draws", "1", 640, 640, 640),
    ]
    drivers = [
        ("existing-2025", "share_met_hourly", "demand_all", 0.245, 0.24),
        ("existing-2025", "share_met_hourly", "resource_hydro", 0.758, 0.76),
        ("existing-2025", "cost_per_mwh_met", "cost_hydro", 0.9, 0.91),
    ]
    columns = ["scenario", "result", "unit", "p10", "p50", "p90"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "scenario_ranges.csv", index=False)
    names = ["scenario", "result", "parameter", "first_order", "total"]
    pd.DataFrame(drivers, columns=names).to_csv(folder / "scenario_drivers.csv", index=False)


def write_made_up_plan(folder: Path) -> None:
    """A plan of two years: solar and a battery beside hydro that stands already."""
    rows = [
        (2030, "source", "solar", "Jabrayil", 120.0, 0.0, 900.0, 210.0, 0.0),
        (2030, "source", "hydro", "Kalbajar", 100.0, 100.0, 350.0, 290.0, 0.0),
        (2030, "store", "battery", "zone", 40.0, 0.0, np.nan, 12.0, 0.0),
        (2030, "border", "border", "zone", 0.0, 0.0, 0.0, 0.0, 442746.0),
        (2040, "source", "solar", "Jabrayil", 300.0, 120.0, 900.0, 520.0, 21927.0),
        (2040, "source", "hydro", "Kalbajar", 100.0, 100.0, 350.0, 290.0, 0.0),
        (2040, "store", "battery", "zone", 90.0, 40.0, np.nan, 31.0, 0.0),
    ]
    columns = [
        "year",
        "kind",
        "technology",
        "district",
        "capacity_mw",
        "before_mw",
        "limit_mw",
        "energy_gwh",
        "value_per_mw",
    ]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "plan.csv", index=False)
    sums = [
        (year, name, unit, value)
        for year, cost in ((2030, 1.09356e8), (2040, 1.92861e8))
        for name, unit, value in (
            ("annual_cost", "currency year-1", cost),
            ("cost_per_mwh", "currency MWh-1", 207.806),
            ("green_share", "1", 1.0),
            ("worth_of_an_imported_mwh", "currency MWh-1", np.nan),
        )
    ]
    pd.DataFrame(sums, columns=["year", "quantity", "unit", "value"]).to_csv(folder / "plan_summary.csv", index=False)
    notes = [
        (2030, "cost", "The least cost is 109,355,709 a year for 100.0% green energy."),
        ("all", "method", "Each year is planned without knowledge of the later ones and keeps what was built."),
    ]
    pd.DataFrame(notes, columns=["year", "topic", "note"]).to_csv(folder / "plan_notes.csv", index=False)
    spans = [(year, "solar", 138.0, 300.0, 1002.0) for year in (2030, 2040)]
    names = ["year", "technology", "least_mw", "best_mw", "most_mw"]
    pd.DataFrame(spans, columns=names).to_csv(folder / "plan_alternatives.csv", index=False)
    hours = np.arange(100.0)  # of 2030 dear by the hour, of 2040 free but for one
    price = np.stack([hours, np.where(hours == 7, 5000.0, 0.0)])[:, None, :]
    flat = np.ones((2, 1, 100))
    xr.Dataset(
        {
            "price": (("year", "node", "time"), price),
            "demand_mw": (("year", "node", "time"), flat),
            "hours": (("year", "time"), flat[:, 0]),
        },
        {"year": [2030, 2040]},
    ).to_netcdf(folder / "plan_hourly.nc", engine="h5netcdf")


@pytest.fixture(scope="session")
def with_plan_and_ranges():
    """What adds a made-up plan and made-up ranges to the folder of a run."""

    def add(folder: Path) -> Path:
        write_made_up_ranges(folder)
        write_made_up_plan(folder)
        return folder

    return add
