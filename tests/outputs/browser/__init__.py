"""Tests of the report in a browser; a package, so that pytest closes the browser after the last of them."""
