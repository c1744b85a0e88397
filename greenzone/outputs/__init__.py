"""What a run leaves behind: GeoJSON, GeoParquet, netCDF, tables, the overview map and the manifest."""

from greenzone.outputs.geojson import write_geojson
from greenzone.outputs.store import check_writable, staged
from greenzone.outputs.summary import ladder, published_comparison
from greenzone.outputs.tables import district_table, site_table
from greenzone.outputs.write import write_outputs

__all__ = [
    "check_writable",
    "district_table",
    "ladder",
    "published_comparison",
    "site_table",
    "staged",
    "write_geojson",
    "write_outputs",
]
