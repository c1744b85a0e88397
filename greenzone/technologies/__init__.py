"""The technologies: each a folder with the same face, `Options` and `estimate(sites, layers, options) -> Potential`.

A new technology is a folder here and a line in `TECHNOLOGIES`; config, costs, scores and outputs follow by themselves.
"""

from greenzone.schema import Technology
from greenzone.technologies import bioenergy, geothermal, hydro, solar, wind

TECHNOLOGIES: dict[str, Technology] = {
    "solar": solar,
    "wind": wind,
    "hydro": hydro,
    "geothermal": geothermal,
    "bioenergy": bioenergy,
}
