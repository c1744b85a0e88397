"""What a run leaves behind: the report, GeoJSON, GeoParquet, netCDF, tables, the overview map and the manifest."""

from greenzone.outputs.geojson import write_geojson
from greenzone.outputs.report import report_from_directory
from greenzone.outputs.store import check_writable, staged
from greenzone.outputs.summary import ladder, published_comparison
from greenzone.outputs.tables import district_table, site_table
from greenzone.outputs.write import write_outputs, write_report

__all__ = [
    "check_writable",
    "district_table",
    "ladder",
    "published_comparison",
    "report_from_directory",
    "site_table",
    "staged",
    "write_geojson",
    "write_outputs",
    "write_report",
]
