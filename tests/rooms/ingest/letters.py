"""Letters typed in code: born-digital PDFs, small and quick to read."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rooms.pdf.hostile import assembled


def typed_letter(*pages: Sequence[str]) -> bytes:
    """Return a PDF with the given lines on each A4 page, in Latin letters."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        font,
    ]
    for number, lines in enumerate(pages):
        drawn = b" T* ".join(b"(%s) Tj" % _escaped(line) for line in lines)
        content = b"BT /F1 12 Tf 16 TL 60 760 Td %s ET" % drawn
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (5 + 2 * number),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    return assembled(objects)


def letter_about(subject: str, *, pages: int = 1) -> bytes:
    """Return a letter about something, each page saying which it is."""
    return typed_letter(
        *(
            [
                "Monsieur le Président de l'arrondissement,",
                f"Objet : {subject}",
                f"Nous attirons votre attention sur {subject}, feuillet {number + 1}.",
                "Veuillez agréer, Monsieur le Président, nos salutations distinguées.",
            ]
            for number in range(pages)
        )
    )


def _escaped(line: str) -> bytes:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
