"""The language in which a title is written: by its script, else by its small words. Touches nothing."""

from __future__ import annotations

import re

# A title with more than this share of its letters in a script other than Latin is not English, whatever it declares.
FOREIGN_SCRIPT_SHARE = 0.3
# Against the declared language a title must hold so many different small words of another, and so many times as many
# as of the declared one: names ("Le Monde", "Los Angeles") and single borrowed words do not count.
MIN_WORDS, MIN_TIMES = 2, 2
READ_CHARACTERS = 400

UNKNOWN = "und"
# Words that hardly occur in other languages' titles, English above all: so no "die", "man", "on", "son" or "plus".
_WORDS = {
    "en": "the of to and for with is are from by its it's how why what will has have after your you this that their"
    " than says into over about not can could be was as new who when which at",
    "de": "der das und ist nicht mit für von auf ein eine einen einem einer eines zu zum zur im dem des sich auch wird"
    " werden wie nach bei über aus als noch kann hat haben sind gegen durch mehr neue neuer neues neuen vor wegen ohne"
    " unter zwischen dass wenn jetzt will gibt macht sollen soll wurde ihre ihr ihren seine seinen"
    " beim vom laut alle alles wieder kommt bekommt stellt startet künftig künstliche intelligenz ki",
    "fr": "le la les des du une et est dans pour sur avec au aux pas qui que ce cette ses leur sa plus ne son ont sont"
    " nouveau nouvelle chez vers sans comment après contre selon face été ia mais fait peut veut très l' d' qu' c' j'"
    " n' s'",
    "es": "el la los las del y en un una para con por que es se su sus al lo como más sobre entre nuevo nueva ya pero"
    " este esta qué cómo hasta desde sin tras ha según ser está años ia inteligencia sus gobierno",
    "it": "il lo la gli di del della dei delle un una per con che è nel nella alla al sul sulla da dal dalla come più"
    " anche sono non ha ai dell' l' all' nell' un' si ecco contro dopo senza tra questo questa nuovo nuova perché",
    "pt": "os da dos das em na nos nas um uma para com por que é se ao à mais não como sobre nova novo pela"
    " pelo são foi sem até entre após diz pode contra ia já está às",
    "nl": "de het een van en voor met op niet zijn aan ook bij naar dat uit wordt worden door nieuwe maar meer kan om"
    " tegen geen als nog moet jaar zo wil hoe waarom deze heeft",
    "sv": "och att det som ett på är för av med den till inte har från nya ska vid mot hos efter kan om så får blir"
    " eller sig över utan när",
    "da": "og det som et på er af med den til ikke har fra kan skal nye ved mod efter om så får bliver eller sig"
    " uden når også",
    "no": "og det som et på er av med den til ikke har fra kan skal nye ved mot etter om så får blir eller seg"
    " uten når også",
    "fi": "ja ei että se oli mutta uusi myös kuin ovat voi jo näin nyt tekoäly",
    "pl": "w na z się nie jest że dla po jak przez oraz są ale już czy nowy nowe nowa będzie może który która które ma",
    "cs": "se je že jako po za ale bude který která které jsou není nové nový umělá už si",
    "tr": "ve bir bu için ile olarak daha çok yeni gibi olan yapay zeka oldu göre etti kadar sonra nasıl neden",
    "id": "yang dan di untuk dengan ini dari ke tidak akan pada dalam adalah oleh bagi kepada itu juga lebih atau"
    " telah sudah kerajaan menteri baharu baru bawah lagi ada kata tahun antara boleh dapat masih hingga kes saya mahu",
    "vi": "của và là có được cho các với những một không người trong",
    "ro": "și în cu pe din este nu pentru mai care prin cum să după fost sunt ale",
    "hu": "az és hogy nem egy van már meg mint lesz új volt csak",
}
# Whole words only: no piece of an address, a version or a hashtag.
_WORD = re.compile(r"(?<![\w./@#-])[^\W\d_]+(?:'[^\W\d_]+)?(?![\w/-])")
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _language, _listed in _WORDS.items():
    for _word in _listed.split():
        if _language not in _LANGUAGES_OF.get(_word, ()):
            _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _language)
# A letter that proves a language, or speaks for the first of several.
_LETTERS = {
    **dict.fromkeys("äö", ("de", "sv", "fi")),
    **dict.fromkeys("üß", ("de",)),
    **dict.fromkeys("èêëçàùœ", ("fr",)),
    **dict.fromkeys("ñ¿¡", ("es",)),
    **dict.fromkeys("ãõ", ("pt",)),
    **dict.fromkeys("łąęśżźćń", ("pl",)),
    **dict.fromkeys("řůěč", ("cs",)),
    **dict.fromkeys("ğışİ", ("tr",)),
    **dict.fromkeys("ăâșțţ", ("ro",)),
    **dict.fromkeys("őű", ("hu",)),
    "å": ("sv", "da", "no"),
    "ø": ("da", "no"),
    "æ": ("da", "no"),
    **dict.fromkeys("đơưạảấầ", ("vi",)),
}
_SCRIPTS = {
    "zh": re.compile("[\u3400-\u9fff\uf900-\ufaff]"),
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
}
# Letters that tell languages of one script apart, and the languages that a declaration may choose among.
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_PERSIAN = re.compile("[پچژگ]")
_OF_ONE_SCRIPT = {
    "zh": {"zh"},
    "ru": {"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn"},
    "ar": {"ar", "fa", "ur", "ps", "ckb"},
    "he": {"he", "iw", "yi"},
    "hi": {"hi", "mr", "ne", "sa"},
}


def language_of_text(text: str, declared: str) -> str:
    """The declared language, unless the text is evidently written in another: a code of ISO 639-1, or `und`.

    A text in another script than Latin has one of that script's languages; one in Latin letters must hold small words
    of another language and hardly any of the declared one. Malay is told as `id`. Nothing declared and nothing told
    by the words is `und`.
    """
    text = text[:READ_CHARACTERS]
    if not text.isascii() and (language := _by_script(text, declared)):
        return language
    base = declared.partition("-")[0].lower()
    found = _by_words(text, base)
    return found if found and found != base else declared or UNKNOWN


def _by_script(text: str, declared: str) -> str:
    letters = sum(map(str.isalpha, text))
    count = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    if sum(count.values()) <= letters * FOREIGN_SCRIPT_SHARE:
        return ""
    east_asian = count["zh"] + count["ja"]
    if east_asian and east_asian >= count["ko"]:
        count["ja"] = east_asian if count["ja"] else 0
        count["zh"] = 0 if count["ja"] else east_asian
    language = max(count, key=lambda one: count[one])
    base = declared.partition("-")[0].lower()
    if base == language or base in _OF_ONE_SCRIPT.get(language, ()):
        return declared
    if language == "ru" and _UKRAINIAN.search(text):
        return "uk"
    if language == "ar" and _PERSIAN.search(text):
        return "fa"
    return language


def _by_words(text: str, base: str) -> str:
    """The language that the words tell, empty where they tell none for certain; `base` is the declared one."""
    votes: dict[str, int] = {}
    for word in set(_WORD.findall(text.lower().replace("’", "'"))):
        languages = _LANGUAGES_OF.get(word) or ("'" in word and _LANGUAGES_OF.get(word[: word.index("'") + 1])) or ()
        for language in languages:
            votes[language] = votes.get(language, 0) + 1
    rival = base or "en"
    if votes.keys() <= {rival}:
        return rival if votes.get(rival, 0) >= MIN_WORDS else ""
    if not text.isascii():
        for letter in set(text.lower()) & _LETTERS.keys():
            for language in _LETTERS[letter]:
                if language in votes:
                    votes[language] += 1
    best = max(sorted(votes), key=votes.__getitem__)
    against = votes.get(rival, 0)
    if best == rival or votes[best] < MIN_WORDS or votes[best] < MIN_TIMES * against + (rival == "en"):
        return rival if best == rival and against >= MIN_WORDS else ""
    return best
