"""Scenario files: their sections, and reading them.

Comes in: YAML. Goes out: a frozen `Scenario` that every later step takes its settings from.
"""

from greenzone.config.load import as_dict, init, json_schema, read_config, validate_files
from greenzone.config.scenario import Scenario

__all__ = ["Scenario", "as_dict", "init", "json_schema", "read_config", "validate_files"]
