"""An invented day with enough news to edit, its draft, and the people at the desk."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission, User

from newsdesk.digests.building.daily import build_draft
from newsdesk.digests.building.page_order import Page
from newsdesk.digests.building.rows import page_of
from newsdesk.digests.models import Digest, DigestItem, Edition
from tests.digests.recording import at, put_through, write_recording

DAY = date(2025, 5, 6)
REVIEW = at("2025-05-06T06:00:00")
CUT_OFF = at("2025-05-06T07:00:00")
LATER = at("2025-05-06T07:05:00")

# Headline, further reporters, a body. What the last line tells comes in between review and cut-off.
_NEWS = [
    (
        "Quillon AI releases Heron 2, a language model with open weights",
        ["AI lab Quillon releases open-weight language model Heron 2", "Quillon AI's Heron 2 language model is out"],
        "Quillon AI released Heron 2, a large language model with open weights, on Monday. The lab said that the model "
        "was trained on 12 trillion tokens. Developers can download Heron 2 under a permissive licence. Analysts said "
        "the release puts pressure on rivals that charge for access.",
    ),
    (
        "Mendry sues AI startup Copperfield over chatbot training data",
        ["Publisher Mendry takes AI chatbot maker Copperfield to court over training data"],
        "Publisher Mendry sued the artificial intelligence startup Copperfield on Monday over the data that its "
        "chatbot was trained on. The lawsuit says that Copperfield copied 90,000 books. Copperfield said that it would "
        "fight the lawsuit in court.",
    ),
    (
        "Brightwater raises $300 million for AI chips",
        ["AI chip maker Brightwater raises $300 million"],
        "Brightwater, a maker of AI chips, raised $300 million in a round led by Fjord Capital. The startup will use "
        "the money to build its second chip for machine learning. Brightwater has 240 employees.",
    ),
    (
        "Senate committee votes for an AI safety bill",
        ["AI safety bill passes Senate committee"],
        "A Senate committee voted 14 to 6 for a bill on the safety of artificial intelligence. The bill would force "
        "developers of large AI models to report incidents within 72 hours. A vote of the full Senate is expected in "
        "June.",
    ),
    (
        "Halden opens an AI data centre of 400 megawatts in Norway",
        [],
        "Halden opened a data centre for artificial intelligence in Norway on Monday. The site draws 400 megawatts and "
        "holds 60,000 graphics processors. Halden said that a second hall will open next year.",
    ),
    (
        "Researchers find that AI agents leak passwords in a new benchmark",
        [],
        "Researchers at Northfield University published a benchmark for AI agents on Monday. Four of five agents "
        "leaked passwords when a web page told them to. The researchers tested nine language models.",
    ),
    (
        "Tarn hires former Quillon chief scientist to lead AI research",
        [],
        "Tarn hired the former chief scientist of Quillon AI to lead its artificial intelligence research. She will "
        "build a team of 30 researchers in Zurich. Tarn makes software for hospitals.",
    ),
    (
        "Osprey Robotics shuts down its AI home assistant",
        [],
        "Osprey Robotics will shut down its AI home assistant in August. The company said that too few customers used "
        "it. Owners of the device get half of its price back.",
    ),
]
_LATE = (
    "Corvane AI model breach exposes chat logs of two million users",
    ["Breach at Corvane exposes AI chat logs of 2 million users", "Corvane says AI chat logs were exposed in breach"],
    "Corvane said on Tuesday that a breach exposed the chat logs of two million users of its AI model. The attackers "
    "had access for nine days. Corvane closed the hole on Monday and told the regulator.",
)
_OUTLETS = ("Fjord Times", "Baltic Wire", "Tensor Street", "Kernel Daily")


def lines() -> list[dict[str, Any]]:
    """The day as records: each story's reports an hour apart, the late story's half an hour before the cut-off."""
    found: list[dict[str, Any]] = []
    for number, (headline, others, body) in enumerate([*_NEWS, _LATE]):
        for report, title in enumerate([headline, *others]):
            name = _OUTLETS[(number + report) % len(_OUTLETS)]
            seen = at("2025-05-06T06:30:00") if number == len(_NEWS) else at(f"2025-05-05T{9 + number:02}:00:00")
            own = body if report == 0 else f"{title}, it was reported. {body.partition('. ')[2]}"
            found.append(
                {
                    "id": f"n{number}-{report}",
                    "source": name,
                    "domain": f"{name.lower().replace(' ', '')}.example",
                    "title": title,
                    "summary": own,
                    "first_seen": seen.replace(minute=seen.minute + 5 * report).isoformat(),
                }
            )
    return found


def replay_day(tmp_path: Path) -> Edition:
    """The day's stories, clustered and classified; without a digest."""
    edition, _ = Edition.objects.get_or_create(slug="daily", defaults={"title": "Daily digest"})
    put_through(write_recording(tmp_path / "day.jsonl", lines()))
    Digest.objects.all().delete()
    return edition


def review_draft(edition: Edition, now: datetime = REVIEW) -> Digest:
    """The draft of what was in at the review hour."""
    return build_draft(edition, DAY, now=now, model="none")


def rows(digest: Digest) -> list[DigestItem]:
    """The items that readers will see, in page order."""
    return list(digest.items.in_page_order().select_related("story"))


def stories(digest: Digest) -> list[str]:
    """The public ids of the stories in page order."""
    return [row.story.public_id for row in rows(digest)]


def page(digest: Digest) -> Page:
    return page_of(rows(digest))


def person(name: str, *rights: str, password: str | None = None) -> User:
    """Somebody at the desk with these permissions of the digests app, and no others."""
    user = User.objects.create_user(name, password=password, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="digests", codename__in=rights))
    return user


EDITOR = ("view_digest", "change_digest", "approve_digest", "publish_digest", "add_correction")
