from __future__ import annotations

import time

import pytest

from newsdesk.stories.language import language_of_text

TITLES = {
    "en": (
        "Kelp Labs opens the weights of its harbour model to every port",
        "Why the ferry line dropped its chatbot after three days",
        "Court in Le Havre fines La Poste over Los Angeles deal",
        "Introducing Harbour 2",
        "Brine AI raises $340M Series B",
        "Die Hard fans war over an AI sequel made in Los Angeles",
        "El Niño forecasts get better with machine learning",
        "s2-pro v1.2 released on GitHub",
        "Van der Berg joins Kelp as chief scientist",
    ),
    "de": (
        "Kelp öffnet das Hafenmodell für alle Betreiber",
        "Wie KI die Fischer an der Küste ersetzen soll",
        "Gericht stoppt den Export von Sensoren nach Asien",
        "Ministerin will Regeln für Chatbots bis zum Herbst",
    ),
    "fr": (
        "Kelp ouvre les poids de son modèle pour les ports",
        "L'IA dans les ports : ce que les dockers craignent",
        "La justice interdit l'exportation des capteurs de Marram",
    ),
    "es": (
        "Kelp abre los pesos de su modelo para los puertos",
        "La justicia frena la venta de sensores en el norte",
        "Qué es la inteligencia artificial y cómo cambia el puerto",
    ),
    "it": (
        "Kelp apre il modello per i porti a tutti gli operatori",
        "Il tribunale ferma la vendita dei sensori nel nord",
    ),
    "pt": (
        "Kelp abre o modelo para os portos e não cobra pela licença",
        "Justiça suspende a venda dos sensores em Lisboa",
    ),
    "nl": (
        "Kelp opent het havenmodel voor alle bedrijven van het land",
        "Rechter verbiedt de uitvoer van sensoren naar het noorden",
    ),
    "sv": ("Kelp öppnar sin modell för alla hamnar och det är gratis", "Domstol stoppar export av sensorer till Norge"),
    "pl": (
        "Kelp otwiera model dla portów i nie pobiera opłat",
        "Sąd wstrzymał eksport czujników, które są w magazynie",
    ),
    "tr": ("Kelp liman modelini herkes için açtı ve daha ucuz", "Yapay zeka ile çalışan yeni liman"),
    "id": ("Mahkamah henti eksport dan jualan sensor yang baharu", "Pelabuhan akan guna model ini untuk kapal"),
    "ru": ("Суд запретил экспорт датчиков",),
    "uk": ("Суд зупинив експорт датчиків із Бергена",),
    "ar": ("المحكمة توقف تصدير أجهزة الاستشعار",),
    "fa": ("دادگاه صادرات حسگرها را متوقف کرد گزارش",),
    "he": ("בית המשפט עצר את יצוא החיישנים",),
    "el": ("Το δικαστήριο σταμάτησε τις εξαγωγές",),
    "zh": ("凯尔普开放 Harbour 2 权重",),
    "ja": ("ハーバー2を公開", "凱爾普、港湾モデルの重みを公開"),
    "ko": ("항구 모델 공개",),
}


@pytest.mark.parametrize("language", TITLES)
def test_a_title_s_own_words_tell_its_language(language: str) -> None:
    for title in TITLES[language]:
        assert language_of_text(title, "en") == language, title


def test_what_is_declared_stands_unless_the_words_speak_against_it() -> None:
    assert language_of_text("Kelp öffnet Modell", "") == "und"
    assert language_of_text("Kelp öffnet Modell", "de-AT") == "de-AT"
    assert language_of_text("凯尔普开放权重", "zh-TW") == "zh-TW"
    assert language_of_text("Суд зупинив", "bg") == "bg"
    assert language_of_text("The court stops the export of sensors", "de") == "en"
    assert language_of_text("Das Gericht stoppt den Export von Sensoren", "fr") == "de"
    assert language_of_text("Kelp opens 港 model weights to everyone", "en") == "en"
    assert language_of_text("Kelp calls its model Гавань and opens it", "en-GB") == "en-GB"


@pytest.mark.parametrize("title", ["", " ", "🚢🌊🤖", "…", "42", "\u200f\u202e", "GPT-5.5"])
def test_titles_without_words_are_what_they_declare(title: str) -> None:
    assert language_of_text(title, "en") == "en"
    assert language_of_text(title, "") == "und"


def test_directions_and_scripts_may_mix() -> None:
    assert language_of_text("\u200fOpenAI: בית המשפט עצר את יצוא החיישנים", "en") == "he"
    assert language_of_text("Kelp المحكمة توقف تصدير أجهزة الاستشعار", "en") == "ar"
    assert language_of_text("Harbour 2", "he") == "he"


def test_it_is_cheap() -> None:
    title = "Kelp Labs opens the weights of its “harbour” planning model to every public port"
    started = time.process_time()
    for _ in range(2_000):
        language_of_text(title, "en")
    assert (time.process_time() - started) / 2_000 < 100e-6  # measured: 15 microseconds
    started = time.process_time()
    language_of_text("war " * 1_000_000, "en")
    assert time.process_time() - started < 0.1
