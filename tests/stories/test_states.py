"""Where one report has its news from: four states, each shown by words of its text."""

from __future__ import annotations

import time

import pytest

from newsdesk.stories.origins.own import Adds
from newsdesk.stories.origins.reading import quoted, read
from newsdesk.stories.origins.sites import is_aggregator, party_of_site
from newsdesk.stories.origins.states import Judged, State, judge
from tests.stories.reports import report

FILLER = "The harbour is old. " * 60


def judged(text: str, title: str = "Kelp has a price", publisher: str = "The Fjord Times", **fields: str) -> Judged:
    return judge(report(publisher, title, text, **fields))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kelp buys Brine, as first reported by Axios. Bloomberg reported the price.", ("Axios", "Bloomberg")),
        ("Kelp is said to buy Brine. According to\nReuters\n, the price is low.", ("Reuters",)),
        (f"Kelp buys Brine. {FILLER}Kelp's founder told Bloomberg so.", ("Bloomberg",)),
        ("Sources tell the Wall Street Journal that Kelp buys Brine.", ("The Wall Street Journal",)),
        ("据《金融时报》报道，凯尔普将收购布莱恩。", ("Financial Times",)),
        ("澎湃新聞6日報導，海鷗科技將併購海風。", ("The Paper",)),
        ("日本経済新聞によると、カモメはブラインを買収する。", ("Nikkei",)),
        ("ロイターは4日、カモメがブラインを買収すると報じた。", ("Reuters",)),
        ("Kelp kauft Brine, laut Handelsblatt noch im Mai.", ("Handelsblatt",)),
    ],
)
def test_a_relay_names_every_outlet_that_it_rests_on(text: str, names: tuple[str, ...]) -> None:
    found = judged(text)
    assert (found.state, found.rests_on) == (State.RELAY, names)


@pytest.mark.parametrize(
    "text",
    [
        "“It is cheaper,” Kelp wrote in a blog post.",
        "The price falls by half, Kelp said in a press release.",
        "Kelp announced on Monday that the price falls.",
        "Kelp, the maker of harbour robots, has launched a cheaper model.",
        "During her keynote, founder Ada Berg said that the price falls.",
        "The price falls by half, according to Kelp.",
        "“It is cheaper,” said Kelp CEO Ada Berg.",
        "Kelp knew of it, the lawsuit reads.",
        "The company announced Friday that the price falls.",
        "Norwegian authorities have warned ports of the robots.",
        f"It is cheaper now. {FILLER}\nSource:\nKelp Blog\nAsk about this article…\nSearch",
        "凯尔普今日宣布下调价格。",
        "カモメは5月4日、新しいモデルを発表した。",
        "Kelp kündigte am Montag einen neuen Preis an.",
        "Kelp a annoncé un nouveau prix.",
    ],
)
def test_a_relay_of_a_party_is_seen_where_no_outlet_is_named(text: str) -> None:
    found = judged(text)
    assert (found.state, found.outlets, found.rests_on_party) == (State.RELAY, (), True)


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("The price falls, founder Ada Berg told Fjord Times.", Adds.INTERVIEWS),
        ("The price falls, founder Ada Berg told The Times.", Adds.INTERVIEWS),
        ("Axios reported it. Kelp has confirmed the deal to Fjord Times.", Adds.CONFIRMATION),
        (
            "Axios reported it. Spokesperson Per Holm said in a statement to The Fjord Times that it is so.",
            Adds.CONFIRMATION,
        ),
        ("The price falls, Ada Berg said in an interview.", Adds.NEWS),
        ("The price falls, according to two people familiar with the plans.", Adds.NEWS),
        ("I’ve been testing the robot for a week.", Adds.TEST),
        ("We’ve found multiple robots that fall over.", Adds.TEST),
        (f"Kelp announced it. {FILLER}Ada Berg told Fjord Times that it is so.", Adds.INTERVIEWS),
        ("Experts warn that the robot is slow.", Adds.REACTIONS),
        ("AI\nColumn\nThe harbour is old\nKelp announced its robots on Monday.", Adds.VIEW),
        ("Podcasts\nAI\nAda Berg on robots\nKelp has launched robots.", Adds.INTERVIEWS),
        ("凯尔普对本报表示，价格下调。", Adds.INTERVIEWS),
        ("カモメは本紙の取材に対し、値下げを認めた。", Adds.INTERVIEWS),
    ],
)
def test_own_reporting_needs_the_publisher_s_name_or_us(text: str, adds: Adds) -> None:
    found = judged(text)
    assert (found.state, found.adds) == (State.OWN, adds)


@pytest.mark.parametrize(
    "text",
    [
        "The Fjord Times has reached out to Kelp for comment.",
        "Kelp did not respond to The Fjord Times.",
        "“I tried it and we told us so,” Kelp wrote in a blog post.",
        "Ada Berg is a reporter at The Fjord Times, where she told Fjord Times readers about robots.",
        "Join us: register now for the Fjord Times summit, where Kelp told Fjord Times readers more.",
        "Kelp said on Monday that it is cheaper. I think that is a good idea.",
        "“" + "I tried it. I think it is good. " * 30 + "” Kelp wrote in a blog post.",
        "When we run the command, it prints a line.",
        "A source familiar with the plans told Bloomberg so.",
        "The price has not been independently verified, Axios reported.",
    ],
)
def test_what_is_no_reporting_of_one_s_own(text: str) -> None:
    assert judged(text).state != State.OWN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Photo: Bloomberg via Getty Images. The harbour is old.",
        "The harbour is old. Everybody knows it.",
        "Last year Reuters reported losses. The harbour is old.",
    ],
)
def test_what_does_not_tell_is_unknown(text: str) -> None:
    assert judged(text) == Judged(State.UNKNOWN)


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("Kelp is reportedly building a phone", State.RELAY),
        ("Kelp builds a phone, report says", State.RELAY),
        ("Half of all ports use robots, study finds", State.RELAY),
        ("消息称凯尔普将推出手机", State.RELAY),
        ("Kelp says it builds a phone", State.RELAY),
        ("EFF Tells Ports To Build No Phones", State.RELAY),
        ("Painters sue Kelp, claiming it copied them", State.RELAY),
        ("Kelp builds a phone", State.UNKNOWN),
        ("Kelp expects to sell a million phones", State.UNKNOWN),
        ("Kelp adds a phone to its robots", State.UNKNOWN),
    ],
)
def test_titles_alone(title: str, state: State) -> None:
    assert judged("", title).state == state


def test_an_aggregator_s_bracket_names_an_outlet_or_a_party_and_makes_it_no_origin() -> None:
    def named(title: str) -> tuple[State, tuple[str, ...]]:
        found = judged("", title, "Techmeme", url="https://www.techmeme.com/1")
        return found.state, found.rests_on

    assert named("Sources: Kelp lays off 90 (Mona Dahl/Reuters)") == (State.RELAY, ("Reuters",))
    assert named("Kelp lays off 90 (Mona Dahl/The Harbour Post)") == (State.RELAY, ("The Harbour Post",))
    assert named("Claude learns to swim (Anthropic)") == (State.RELAY, ("Anthropic",))
    assert named("Search learns to swim (Ada Berg/The Keyword)") == (State.RELAY, ("Google",))
    assert judged("", "Kelp lays off 90 (and hires ten)").state == State.UNKNOWN


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://claude.com/blog/charts", "Claude draws charts", "Anthropic"),
        ("https://research.google/blog/x", "A model of rain", "Google"),
        ("https://mistral.ai/news/forge", "Forge", "Mistral"),
        ("https://kelp.sh/blog/x", "Kelp to join Brine", "Kelp"),
        ("https://kelp.ai/x", "A computer by Kelp", "Kelp"),
        ("https://github.com/anthropics/claude-code/releases", "v2.1", "Anthropic"),
        ("https://huggingface.co/mistralai/Small-4", "Small 4", "Mistral"),
        ("https://huggingface.co/blog/small", "Small", ""),
        ("https://x.com/Kimi_Moonshot/status/1", "Hello", "Moonshot AI"),
        ("https://x.com/somebody/status/1", "Hello", ""),
        ("https://blog.samaltman.com/ai", "AI", ""),
        ("https://newsroom.kelp.com/x", "Prices", "Kelp"),
        ("https://arxiv.org/abs/2603.1", "Teams of models", "a paper"),
        ("https://www.courtlistener.com/docket/1", "Painters v. Kelp", "a court filing"),
        ("https://www.stanford.edu/x", "A study", "stanford.edu"),
        ("https://kelp.bot/x", "Brine releases Kelp", ""),
        ("https://techcrunch.com/x", "TechCrunch opens a hall", ""),
        ("https://news.ycombinator.com/item", "Kelp", ""),
        ("https://medium.com/@ada/x", "Medium rare", ""),
        ("", "Kelp", ""),
    ],
)
def test_whose_site_it_is(url: str, title: str, name: str) -> None:
    assert party_of_site(url, title) == name


def test_a_party_s_own_page_announces_and_a_tester_s_page_on_another_tests() -> None:
    assert judged("We tested it ourselves.", "Tide 3", "Kelp", kind="primary").state == State.ANNOUNCEMENT
    assert judged("", "Claude draws charts", "Claude Blog", url="https://claude.com/b").state == State.ANNOUNCEMENT
    tested = judged("", "Claude 5 leads", "Artificial Analysis", url="https://artificialanalysis.ai/x")
    assert (tested.state, tested.adds) == (State.OWN, Adds.TEST)


def test_an_essay_on_somebody_s_own_pages_is_a_view() -> None:
    essay = "I used to ask machines. I think I was wrong. My work is slower, and I like it."
    found = judged(essay, "Why I stopped", "adaberg.me", url="https://blog.adaberg.me/x")
    assert (found.state, found.adds) == (State.OWN, Adds.VIEW)
    # The same words in an outlet's report are somebody's speech, or its columnist's.
    assert judged("It is cheaper.", "Why it stopped", "adaberg.me", url="https://adaberg.me/x").state == State.UNKNOWN


def test_a_firm_on_its_own_pages_announces_and_a_paper_that_says_we_does_not() -> None:
    ours = "Our robots are fast. We built them. We're excited to open them today. Our price is low."
    found = judged(ours, "Robots for all", "kelpworks.com", url="https://kelpworks.com/blog/x")
    assert (found.state, found.rests_on) == (State.ANNOUNCEMENT, ("Kelpworks",))
    column = "Our harbours are old. We know it. We pay for them. Our children will."
    assert judged(column, "Robots for all", "harbourpost.com", url="https://harbourpost.com/x").state == State.UNKNOWN


def test_a_link_blog_s_quotation_rests_on_whom_it_quotes() -> None:
    text = "Mona Dahl, The Verge (gift link):\n\nWe’ve found multiple examples."
    found = judged(text, "Search rewrites headlines", "The Verge", owner="Vox Media")
    assert (found.state, found.rests_on) == (State.RELAY, ("The Verge",))
    assert judged("Some words.", "Quoting Les Berg", "A Weblog").rests_on == ("Les Berg",)


def test_background_and_speech_are_cut_and_four_thousand_characters_are_read() -> None:
    # What stands beyond is another story's.
    assert judged(FILLER * 4 + "Reuters reported losses.").state == State.UNKNOWN
    assert judged(FILLER * 2 + "Reuters reported losses.").state == State.RELAY


@pytest.mark.parametrize(
    "text",
    [
        "The harbour is old.\nAccording to\nReuters\n, the price\u00a0is “low”. More follows.",
        "Ada Berg\nMar 3, 2026\nKelp\u200b told\nThe Fjord Times so.",
        "凯尔普今日宣布下调价格。其他公司没有回应。",
    ],
)
def test_a_receipt_stands_verbatim_in_the_text(text: str) -> None:
    entry = report("The Fjord Times", text=text)
    found = judge(entry)
    assert found.shown_by is not None
    start, end = quoted(entry.text, found.shown_by)
    quote = entry.text[start:end]
    assert quote == quote.strip() and quote in text
    assert any(word in quote for word in ("Reuters", "Fjord", "宣布"))


def test_sentences_keep_their_places() -> None:
    text = "A title\n\nFirst one.  “Second one,” she said.\nThird\none ends here. Image: Getty Images"
    sentences = read(text).body
    assert [text[one.start : one.end] for one in sentences] == [
        "First one.",
        "“Second one,” she said.",
        "Third\none ends here.",
    ]
    assert "Second" not in sentences[1].unsaid


def test_aggregators() -> None:
    assert is_aggregator("tech.slashdot.org") and is_aggregator("news.google.com")
    assert not is_aggregator("google.com") and not is_aggregator("blog.google")


def test_hostile_texts_are_judged_in_time() -> None:
    started = time.process_time()
    for part in ("A B C D ", "told the ", "(", "Kelp, ", "“X’s Y’s ", "\n", "Kelp CEO Ada Berg, ", "「"):
        text = part * (80_000 // len(part))
        judge(report("Fjord Times", text[:500], text))
    assert time.process_time() - started < 3
