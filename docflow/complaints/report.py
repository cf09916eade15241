"""The sections of the yearly report, in both languages, and the lines that are given away as open data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from docflow.complaints import wording
from docflow.complaints.figures import DELAYS, Case, YearFigures, delay_class
from docflow.complaints.rules import RATINGS, ComplaintKind, Origin, Outcome
from docflow.core.grids import Grid, Value
from docflow.core.words import Words

UNKNOWN: Final = Words("غير محدد", "Non précisé")
PENDING: Final = Words("في طور المعالجة", "En cours")
UNRATED: Final = Words("بدون تقييم", "Sans évaluation")
BEYOND: Final = Words("أكثر من 60 يوما", "Plus de 60 jours")
MONTHS: Final = (
    Words("يناير", "Janvier"), Words("فبراير", "Février"), Words("مارس", "Mars"), Words("أبريل", "Avril"),
    Words("ماي", "Mai"), Words("يونيو", "Juin"), Words("يوليوز", "Juillet"), Words("غشت", "Août"),
    Words("شتنبر", "Septembre"), Words("أكتوبر", "Octobre"), Words("نونبر", "Novembre"), Words("دجنبر", "Décembre"),
)  # fmt: skip
DATA_HEADINGS: Final = (
    "month", "kind", "origin", "category", "unit", "outcome", "days_class", "is_late", "reopened", "solved", "rating",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report: its title, and lines of a name with its figure."""

    title: Words
    rows: Sequence[tuple[Words, str]]


def report_sections(
    figures: YearFigures, *, categories: Mapping[UUID, Words], units: Mapping[UUID, Words]
) -> list[Section]:
    """Return the sections of the report of a year, in the order of the decree."""
    rated = sum(figures.by_rating[rating] for rating in RATINGS)
    return [
        Section(
            Words("المجموع", "Ensemble"),
            [
                (Words("المودعة", "Déposées"), str(figures.total)),
                (Words("المجاب عنها", "Ayant reçu une réponse"), str(figures.answered)),
                (Words("في طور المعالجة", "En cours"), str(figures.total - figures.answered)),
                (Words("خارج الأجل القانوني", "Hors délai légal"), str(figures.late)),
                (Words("التي أعيد فتحها", "Rouvertes"), str(figures.reopened)),
            ],
        ),
        Section(
            Words("حسب النوع", "Par nature"), [(wording.KINDS[one], str(figures.by_kind[one])) for one in ComplaintKind]
        ),
        Section(
            Words("حسب طريقة الإيداع", "Par mode de dépôt"),
            [(wording.ORIGINS[one], str(figures.by_origin[one])) for one in Origin],
        ),
        Section(Words("حسب الموضوع", "Par objet"), _named(figures.by_category, categories)),
        Section(Words("حسب الوحدة الإدارية", "Par entité"), _named(figures.by_unit, units)),
        Section(
            Words("حسب المآل", "Par suite donnée"),
            [
                *((wording.OUTCOMES[one], str(figures.by_outcome[one])) for one in Outcome),
                (PENDING, str(figures.by_outcome[None])),
            ],
        ),
        Section(Words("حسب مدة المعالجة", "Par délai de traitement"), _delays(figures)),
        Section(
            Words("رضا المرتفقين", "Satisfaction des usagers"),
            [
                (Words("تم الحل حسب المرتفق", "Résolues selon l'usager"), str(figures.solved)),
                (Words("لم يتم الحل حسب المرتفق", "Non résolues selon l'usager"), str(figures.unsolved)),
                *((Words(f"التقييم {one}/5", f"Évaluation {one}/5"), str(figures.by_rating[one])) for one in RATINGS),
                (UNRATED, str(figures.total - rated)),
                (Words("متوسط التقييم", "Évaluation moyenne"), _mean(figures.mean_rating)),
            ],
        ),
        Section(
            Words("حسب الشهر", "Par mois"), [(name, str(figures.by_month[at])) for at, name in enumerate(MONTHS, 1)]
        ),
    ]


def report_grid(sections: Sequence[Section], *, year: int, is_rtl: bool) -> Grid:
    """Return the report as lines for a spreadsheet, both languages in columns of their own."""
    rows: list[Sequence[Value]] = [
        (section.title.ar, name.ar, int(figure) if figure.isdigit() else figure, name.fr, section.title.fr)
        for section in sections
        for name, figure in section.rows
    ]
    return Grid(
        str(year), ["الجدول", "البيان", "العدد", "Libellé", "Tableau"], rows, (28, 40, 12, 40, 28), is_rtl=is_rtl
    )


def open_data(cases: Sequence[Case], *, categories: Mapping[UUID, Words], units: Mapping[UUID, Words]) -> Grid:
    """Return one line a complaint without anything that names somebody: no number, day, place, text or contact."""
    return Grid(
        "complaints",
        list(DATA_HEADINGS),
        _data_rows(cases, categories, units),
        (12,) * len(DATA_HEADINGS),
        is_rtl=False,
    )


def _data_rows(
    cases: Sequence[Case], categories: Mapping[UUID, Words], units: Mapping[UUID, Words]
) -> Iterator[Sequence[Value]]:
    # In the order of their words: that of the deposits would tell which line is whose.
    rows = [
        (
            f"{case.deposited_on:%Y-%m}",
            case.kind.value,
            case.origin.value,
            "" if case.category_id is None else categories.get(case.category_id, UNKNOWN).fr,
            "" if case.unit_id is None else units.get(case.unit_id, UNKNOWN).fr,
            "" if case.outcome is None else case.outcome.value,
            "" if case.days is None else str(delay_class(case.days) or "60+"),
            _yes(case.is_late),
            _yes(case.reopened_count > 0),
            "" if case.is_solved is None else _yes(case.is_solved),
            "" if case.rating is None else str(case.rating),
        )
        for case in cases
    ]
    yield from sorted(rows)


def _yes(value: bool) -> str:  # noqa: FBT001 - a word for a truth
    return "yes" if value else "no"


def _named(counted: Mapping[UUID | None, int], names: Mapping[UUID, Words]) -> list[tuple[Words, str]]:
    order = sorted(counted.items(), key=lambda one: (one[0] is None, -one[1], str(one[0])))
    return [(UNKNOWN if key is None else names.get(key, UNKNOWN), str(count)) for key, count in order]


def _delays(figures: YearFigures) -> list[tuple[Words, str]]:
    rows, start = [], 0
    for end in DELAYS:
        span = Words(f"من {start} إلى {end} يوما", f"De {start} à {end} jours")
        rows.append((span, str(figures.by_delay[end])))
        start = end + 1
    rows.append((BEYOND, str(figures.by_delay[0])))
    rows.append((Words("متوسط المدة بالأيام", "Délai moyen en jours"), _mean(figures.mean_days)))
    return rows


def _mean(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"
