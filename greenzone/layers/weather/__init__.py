"""Hourly weather: drawn by the embedded generator or read from the user's files, and its link to the sites."""

from greenzone.layers.weather.generator import generate
from greenzone.layers.weather.readers import read_weather
from greenzone.layers.weather.sites import link_sites, needed_cells
from greenzone.layers.weather.spread import ghi_spread

__all__ = ["generate", "ghi_spread", "link_sites", "needed_cells", "read_weather"]
