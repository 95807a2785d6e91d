"""Where a place stands on the world map: Equal Earth, in the viewBox of templates/macros/land_path.svg."""

from math import asin, cos, radians, sin, sqrt

WIDTH, HEIGHT = 975.0, 475.0
SCALE = 180.0
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = sqrt(3) / 2


def place(latitude: float, longitude: float) -> tuple[float, float]:
    """The point (x, y) of a latitude and longitude in degrees, x to the right and y down, inside 975 by 475.

    Source: Šavrič, Patterson, Jenny, "The Equal Earth map projection" (2018), as d3-geo's ``geoEqualEarth`` draws it.
    """
    t = asin(_M * sin(radians(latitude)))
    t2 = t * t
    t6 = t2 * t2 * t2
    x = radians(longitude) * cos(t) / (_M * (_A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)))
    y = t * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))
    return WIDTH / 2 + SCALE * x, HEIGHT / 2 - SCALE * y
