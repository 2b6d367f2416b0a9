"""A site's own file of entities: it adds lines, changes ours, and is refused with a sentence that finds the fault."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk.stories.entities.find import EntityHit, current_registry, find_entities, read_also
from newsdesk.stories.entities.registry import KINDS, BadRegistry, faults_in, read_registry
from tests.suite import ROOT


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "ours.toml"
    read_also(None)


def hits_with(own: Path, lines: str, title: str) -> tuple[EntityHit, ...]:
    own.write_text(lines, encoding="utf-8")
    read_also(own)
    return find_entities(title)


def test_our_registry_has_no_fault_and_entities_of_every_kind(own: Path) -> None:
    own.write_text("", encoding="utf-8")
    assert faults_in(own) == []
    assert {entity.kind for entity in read_registry().entities.values()} == set(KINDS)


def test_a_line_adds_an_entity_with_its_maker(own: Path) -> None:
    lines = """
        [company]
        driftwood = { name = "Driftwood Labs", weight = 0.7 }
        [model]
        heron = { name = "Heron", aliases = ["Heron Mini"], maker = "driftwood", ambiguous = true }
    """
    hits = hits_with(own, lines, "Heron of Driftwood Labs beats GPT-5.4")
    assert [(hit.slug, hit.kind, hit.maker) for hit in hits] == [
        ("heron", "model", "driftwood"),
        ("driftwood", "company", ""),
        ("gpt", "model", "openai"),
    ]
    assert find_entities("A heron by the lake") == find_entities("Heron by the lake") == ()


def test_a_line_changes_the_keys_that_it_gives_and_leaves_the_rest(own: Path) -> None:
    (before,) = find_entities("Nvidia reports")
    (after,) = hits_with(own, '[company]\nnvidia = { weight = 0.1, aliases = ["NVDA"] }', "NVDA reports")
    assert before.weight == 1.0
    assert (after.slug, after.name, after.weight) == ("nvidia", "Nvidia", 0.1)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("[company\n", "ours.toml: is not TOML: "),
        ("[planet]\nmars = { name = 'Mars' }", "[planet]: no kind of entity; there are company, lab, model, product,"),
        ("[company]\nkelp = { nome = 'Kelp' }", "[company] kelp: unknown key 'nome'."),
        ("[company]\nkelp = { weight = 0.5 }", "[company] kelp: has no name."),
        ("[company]\nkelp = 'Kelp'", '[company] kelp: not a line like { name = "…" }.'),
        ("[company]\nkelp = { name = 'Kelp', weight = 40 }", "[company] kelp: 'weight' must be a number from 0 to 1."),
        ("[company]\nkelp = { name = 'Kelp', cased = 1 }", "[company] kelp: 'cased' must be true or false."),
        ("[company]\nkelp = { name = 'Kelp', aliases = 'KLP' }", "[company] kelp: 'aliases' must be a list of texts."),
        ("[company]\nkelp = { name = '+' }", "[company] kelp: '+' holds no word to look for."),
        ("[company]\nKelp = { name = 'Kelp' }", "[company] Kelp: a slug is made of small letters, digits and hyphens."),
        ("[company]\nkelp = { name = 'OpenAI' }", "[company] kelp: 'OpenAI' is a name of openai already."),
        ("[company]\nkelp = { name = 'Kelp', aliases = ['open ai'] }", "'open ai' is a name of openai already."),
        ("[model]\nfrond = { name = 'Frond', maker = 'kelp' }", "[model] frond: 'maker': there is no 'kelp'."),
        ("[model]\nfrond = { name = 'Frond', of = 'openai' }", "[model] frond: 'of' is not for a model, 'maker' is."),
        ("[company]\nkelp = { name = 'Kelp', of = 'kelp' }", "[company] kelp: 'of' leads back to 'kelp'."),
        (
            "[lab]\nkelp = { name = 'Kelp' }\n[company]\nkelp = { name = 'Kelp' }",
            "[company] kelp: stands in [lab] too.",
        ),
    ],
)
def test_a_fault_is_told_with_file_table_and_slug(own: Path, lines: str, fault: str) -> None:
    own.write_text(lines, encoding="utf-8")
    told = faults_in(own)
    assert len(told) == 1 and told[0].startswith("ours.toml") and fault in told[0]
    read_also(own)
    with pytest.raises(BadRegistry, match=r"ours\.toml"):
        find_entities("OpenAI reports")


def test_every_fault_is_told_at_once(own: Path) -> None:
    own.write_text("[company]\nkelp = { nome = 'Kelp', weight = 2 }\n[person]\nada = { name = '' }", encoding="utf-8")
    assert len(faults_in(own)) == 3


def test_a_file_that_is_not_there_is_told(own: Path) -> None:
    assert faults_in(own) == ["ours.toml: cannot be read: No such file or directory."]


def manage(tmp_path: Path, file: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "NEWSDESK_ENV_FILE": os.devnull,
            "NEWSDESK_DATA_DIR": str(tmp_path / "data"),
            "ENTITIES_FILE": file,
        },
        capture_output=True,
        text=True,
        timeout=60,
        encoding="utf-8",
    )


def test_the_setting_names_the_file_and_a_fault_in_it_stops_the_start(own: Path, tmp_path: Path) -> None:
    own.write_text("[company]\nkelp = { name = 'Kelp', wight = 1 }", encoding="utf-8")
    refused = manage(tmp_path, str(own), "check")
    assert refused.returncode == 1
    assert "(newsdesk.E005) ENTITIES_FILE: ours.toml, [company] kelp: unknown key 'wight'." in refused.stderr
    own.write_text("[company]\nkelp = { name = 'Kelp', weight = 1 }", encoding="utf-8")
    asked = (
        "from newsdesk.stories.entities.find import find_entities as f; print([h.slug for h in f('Kelp and OpenAI')])"
    )
    taken = manage(tmp_path, str(own), "shell", "--no-imports", "-c", asked)
    assert taken.stdout.strip() == "['kelp', 'openai']", taken.stderr


def test_every_owner_is_a_company_a_lab_or_an_agency() -> None:
    entities = current_registry().entities
    owners = {entities[entity.maker].kind for entity in entities.values() if entity.maker}
    assert owners == {"company", "lab", "agency"}
