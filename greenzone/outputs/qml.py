"""Styles that QGIS opens by itself: QML for vector layers and rasters.

Comes in: colours with the values that they stand for. Goes out: XML text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import numpy as np

Colour = tuple[int, int, int]

DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.22.0"
DARK = 35, 35, 35
KINDS = {"Point": "marker", "LineString": "line", "Polygon": "fill"}


def graduated(column: str, edges: Sequence[float] | np.ndarray, colours: Sequence[Colour], kind: str) -> str:
    """Classes of a number by colour.

    Parameters
    ----------
    column : str
        Attribute that decides.
    edges : sequence of float (n + 1,)
        From low to high.
    colours : sequence of tuple (n,)
        Red, green, blue.
    kind : str
        "Point", "LineString" or "Polygon".

    Returns
    -------
    str
        QML; features without a value are not drawn.
    """
    root, renderer = _vector("graduatedSymbol", attr=column, graduatedMethod="GraduatedColor")
    ranges, symbols = SubElement(renderer, "ranges"), SubElement(renderer, "symbols")
    for number, (low, high, colour) in enumerate(zip(edges[:-1], edges[1:], colours, strict=True)):
        label = f"{low:g} - {high:g}"
        lower, upper = f"{low:.10g}", f"{high:.10g}"
        SubElement(ranges, "range", symbol=str(number), lower=lower, upper=upper, label=label, render="true")
        _symbol(symbols, str(number), kind, colour)
    return _text(root)


def categorised(column: str, colours: Mapping[str, Colour], kind: str) -> str:
    """A colour for each value of a text; other values are not drawn."""
    root, renderer = _vector("categorizedSymbol", attr=column)
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, (value, colour) in enumerate(colours.items()):
        SubElement(categories, "category", symbol=str(number), value=value, label=value, type="string", render="true")
        _symbol(symbols, str(number), kind, colour)
    return _text(root)


def single(colour: Colour, kind: str) -> str:
    """One symbol for all features."""
    root, renderer = _vector("singleSymbol")
    _symbol(SubElement(renderer, "symbols"), "0", kind, colour)
    return _text(root)


def outline(colour: Colour) -> str:
    """Borders of polygons, with nothing inside."""
    root, renderer = _vector("singleSymbol")
    _symbol(SubElement(renderer, "symbols"), "0", "Polygon", colour, filled=False)
    return _text(root)


def pseudocolour(values: Sequence[float] | np.ndarray, colours: Sequence[Colour], unit: str) -> str:
    """A continuous ramp for the single band of a raster.

    Parameters
    ----------
    values : sequence of float (n,)
        From low to high; colours between them are interpolated.
    colours : sequence of tuple (n,)
        Red, green, blue.
    unit : str
        Stands behind the values in the legend; may be empty.

    Returns
    -------
    str
        QML; values outside take the colour of the nearest end.
    """
    root = Element("qgis", version=VERSION, styleCategories="Symbology")
    low, high = f"{values[0]:.10g}", f"{values[-1]:.10g}"
    renderer = SubElement(
        SubElement(root, "pipe"), "rasterrenderer", type="singlebandpseudocolor", band="1", opacity="1",
        alphaBand="-1", classificationMin=low, classificationMax=high,
    )  # fmt: skip
    shader = SubElement(
        SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="INTERPOLATED", classificationMode="1",
        clip="0", minimumValue=low, maximumValue=high,
    )  # fmt: skip
    for value, colour in zip(values, colours, strict=True):
        label = f"{value:g} {unit}".strip()
        SubElement(shader, "item", value=f"{value:.10g}", label=label, color=_hex(colour), alpha="255")
    return _text(root)


def _vector(kind: str, **attributes: Any) -> tuple[Element, Element]:
    root = Element("qgis", version=VERSION, styleCategories="Symbology")
    return root, SubElement(root, "renderer-v2", type=kind, symbollevels="0", enableorderby="0", **attributes)


def _symbol(parent: Element, name: str, kind: str, colour: Colour, filled: bool = True) -> None:
    symbol = SubElement(parent, "symbol", name=name, type=KINDS[kind], alpha="1", clip_to_extent="1")
    own = f"{','.join(map(str, colour))},255"
    if kind == "Polygon":
        # Filled cells get a hairline in their own colour, else the ground shines through between them.
        look = {"color": own, "style": "solid" if filled else "no", "outline_color": own, "outline_style": "solid"}
        look["outline_width"] = "0" if filled else "0.4"
        drawn = "SimpleFill"
    elif kind == "LineString":
        look = {"line_color": own, "line_width": "0.4", "line_style": "solid", "capstyle": "round"}
        drawn = "SimpleLine"
    else:
        look = {"color": own, "name": "circle", "size": "2.4", "outline_color": "255,255,255,255"}
        look |= {"outline_width": "0.2", "outline_style": "solid"}
        drawn = "SimpleMarker"
    layer = SubElement(symbol, "layer", attrib={"class": drawn, "enabled": "1", "locked": "0", "pass": "0"})
    options = SubElement(layer, "Option", type="Map")
    for key, value in look.items():
        SubElement(options, "Option", name=key, type="QString", value=value)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _text(root: Element) -> str:
    return DOCTYPE + tostring(root, encoding="unicode") + "\n"
