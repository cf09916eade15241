"""The words of papers, mail and the display of the hall, in both languages at once."""

from __future__ import annotations

from typing import Final

from docflow.core.words import Words

APPOINTMENT: Final = Words("موعد", "Rendez-vous")
TICKET: Final = Words("تذكرة الانتظار", "Ticket d'attente")
DAY: Final = Words("اليوم", "Jour")
HOUR: Final = Words("الساعة", "Heure")
PLACE: Final = Words("المكان", "Lieu")
CHANGE: Final = Words("لتغيير الموعد أو إلغائه", "Pour déplacer ou annuler le rendez-vous")
COME: Final = Words(
    "احضروا قبل الموعد بخمس دقائق وأدلوا برقمه عند الاستقبال",
    "Venez cinq minutes avant l'heure et donnez le numéro à l'accueil",
)
WATCH: Final = Words("تابعوا الدور على الشاشة أو على هاتفكم", "Suivez l'écran, ou votre téléphone")
CONFIRMED: Final = Words(
    "تم حجز موعدكم رقم {number}: {office}، يوم {day} على الساعة {hour}.",
    "Votre rendez-vous {number} est pris : {office}, le {day} à {hour}.",
)
MOVED: Final = Words(
    "تم تغيير موعدكم رقم {number}: {office}، يوم {day} على الساعة {hour}.",
    "Votre rendez-vous {number} est déplacé : {office}, le {day} à {hour}.",
)
NEAR: Final = Words(
    "تذكير: موعدكم رقم {number} غدا {day} على الساعة {hour}، {office}.",
    "Rappel : votre rendez-vous {number} est demain {day} à {hour}, {office}.",
)
CALLED_OFF: Final = Words(
    "نعتذر: ألغي موعدكم رقم {number} يوم {day} على الساعة {hour} ({office}). السبب: {reason}. يمكنكم حجز موعد آخر.",
    "Nous vous prions de nous excuser : votre rendez-vous {number} du {day} à {hour} ({office}) est annulé. "
    "Motif : {reason}. Vous pouvez en prendre un autre.",
)
CALLED_OFF_SHORT: Final = Words(
    "نعتذر: ألغي موعدكم رقم {number} يوم {day} على الساعة {hour}. للاطلاع على السبب بالرقم والرمز السري:",
    "Avec nos excuses : votre rendez-vous {number} du {day} à {hour} est annulé. Le motif, avec le numéro et le code :",
)

HALL_NUMBER: Final = Words("الرقم", "Numéro")
HALL_DESK: Final = Words("الشباك", "Guichet")
HALL_NONE: Final = Words("لم ينادَ على أي رقم بعد", "Aucun numéro n'est encore appelé")
HALL_WAITING: Final = Words("في الانتظار", "En attente")
HALL_DESKS: Final = Words("الشبابيك المفتوحة", "Guichets ouverts")
HALL_WAIT: Final = Words("مدة الانتظار (دقيقة)", "Attente (minutes)")
HALL_NEXT: Final = Words("التالي", "À suivre")
