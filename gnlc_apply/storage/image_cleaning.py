"""A picture encoded anew: what is not picture (place, time, camera, profile, comments, hidden tails) stays behind.

Works in the child process only.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageFile, ImageOps

from gnlc_apply.storage.findings import Finding, Unacceptable
from gnlc_apply.storage.limits import MAX_PIXELS, SERVED_PIXELS
from gnlc_apply.storage.media_types import MediaType

_JPEG_QUALITY = 90
_STRIP = 512
_FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}


def clean_image(source: Path, target: Path, media_type: MediaType) -> None:
    """Write the picture, turned the right way up, as a fresh file of the same kind. Raises Unacceptable.

    A picture of more than ``SERVED_PIXELS`` is halved in both directions; one of more than ``MAX_PIXELS``, an animated
    or a damaged one is refused.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # Pillow's other warnings are about notes in the file (a damaged EXIF block), which are dropped anyway.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=[_FORMATS[media_type]]) as picture:
                _save(_prepared(picture), target, media_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Unacceptable(Finding.TOO_MANY_PIXELS) from problem


def _prepared(picture: ImageFile.ImageFile) -> Image.Image:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Unacceptable(Finding.TOO_MANY_PIXELS)
    # A telephone's JPEG may hold a second picture (depth, gain map): no animation, and dropped.
    if picture.format == "PNG" and getattr(picture, "is_animated", False):
        raise Unacceptable(Finding.ANIMATED)
    is_large = width * height > SERVED_PIXELS
    if is_large and picture.format != "PNG":
        # Halved while decoding: the full picture never stands in memory.
        picture.draft(picture.mode, (width // 2, height // 2))
    picture.load()
    whole = _halved(picture) if is_large and picture.size == (width, height) else picture
    return ImageOps.exif_transpose(_plain_mode(whole))


def _halved(picture: Image.Image) -> Image.Image:
    """The picture at half its width and height, made strip by strip: transparency needs a second copy of what is halved."""
    width, height = picture.size
    small = Image.new(picture.mode, ((width + 1) // 2, (height + 1) // 2))
    if palette := picture.getpalette():
        small.putpalette(palette)
    for top in range(0, height, _STRIP):
        small.paste(picture.crop((0, top, width, min(top + _STRIP, height))).reduce(2), (0, top // 2))
    small.info = {**picture.info, "exif": picture.getexif().tobytes()}
    return small


def _plain_mode(picture: Image.Image) -> Image.Image:
    """The picture in a mode that both kinds of files can hold, transparency included."""
    if picture.mode in ("L", "RGB", "RGBA", "LA"):
        return picture.convert("RGBA") if "transparency" in picture.info and picture.mode != "RGBA" else picture
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are what a screen shows.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")


def _save(picture: Image.Image, target: Path, media_type: MediaType) -> None:
    # Whatever was read beside the pixels would be written again (profile, comment, text).
    picture.info = {}
    if media_type is MediaType.PNG:
        picture.save(target, "PNG")
    else:
        flat = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
        flat.info = {}
        flat.save(target, "JPEG", quality=_JPEG_QUALITY, progressive=True, optimize=True)
