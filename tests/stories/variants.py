"""Invented articles, the ways in which copies of them come in, and what looks like a copy and is none."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from newsdesk.stories.duplicates.copies import links_elsewhere
from newsdesk.stories.duplicates.fingerprint import Print
from tests.stories.rows import NOON


@dataclass(frozen=True)
class Text:
    """An invented article under two titles."""

    title: str
    other_title: str
    body: str


ARTICLES = (
    Text(
        "Kelp Labs opens weights of its harbour planning model",
        "Ports get a free planner as Kelp Labs releases Harbour 2",
        "Kelp Labs opened the weights of Harbour 2 on Monday and let port operators in four countries run it on their "
        "own machines. The company trained the model on nine years of crane logs, weather reports and tide tables, and "
        "says that it plans the berths of a whole day in under a minute.\n\nTwo ports have used it since March. "
        "One of them, Esbjerg, cut the time that ships wait at anchor by 21 percent, according to its harbour master, "
        'Ole Lund. "We used to plan with magnets on a steel board," he said. "Now the board hangs in the canteen."\n\n'
        "Licences are free for public ports and cost private terminals $40,000 a crane each year. Critics point out "
        "that Kelp keeps the training data to itself, so that nobody outside can check how the model treats small "
        "fishing boats. The company plans to publish an audit in September.",
    ),
    Text(
        "Court stops export of tide sensors made by Marram",
        "Judge blocks Marram from shipping sensors abroad",
        "A court in Bergen ordered Marram on Tuesday to stop exporting its tide sensors until a dispute over their "
        "radio chips has been settled. The ruling affects some 12,000 devices that wait in a warehouse near the "
        "airport.\n\nBrine AI, which sued in January, claims that the chips copy a circuit for which it holds three "
        "patents. Marram's lawyers called the claim absurd and announced an appeal within two weeks. Judge Siri Aas "
        "wrote that the balance of harm favoured the plaintiff, because sensors once shipped could not be called "
        "back.\n\nFishermen's unions along the coast had hoped to use the sensors this summer. Without them, boats "
        "must rely on forecasts that are updated only every six hours. Shares of Marram fell 9 percent in Oslo and "
        "closed at 88 kroner, the lowest since the company was listed in 2022.",
    ),
    Text(
        "Brine AI raises $340 million to build a data centre under water",
        "Investors put $340 million into Brine's sunken servers",
        "Brine AI has raised $340 million from three pension funds to sink a data centre into the fjord north of "
        "Molde, the company said on Wednesday. The round values the start-up, founded five years ago by two divers, "
        "at $2.1 billion.\n\nThe steel hull will hold 8,000 accelerators at a depth of sixty metres, where the water "
        "stays at seven degrees all year and cools them without fans. Brine expects that this saves a third of the "
        "power that a hall on land would need. A first, smaller hull has run since 2024 without a single visit by "
        "technicians.\n\nBiologists of the university in Trondheim warn that warm water could draw jellyfish. The "
        "municipality has asked for measurements over two winters before it grants a permit for a second hull. Chief "
        "executive Ada Berg said that the firm would publish temperatures hourly.",
    ),
    Text(
        "Ferry line drops chatbot after it sold cabins that did not exist",
        "Chatbot of Nordvik line sold phantom cabins, and is gone",
        "The ferry company Nordvik has switched off the chatbot on its website after it sold 212 cabins on a ship that "
        "has none. Passengers found out at the quay in Stavanger, where a crew of four handed out blankets and "
        "vouchers.\n\nThe bot had been told to be helpful at any price, a spokeswoman admitted. It invented a deck, "
        "numbered the cabins and confirmed each booking by mail with a drawing of the view. Nordvik pays back every "
        "ticket and adds fifty euros for the night on deck chairs.\n\nConsumer lawyers say that the bookings are "
        "binding all the same. The agency for consumer protection wants to know by Friday who checked the texts that "
        "the machine sent out. A new assistant, which may only read from the timetable, is to start in autumn.",
    ),
    Text(
        "Researchers teach gulls' cries to a model and find forty dialects",
        "Forty dialects of gulls found by machine",
        "Gulls of neighbouring islands do not sound alike, a study from Tromsø has found. A model trained on 90,000 "
        "hours of recordings told forty dialects apart and named the home of a bird with 87 percent accuracy after "
        "three cries.\n\nThe team led by Ingrid Vold hung microphones on lighthouses and let volunteers mark the cries "
        "of six colonies by hand. The network then sorted the rest without further help. Surprisingly, birds that "
        "moved to another colony took on its dialect within two breeding seasons.\n\nOther biologists are cautious. "
        "Wind and surf differ from island to island, they say, and a network could well have learned those instead. "
        "Vold's group has published recordings, labels and code, and invites everyone to prove it wrong.",
    ),
    Text(
        "Parliament in Tallinn passes law on machine-written reviews",
        "Estonia makes shops mark reviews written by machines",
        "Shops in Estonia must mark reviews that were written by a machine, parliament decided on Thursday by 61 votes "
        "to 28. The law takes effect in January and knows fines of up to 4 percent of yearly turnover.\n\nIt was "
        "proposed after a newspaper had shown that nine of ten reviews of a popular garden hose came from one "
        "account, which also praised a dentist and a choir in the same words. Traders' associations call the duty to "
        "mark impossible to fulfil, since texts arrive from everywhere and nobody can tell who typed them.\n\nThe "
        "minister of the economy, Kadri Saar, answered that shops need not detect anything; they must only ask. Who "
        "ticks the wrong box commits fraud, as on any other form. Brussels has sixty days to object to the law.",
    ),
    Text(
        "Dulse halves the price of its translation model",
        "Price war: Dulse charges half for translations",
        "Dulse has cut the price of its translation model in half, to 20 cents for a million characters, and ends the "
        "free plan that thousands of hobby projects rely on. The changes apply from the first of June.\n\nThe company "
        "says that a new way of storing intermediate results let it serve the same text with two fifths of the "
        "machines. Rivals had lowered their prices twice since Christmas. Analyst Per Holm of Fjordbank expects that "
        "none of them earns money with translation this year.\n\nDevelopers reacted with anger to the end of the free "
        "plan. A petition by the makers of subtitles for silent films gathered 6,000 names in a night. Dulse's "
        "founder, Maren Sund, promised credits for projects that charge nothing, but gave neither a sum nor a date.",
    ),
    Text(
        "凯尔普实验室开放港口规划模型的权重",
        "港口可以免费使用凯尔普的新模型",
        "凯尔普实验室周一开放了其港口规划模型的权重，四个国家的港口运营商可以在自己的机器上运行该模型。"
        "公司使用九年的起重机日志、天气报告和潮汐表来训练模型，并表示它可以在一分钟内规划一整天的泊位。"
        "两个港口自三月以来一直使用该系统，其中一个港口的船舶等待时间减少了百分之二十一。"
        "公共港口可以免费获得许可，私人码头每台起重机每年支付四万美元。批评者指出，公司没有公开训练数据，"
        "因此外界无法检查模型如何对待小型渔船。公司计划在九月发布一份审计报告。",
    ),
)

ABOUT = (
    "\n\nAbout us: Silicon Shore is read by forty thousand people who build ports, ships and machines. Sign up for our "
    "weekly newsletter, follow us on every network and write to the editors if you find a mistake. All rights reserved."
)
INTRO = "This article was first published by our partner Fjord Times and stands here with kind permission.\n\n"
_EDITS = (
    "meanwhile also roughly recently largely reportedly nearly still firm group people several million various later"
).split()

_EDITS_IN_CHINESE = ("同时", "最近", "据说", "大约", "仍然", "公司", "小组", "各种")


def edited(body: str, share: float, rng: random.Random) -> str:
    """The body with this share of its words replaced by others."""
    pieces = re.split(r"(\s+)", body) if " " in body else re.findall("..?", body)
    words = [n for n, piece in enumerate(pieces) if piece.strip()]
    for n in rng.sample(words, max(1, round(len(words) * share))):
        pieces[n] = rng.choice(_EDITS if " " in body else _EDITS_IN_CHINESE)
    return "".join(pieces)


def typeset(text: str) -> str:
    """The text as another system sets it: other quotes, dashes and spaces, soft hyphens, capitals left alone."""
    text = re.sub(r'"([^"]*)"', "“\\1”", text).replace("'", "’").replace(" - ", " — ")
    return text.replace("harbour", "har\u00adbour").replace(" of ", " of\u00a0").replace("...", "…")


def cut(body: str, characters: int) -> str:
    """The body as a feed cuts it."""
    return (body[:characters].rsplit(" ", 1)[0] if " " in body[-99:] else body[: characters // 3]) + " […]"


Change = Callable[[Text, random.Random], tuple[str, str]]

# Each gives title and body of a copy.
COPIES: dict[str, Change] = {
    "other title and intro": lambda text, rng: (text.other_title, INTRO + text.body),
    "dateline": lambda text, rng: (text.other_title, "BERGEN, May 4 (Tidewire) - " + text.body),
    "byline": lambda text, rng: (text.title, f"By Ole Lund and Siri Aas\n4 May 2026, 12:30\n\n{text.body}"),
    "cut to 300": lambda text, rng: (text.title, cut(text.body, 300)),
    "cut to 300, other title": lambda text, rng: (text.other_title, cut(text.body, 300)),
    "cut to 300, dateline, other title": lambda text, rng: (
        text.other_title,
        cut("ESBJERG (Tidewire) -- " + text.body, 300),
    ),
    "first paragraph": lambda text, rng: (text.title, text.body.partition("\n\n")[0]),
    "edited by 5 %": lambda text, rng: (text.title, edited(text.body, 0.05, rng)),
    "edited by 10 %": lambda text, rng: (text.title, edited(text.body, 0.1, rng)),
    "edited by 5 %, other title": lambda text, rng: (text.other_title, edited(text.body, 0.05, rng)),
    "edited by 10 %, other title": lambda text, rng: (text.other_title, edited(text.body, 0.1, rng)),
    "typeset otherwise": lambda text, rng: (typeset(text.title).upper(), typeset(text.body)),
    "about us": lambda text, rng: (text.other_title, text.body + ABOUT),
    "about us first": lambda text, rng: (text.other_title, ABOUT.strip() + "\n\n" + text.body),
    "no text": lambda text, rng: (f"{text.title} - Shore", ""),
    "dateline, edited, about us, other title": lambda text, rng: (
        text.other_title,
        "BERGEN (Tidewire) - " + edited(text.body, 0.05, rng) + ABOUT,
    ),
    "without the last third, dateline": lambda text, rng: (
        text.other_title,
        cut("OSLO, Norway - " + text.body, len(text.body) * 2 // 3),
    ),
}


def copies_of(text: Text, number: int) -> Iterator[tuple[str, Print, Print]]:
    """(what was changed, original, copy) for each way, the copy by another publisher an hour later."""
    original = print_of(1, text.title, text.body)
    for name, change in COPIES.items():
        title, body = change(text, random.Random(f"{number} {name}"))
        yield name, original, replace(print_of(2, title, body, "shore"), seen_at=NOON + timedelta(hours=1))


def print_of(key: int, title: str, body: str, publisher: str = "fjord", url: str = "", feed: str = "") -> Print:
    """A print of a publisher, by default with an address of its own."""
    site = f"https://{publisher}.example"
    feed, url = feed or f"{site}/feed", url or f"{site}/news/{key}"
    return Print(key, feed, publisher, url, title, body, NOON, links_elsewhere(feed, publisher, url))


_LETTER = (
    "This is today's edition of Low Tide, our weekday newsletter that brings you a daily dose of what goes on at sea "
    "and in the machines that watch it. Did somebody send you this letter? You can sign up here. Today we look at "
)
_RESULTS = (
    "{name} ({code}) reported results for the quarter ended March 31. Revenue came to ${revenue} million, against "
    "${before} million in the same period of last year, and beat the average estimate of ${guess} million by analysts "
    "polled by Fjordbank. Adjusted earnings were {cents} cents a share. The company ended the quarter with ${cash} "
    "million in cash and equivalents. Shares of {name} have risen {rise} percent since the new year, while "
    "the main index in Oslo gained 3.1 percent. This report was made automatically from data of the exchange."
)
_QUOTE = (
    '"We are proud of what our teams have achieved in these two years, and we look forward to the day on which every '
    'captain on this coast can plan a whole voyage from the bridge without paper," said chief executive Ada Berg. '
)


def look_alikes() -> Iterator[tuple[str, Print, Print]]:
    """(why they look alike, two prints that are no copies of each other)."""
    kelp, court, brine, *_ = ARTICLES
    yield (
        "a newsletter's opening",
        print_of(1, "Low Tide: ports that plan themselves", _LETTER + "ports that plan themselves, and at herring."),
        print_of(
            2, "Low Tide: who owns the ocean floor", _LETTER + "cables, mines and the lawyers who fight over them."
        ),
    )
    yield (
        "a newsletter's opening in two feeds",
        print_of(1, "Low Tide: ports that plan themselves", _LETTER + "ports that plan themselves, and at herring."),
        print_of(
            2,
            "Low Tide: who owns the sea floor",
            _LETTER + "cables, mines and the lawyers in court.",
            feed="fjord-letters",
        ),
    )
    names = ("name", "code", "revenue", "before", "guess", "cents", "cash", "rise")
    first = dict(zip(names, ("Marram", "MRM", 412, 377, 405, 31, 96, 14), strict=True))
    second = dict(zip(names, ("Dulse", "DLS", 1210, 1344, 1180, 4, 220, 2), strict=True))
    later = dict(zip(names, ("Marram", "MRM", 430, 401, 433, 27, 80, 9), strict=True))
    for why, one, other in (("results of two companies", first, second), ("results of two quarters", first, later)):
        yield (
            why,
            print_of(1, f"{one['name']} beats revenue estimates in quarter", _RESULTS.format(**one)),
            print_of(2, f"{other['name']} beats revenue estimates in quarter", _RESULTS.format(**other), "shore"),
        )
    yield (
        "one title, two documents",
        print_of(1, "Ask: which harbour model plans berths best?", "", "lagoon", "https://ports.example/berths"),
        print_of(2, "Ask: which harbour model plans berths best?", "", "lagoon", "https://cranes.example/a", feed=""),
    )
    yield (
        "updates of a live blog",
        print_of(1, "Live: Marram in court, first witnesses heard", court.body, url="https://fjord.example/live/7"),
        print_of(
            2,
            "Live: Marram in court, judge stops exports",
            "The judge has read her decision. " + court.body,
            url="https://fjord.example/live/7",
        ),
    )
    yield "short titles", print_of(1, "Introducing Harbour", ""), print_of(2, "Introducing Harbour", "", "shore")
    yield "no words", print_of(1, "", ""), print_of(2, "", "", "shore")
    yield "no letters", print_of(1, "💯", ""), print_of(2, "🌊🌊", "", "shore")
    yield (
        "front pages",
        print_of(1, "Kelp Labs hires", "", "kelp", "https://kelp.example"),
        print_of(2, "Harbour 2 for everyone", "", "shore", "https://kelp.example"),
    )
    yield (
        "one quotation",
        print_of(1, "Kelp Labs and Brine merge their mapping teams", _QUOTE + brine.body[:420]),
        print_of(2, "What Berg's speech means for captains", court.body[:420] + " " + _QUOTE, "shore"),
    )
    yield (
        "one event told by two",
        print_of(1, kelp.title, kelp.body),
        print_of(
            2,
            "Kelp Labs' harbour model is now free for ports",
            "Operators of public ports no longer pay for Harbour 2. Kelp Labs, which built the planner from crane logs "
            "and tide tables, put its weights on the net on Monday. In Esbjerg ships wait a fifth less than before. "
            "Private terminals still need a licence, at $40,000 for every crane, and what the model learned from "
            "remains secret. An audit is to follow after the summer.",
            "shore",
        ),
    )
    yield (
        "an imprint",
        print_of(1, "Kelp Labs hires a chief of safety", "Mona Dahl starts in June." + ABOUT + ABOUT.upper()),
        print_of(2, "Court stops export of sensors", "The ruling came at noon." + ABOUT + ABOUT.upper(), "shore"),
    )
    yield (
        "a column of every week",
        print_of(1, "Seven posts from our writers that you should read", "Welcome to this week's seven."),
        replace(
            print_of(2, "Seven posts from our writers that you should read", "Welcome to this week's seven."),
            seen_at=NOON + timedelta(days=6, hours=23),
        ),
    )
    yield (
        "two figures in Chinese",
        print_of(
            1,
            "沪深两市成交额突破一万亿元",
            "记者获悉，两市成交额突破10000亿元，较上一个交易日缩量超1500亿元，个股跌多涨少。",
        ),
        print_of(
            2,
            "恒生指数开盘下跌百分之一",
            "记者获悉，恒生指数开盘下跌1.2%，科技指数下跌0.9%，能源股普遍走低，银行股上涨。",
            "shore",
        ),
    )
    yield (
        "parts of a series",
        print_of(1, "How to build a harbour model at home, part 1", ""),
        print_of(2, "How to build a harbour model at home, part 2", "", "shore"),
    )
