"""What the content streams of a page use: operators, colours, images, and the characters of each font."""

from __future__ import annotations

from typing import Any

import pikepdf

from docflow.pdf.conforming_fonts import obstacle_of_font

MAX_CONTENT_BYTES = 4_000_000
"""Of one document; parsing more would cost seconds."""
DEEPEST_STATE = 28
"""Nesting of ``q`` (6.1.13)."""
DEEPEST_FORM = 12
OPERATORS = frozenset(
    (
        *("b", "B", "b*", "B*", "BDC", "BMC", "BT", "BX", "c", "cm", "CS", "cs", "d", "d0", "d1", "Do", "DP", "EMC"),
        *("ET", "EX", "f", "F", "f*", "G", "g", "gs", "h", "i", "j", "J", "K", "k", "l", "m", "M", "MP", "n", "q", "Q"),
        *("re", "RG", "rg", "ri", "s", "S", "SC", "sc", "SCN", "scn", "sh", "T*", "Tc", "Td", "TD", "Tf", "Tj", "TJ"),
        *("TL", "Tm", "Tr", "Ts", "Tw", "Tz", "v", "w", "W", "W*", "y", "'", '"'),
    )
)
"""ISO 32000-1, annex A; no other may stand in a content stream (6.2.2)."""
SHOWING = frozenset(("Tj", "TJ", "'", '"'))
CMYK_OPERATORS = frozenset("kK")
INTENTS = frozenset(("/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"))
PLAIN_SPACES = frozenset(("/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/Lab", "/Pattern", "/G", "/RGB", "/I"))
PROFILE_SIGNATURE = slice(36, 40)
PROFILE_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4, b"Lab ": 3}


class ContentCheck:
    """Follows the content streams of a document and gathers the codes of what PDF/A-2u does not allow."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.obstacles: set[str] = set()
        self._bytes_read = 0
        self._forms_seen: set[tuple[int, int]] = set()

    def check_page(self, page: pikepdf.Page) -> None:
        """Check what a page and its annotations draw."""
        self.check_group(page.obj)
        self.check_stream(page.obj, page.resources, depth=0)
        for annotation in page.obj.get("/Annots", pikepdf.Array()):
            appearance = annotation.get("/AP", pikepdf.Dictionary()).get("/N")
            if isinstance(appearance, pikepdf.Stream):
                self.check_form(appearance, depth=1)

    def check_stream(self, source: pikepdf.Object, resources: Any, *, depth: int) -> None:
        """Check one content stream with the resources that belong to it."""
        self._bytes_read += _size_of(source)
        if self._bytes_read > MAX_CONTENT_BYTES or depth > DEEPEST_FORM:
            self.obstacles.add("too_large_to_check")
            return
        try:
            instructions = pikepdf.parse_content_stream(source)
        except (pikepdf.PdfError, pikepdf.PdfParsingError, RuntimeError):
            self.obstacles.add("construct")
            return
        walk = _Walk(self, resources if isinstance(resources, pikepdf.Dictionary) else pikepdf.Dictionary(), depth)
        for instruction in instructions:
            walk.take(instruction)
        walk.end()

    def check_form(self, form: pikepdf.Stream, *, depth: int) -> None:
        """Check a form XObject or a pattern, once."""
        if form.objgen in self._forms_seen and form.objgen != (0, 0):
            return
        self._forms_seen.add(form.objgen)
        self.check_stream(form, form.get("/Resources"), depth=depth)

    def check_group(self, holder: Any) -> None:
        """Check the colour space that a page or form is blended in (6.2.10)."""
        group = holder.get("/Group")
        if isinstance(group, pikepdf.Dictionary) and "/CS" in group:
            self.check_colour_space(group.CS)

    def check_colour_space(self, space: Any) -> None:
        """6.2.4: a colour must not depend on a device other than the one of the output intent."""
        if isinstance(space, pikepdf.Name):
            if str(space) in {"/DeviceCMYK", "/CMYK"}:
                self.obstacles.add("cmyk")
            elif str(space) not in PLAIN_SPACES:
                self.obstacles.add("construct")
        elif isinstance(space, pikepdf.Array) and len(space):
            self._check_array_space(str(space[0]), space)
        else:
            self.obstacles.add("construct")

    def _check_array_space(self, family: str, space: pikepdf.Array) -> None:
        if family == "/ICCBased":
            if not _is_sound_profile(space[1]):
                self.obstacles.add("construct")
        elif family in {"/Indexed", "/I", "/Pattern"}:
            if len(space) > 1:
                self.check_colour_space(space[1])
        elif family == "/Separation":
            self.check_colour_space(space[2])
        elif family not in {"/CalGray", "/CalRGB", "/Lab", *PLAIN_SPACES}:
            self.obstacles.add("cmyk" if family in {"/DeviceCMYK", "/CMYK"} else "construct")

    def check_image(self, image: Any) -> None:
        """Check the colours of an image and of its masks."""
        if "/ColorSpace" in image:
            self.check_colour_space(image.ColorSpace)
        for key in ("/SMask", "/Mask"):
            if isinstance(image.get(key), pikepdf.Stream):
                self.check_image(image[key])


class _Walk:
    """One content stream, operator by operator."""

    def __init__(self, check: ContentCheck, resources: pikepdf.Dictionary, depth: int) -> None:
        self._check, self._resources, self._depth = check, resources, depth
        self._nesting = 0
        self._font: Any = None
        self._fonts: list[Any] = []
        self._used: dict[int, tuple[Any, set[bytes]]] = {}

    def take(self, instruction: Any) -> None:
        """Take one operator with its operands."""
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            self._take_inline_image(instruction)
            return
        operator, operands = str(instruction.operator), instruction.operands
        if operator not in OPERATORS:
            self._check.obstacles.add("construct")
        elif operator == "q":
            self._nesting += 1
            self._fonts.append(self._font)
            if self._nesting > DEEPEST_STATE:
                self._check.obstacles.add("construct")
        elif operator == "Q":
            self._nesting -= 1
            self._font = self._fonts.pop() if self._fonts else None
        elif operator in CMYK_OPERATORS:
            self._check.obstacles.add("cmyk")
        elif operator in SHOWING:
            self._take_text(operands)
        elif operands:
            self._take_resource(operator, operands)

    def _take_resource(self, operator: str, operands: Any) -> None:
        if operator in {"cs", "CS"}:
            space = operands[0]
            is_plain = str(space) in PLAIN_SPACES or str(space) == "/DeviceCMYK"
            self._check.check_colour_space(space if is_plain else self._named("/ColorSpace", space))
        elif operator == "Do":
            self._take_object(self._named("/XObject", operands[0]))
        elif operator == "Tf":
            self._font = self._named("/Font", operands[0])
        elif operator == "gs":
            self._take_state(self._named("/ExtGState", operands[0]))
        elif operator == "sh":
            shading = self._named("/Shading", operands[0])
            self._check.check_colour_space(shading.get("/ColorSpace") if shading is not None else None)
        elif operator == "ri" and str(operands[0]) not in INTENTS:
            self._check.obstacles.add("construct")
        elif operator in {"scn", "SCN"} and isinstance(operands[-1], pikepdf.Name):
            self._take_pattern(self._named("/Pattern", operands[-1]))

    def _named(self, kind: str, name: Any) -> Any:
        """Return a named resource; one that is not in this stream's own resources is an obstacle (6.2.2)."""
        resources = self._resources.get(kind)
        found = resources.get(str(name)) if isinstance(resources, pikepdf.Dictionary) else None
        if found is None:
            self._check.obstacles.add("construct")
        return found

    def _take_object(self, drawn: Any) -> None:
        if not isinstance(drawn, pikepdf.Stream):
            return
        if str(drawn.get("/Subtype")) == "/Image":
            self._check.check_image(drawn)
        else:
            self._check.check_group(drawn)
            self._check.check_form(drawn, depth=self._depth + 1)

    def _take_state(self, state: Any) -> None:
        if not isinstance(state, pikepdf.Dictionary):
            return
        if "/Font" in state:
            self._font = state.Font[0]
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and isinstance(mask.get("/G"), pikepdf.Stream):
            self._take_object(mask.G)

    def _take_pattern(self, pattern: Any) -> None:
        if isinstance(pattern, pikepdf.Stream):
            self._check.check_form(pattern, depth=self._depth + 1)
        elif isinstance(pattern, pikepdf.Dictionary) and "/Shading" in pattern:
            self._check.check_colour_space(pattern.Shading.get("/ColorSpace"))

    def _take_inline_image(self, instruction: Any) -> None:
        image = instruction.iimage.obj
        if image.get("/Interpolate") or image.get("/I") is True:
            self._check.obstacles.add("construct")
        filters = image.get("/Filter", image.get("/F"))
        names = {str(name) for name in (filters if isinstance(filters, pikepdf.Array) else [filters])}
        if names & {"/LZW", "/LZWDecode", "/Crypt", "/JPXDecode"}:
            self._check.obstacles.add("construct")
        space = image.get("/ColorSpace", image.get("/CS"))
        if space is not None:
            is_named = isinstance(space, pikepdf.Name) and str(space) not in {*PLAIN_SPACES, "/DeviceCMYK", "/CMYK"}
            self._check.check_colour_space(self._named("/ColorSpace", space) if is_named else space)

    def _take_text(self, operands: Any) -> None:
        if self._font is None:
            self._check.obstacles.add("construct")
            return
        _, strings = self._used.setdefault(id_of(self._font), (self._font, set()))
        shown = operands[-1]
        for part in shown if isinstance(shown, pikepdf.Array | list) else [shown]:
            if isinstance(part, pikepdf.String):
                strings.add(bytes(part))

    def end(self) -> None:
        """Check the fonts with the characters they were used for."""
        for font, strings in self._used.values():
            obstacle = obstacle_of_font(font, strings)
            if obstacle:
                self._check.obstacles.add(obstacle)


def id_of(font: pikepdf.Object) -> int:
    """Return a number that two uses of one font share."""
    return hash(font.objgen) if font.objgen != (0, 0) else id(font)


def _size_of(source: pikepdf.Object) -> int:
    if isinstance(source, pikepdf.Stream):
        return len(source.read_bytes())
    contents = source.get("/Contents")
    if contents is None:
        return 0
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return sum(len(stream.read_bytes()) for stream in streams if isinstance(stream, pikepdf.Stream))


def _is_sound_profile(profile: Any) -> bool:
    """6.2.4.2: an ICC profile of version 4 or older, of as many components as it says."""
    if not isinstance(profile, pikepdf.Stream):
        return False
    data = profile.read_bytes()
    components = PROFILE_SPACES.get(data[16:20])
    return data[PROFILE_SIGNATURE] == b"acsp" and data[8] <= 4 and components == int(profile.get("/N", 0))
