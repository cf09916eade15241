from __future__ import annotations

from dataclasses import replace

import pytest

from docflow.ocr.fields import CALCULATED_DATE_CONFIDENCE, propose_fields, sure_fields

from .letters import Page, page

FRENCH = """ROYAUME DU MAROC
Commune de Tétouan
Bureau d'ordre
N/Réf. : 4282/BO/2022
Tétouan, le 21 août 2022
À Monsieur le Directeur provincial, Tétouan
Objet : Invitation à une réunion de coordination
Réf. : votre lettre n° 431/2022 du 26 juin 2022
Tél. : 0579890127"""
ARABIC = """يوسف مستاوي
العنوان: رقم 27 شارع الحسن الثاني، تطوان
رقم ب.و.ت: K470628
رقم الهاتف: ٠٥٦٣٤٢١٤٢٨
رقم التسجيل: ٧٢١٤/٢٠٢٠
تطوان، بتاريخ 12 صفر 1442 الموافق ل 30 شتنبر 2020
إلى السيد رئيس جماعة تطوان
الموضوع: شكاية حول الإنارة العمومية"""


def values(*pages: Page) -> dict[str, str]:
    return {name: field.value for name, field in sure_fields(propose_fields(pages)).items()}


def test_the_fields_of_a_french_office_letter_are_found() -> None:
    assert values(page(FRENCH)) == {
        "subject": "Invitation à une réunion de coordination",
        "reference": "4282/BO/2022",
        "date": "2022-08-21",
        "addressee": "Monsieur le Directeur provincial, Tétouan",
        "sender": "Bureau d'ordre",
        "kind": "invitation",
    }


def test_the_fields_of_an_arabic_letter_of_a_citizen_are_found() -> None:
    assert values(page(ARABIC)) == {
        "subject": "شكاية حول الإنارة العمومية",
        "reference": "7214/2020",
        "date": "2020-09-30",
        "addressee": "السيد رئيس جماعة تطوان",
        "sender": "يوسف مستاوي",
        "cin": "K470628",
        "phone": "0563421428",
        "kind": "complaint",
    }


def test_a_field_says_where_it_was_read() -> None:
    field = propose_fields([page(FRENCH)])["reference"]

    assert field.page_number == 1
    assert field.box == (90, 150, 210, 190)


def test_a_field_read_with_doubt_is_not_proposed() -> None:
    assert values(page(FRENCH, confidence=45)) == {}


def test_what_is_read_with_doubt_is_kept_for_a_person_to_check() -> None:
    doubtful = propose_fields([page(FRENCH, confidence=45)])

    assert doubtful["subject"].value == "Invitation à une réunion de coordination"
    assert doubtful["subject"].confidence == 45
    assert propose_fields([page(FRENCH, confidence=30)]) == {}


def test_a_number_is_as_sure_as_its_least_sure_digits_and_text_as_its_words_on_the_average() -> None:
    words = page(FRENCH).words
    doubted = {"2022": 75.0, "coordination": 50.0}
    read = Page(tuple(replace(word, confidence=doubted.get(word.text, word.confidence)) for word in words))

    fields = propose_fields([read])

    assert fields["date"].confidence == 75
    assert 50 < fields["subject"].confidence < 90


def test_the_reference_of_the_letter_answered_is_not_this_letters() -> None:
    text = "الموضوع: طلب\nالمرجع: رسالتكم عدد 684/2019 بتاريخ 13 يناير 2020"

    assert "reference" not in values(page(text))
    assert "date" not in values(page(text))


@pytest.mark.parametrize(
    ("line", "reference"),
    [
        ("N° : 12/DAT/2024", "12/DAT/2024"),
        ("N/Réf. : 4282/BO/2022", "4282/BO/2022"),
        ("Nos réf. : DU-2024-017", "DU-2024-017"),
        ("Référence : 55/SG", "55/SG"),
        ("Réf 4389/B0/2024", "4389/BO/2024"),
        ("Enregistré sous le n° 431/2022", "431/2022"),
        ("N° 118 du 12 mars 2024", "118"),
        ("Tanger, le 3 mai 2021 Réf. : 77/DAA", "77/DAA"),
        ("عدد: ٢٤٥/٢٠٢٤", "245/2024"),
        ("رقم : 2867/م.ت", "2867/م.ت"),
        ("ع/ر: 12/2022", "12/2022"),
        ("المرجع: عدد 98/ق.ش.إ", "98/ق.ش.إ"),
        ("سجل تحت عدد 512/2023 بتاريخ 4 ماي 2023", "512/2023"),
        ("5176/2023 رقم:", "5176/2023"),
    ],
)
def test_the_senders_reference_is_found_under_each_of_its_labels(line: str, reference: str) -> None:
    assert values(page(f"{line}\n\nObjet : Note"))["reference"] == reference


@pytest.mark.parametrize(
    "line",
    [
        "رقم 27 شارع الحسن الثاني",
        "رقم الهاتف: 0563421428",
        "N° 12, rue des Jasmins",
        "V/Réf. : 431/2022",
        "Réf. : votre lettre n° 431/2022 du 26 juin 2022",
        "المرجع: كتابكم عدد 431/2022",
        "Lot n° 12",
        "رقم: 7",
    ],
)
def test_other_numbers_above_the_subject_are_no_reference(line: str) -> None:
    assert "reference" not in values(page(f"{line}\n\nObjet : Note"))


def test_a_hijri_date_alone_is_calculated_and_left_to_be_checked() -> None:
    read = page("الرباط في: 1 رمضان 1445 هـ\n\nالموضوع: إعلان")

    field = propose_fields([read])["date"]

    assert (field.value, field.confidence) == ("2024-03-12", CALCULATED_DATE_CONFIDENCE)
    assert "date" not in values(read)


def test_two_calendars_that_agree_make_a_date_surer_than_its_digits() -> None:
    read = page("الرباط في: 1 رمضان 1445\nالموافق ل 12 مارس 2024\n\nالموضوع: إعلان", confidence=55)

    assert values(read)["date"] == "2024-03-12"


@pytest.mark.parametrize(
    "head",
    [
        "الرباط في: 1 رمضان 1445 الموافق ل 17 مارس 2024",
        "Rabat, le 12 mars 2024\nRabat, le 13 mars 2024",
        "Arrivé le 12 mars 2024",
        "Courrier reçu le 12/03/2024",
        "رسالتكم عدد 12 بتاريخ 12 مارس 2024",
        "Le lundi 12 mars 2024 s'est tenue une réunion",
    ],
)
def test_a_day_that_is_denied_or_is_not_the_letters_is_no_date(head: str) -> None:
    assert "date" not in propose_fields([page(f"{head}\n\nObjet : Note")])


def test_a_day_too_wide_for_the_one_digit_that_was_read_is_no_date() -> None:
    words = page("Rabat, le 2 mars 2024\n\nObjet : Note").words
    wide = Page(tuple(replace(word, box=(100, 0, 118, 40)) if word.text == "2" else word for word in words))

    assert "date" in propose_fields([page("Rabat, le 2 mars 2024\n\nObjet : Note")])
    assert "date" not in propose_fields([wide])


@pytest.mark.parametrize(
    ("line", "cin"),
    [
        ("CIN : BK123456", "BK123456"),
        ("C.I.N. n° : BK 123456", "BK123456"),
        ("CNIE n° A98765", "A98765"),
        ("Carte nationale d'identité n° be482913", "BE482913"),
        ("بطاقة التعريف الوطنية رقم BK123456", "BK123456"),
        ("رقم ب.ت.و: K٤٧٠٦٢٨", "K470628"),
    ],
)
def test_the_number_of_the_identity_card_is_found(line: str, cin: str) -> None:
    assert values(page(line))["cin"] == cin


@pytest.mark.parametrize(
    "text",
    [
        "رقم البطاقة الوطنية: 810752743",
        "رقم ب.و.ت: 11/437149",
        "BK123456",
        "CIN : BK123456\nCIN : BE482913",
        "CIN : BK1234567",
    ],
)
def test_a_card_without_its_letters_or_one_of_two_cards_is_left_out(text: str) -> None:
    assert "cin" not in propose_fields([page(text)])


@pytest.mark.parametrize(
    ("line", "phone"),
    [
        ("Tél. : 06 12 34 56 78", "0612345678"),
        ("GSM : 0712-345678", "0712345678"),
        ("Tél : +212 5 22 98 76 54", "0522987654"),
        ("Téléphone : 00212 (0)661234567", "0661234567"),
        ("الهاتف: ٠٨٠١٠٠٢٠٢٠", "0801002020"),
        ("الهاتف: 78 56 34 12 06", "0612345678"),
    ],
)
def test_a_telephone_is_found_in_each_of_its_forms(line: str, phone: str) -> None:
    assert values(page(f"{line}\n\nObjet : Note"))["phone"] == phone


@pytest.mark.parametrize("line", ["Tél. : 0912345678", "Tél. : 06 12 34 56", "0612345678", "الهاتف: 06 45 23 61 05"])
def test_what_is_no_telephone_or_reads_as_two_from_either_end_is_left_out(line: str) -> None:
    assert "phone" not in propose_fields([page(f"{line}\n\nObjet : Note")])


def test_the_switchboard_of_an_office_is_not_the_writers_telephone() -> None:
    assert "phone" not in values(page(FRENCH))


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Réclamation relative au bruit", "complaint"),
        ("بشأن شكاية ضد الضوضاء", "complaint"),
        ("Recours gracieux", "grievance"),
        ("تظلم من قرار", "grievance"),
        ("طلب رخصة بناء", "request"),
        ("Convocation à la session du conseil", "summons"),
        ("دعوة لحضور اجتماع", "invitation"),
        ("إشعار بانقطاع الماء", "notice"),
        ("Note de service", "note"),
        ("دورية حول الحالة المدنية", "circular"),
        ("محضر اجتماع", "minutes"),
        ("Facture n° 12", "invoice"),
    ],
)
def test_the_kind_is_told_by_the_first_word_of_the_subject(subject: str, kind: str) -> None:
    label = "Objet :" if subject.isascii() or subject[0].isascii() else "الموضوع:"

    assert values(page(f"{label} {subject}"))["kind"] == kind


@pytest.mark.parametrize("subject", ["Suite à votre réclamation", "Réunion sur les demandes", "لجنة تتبع الشكايات"])
def test_a_kind_that_is_only_spoken_of_is_not_the_documents(subject: str) -> None:
    label = "Objet :" if subject[0].isascii() else "الموضوع:"

    assert "kind" not in values(page(f"{label} {subject}"))


def test_a_commune_alone_may_be_the_rest_of_a_letterhead_whose_service_was_not_read() -> None:
    fields = propose_fields([page("ROYAUME DU MAROC\nCommune de Tétouan\n\nObjet : Note")])

    assert fields["sender"].value == "Commune de Tétouan"
    assert "sender" not in sure_fields(fields)


def test_who_signs_for_the_undersigned_is_the_sender_only_under_the_same_name() -> None:
    text = "Objet : Plainte\nJe soussigné Karim Tazi, demeurant à Fès, porte plainte.\n\n{}"

    assert values(page(text.format("Karim Tazi")))["sender"] == "Karim Tazi"
    assert "sender" not in values(page(text.format("Nadia Errami")))


def test_a_subject_goes_on_in_the_next_line_only_when_its_own_was_full() -> None:
    long = "Objet : Demande de raccordement au réseau de l'éclairage public de la rue des\nJasmins\nMonsieur,"
    filler = "\n" + "x" * 78

    assert values(page(long + filler))["subject"].endswith("de la rue des Jasmins")
    assert values(page("Objet : Demande\nEn date du jour" + filler))["subject"] == "Demande"


@pytest.mark.parametrize("label", ["الموضوع:", "المو ضوع:", "الموضوغ :", "المــوضوع؛", "objet:", "Objct :", "OBJET -"])
def test_the_label_of_the_subject_may_have_one_letter_wrong(label: str) -> None:
    assert values(page(f"{label} Demande"))["subject"] == "Demande"
