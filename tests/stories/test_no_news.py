from __future__ import annotations

import pytest

from newsdesk.stories.ranking.no_news import AT_MOST_IN_SHORT, WORDS, NoNews, no_news_kind, no_news_of
from tests.digests.invented import entry

POSTS = [
    ("Advertisement: How Kelp AI maps your harbour", "advert"),
    ("[Sponsored] The cloud for harbour models", "advert"),
    ("Anzeige | Kelp bringt KI in den Hafen", "advert"),
    ("【PR】港のAI地図", "advert"),
    ("广告：用人工智能画港口地图", "advert"),
    ("Hiring: Staff Engineer, Models (Oslo)", "job"),
    ("Kelp (YC W24) is hiring engineers to map harbours", "job"),
    ("KI-Entwickler (m/w/d) in Kiel", "job"),
    ("招聘：大模型算法工程师", "job"),
    ("BERG & DAHL LLP Reminds Kelp Investors of the Class Action Deadline", "investor_notice"),
    ("Shareholder Alert: Dahl Law Offices looks into Kelp AI", "investor_notice"),
    ("Harbour AI Market Size to Reach $4 Billion by 2033, Research Finds", "market_report"),
    ("AI in Fishing Market to grow at a CAGR of 12%", "market_report"),
    ("Kelp AI to Present at the 9th Nordic Software Conference", "event"),
    ("Webinar: Agents for harbours", "event"),
    ("Save up to $300 on laptops with AI chips", "deal"),
    ("Lifetime access to 20 chatbots for $29", "deal"),
    ("AIノートPCが30%オフ", "deal"),
    ("AI 绘图会员限时优惠券", "deal"),
    ("Strands hints and answers for 6 May", "puzzle"),
    ("Which chatbot do you trust most?", "poll"),
    ("Ask our readers: chatbots at sea", "poll"),
    ("How to map a harbour with an AI model", "how_to"),
    ("A beginner's guide to harbour models", "how_to"),
    ("Agentの使い方", "how_to"),
    ("手把手教你训练模型", "how_to"),
    ("kelp/harbour-map", "repository"),
    ("kelp added ada to kelp/harbour-map", "repository"),
    ("v2.14.0", "repository"),
    ("Show HN: A map of every harbour", "hobby"),
    ("I built a harbour map with an agent in a weekend", "hobby"),
    ("个人开发：作ってみた AI 地図", "hobby"),
]
NEWS = [
    "Kelp is hiring 500 engineers for its AI lab",
    "Hiring slows at AI labs",
    "Court names lead plaintiff in suit against Kelp",
    "Investors who lost money in an AI fund sue Kelp",
    "Nvidia's results remind investors of the dotcom years",
    "OpenAI sees market for AI chips reach $1 trillion by 2030",
    "OpenAI tests sponsored answers in ChatGPT",
    "Advertisers leave Kelp's chatbot",
    "Kelp signs deal worth $30 billion with Brine",
    "Kelp cuts the price of its model by 80%",
    "Law firm announces 700 job cuts and blames AI",
    "AI solves a puzzle that mathematicians gave up",
    "Kelp buys the owner of a crossword app",
    "Kelp to present its AI plan to parliament",
    "Kelp opens its repository of harbour models",
    "EU 议会投票通过人工智能法案",
    "国务院出台人工智能税收优惠政策",
    "工信部发布人工智能安全指南",
    "MIXI、報酬を2割引き上げ",
    "某公司自制芯片流片成功",
    "arXiv 将独立，公开招聘 CEO",
]


@pytest.mark.parametrize(("title", "kind"), POSTS)
def test_posts_without_news_are_known_by_their_titles(title: str, kind: str) -> None:
    assert no_news_kind(title) == NoNews(kind)


@pytest.mark.parametrize("title", NEWS)
def test_news_of_the_same_words_is_news(title: str) -> None:
    assert no_news_kind(title) is None


def test_a_text_may_say_that_it_is_paid_for_or_seeks_people() -> None:
    assert no_news_kind("Kelp maps a harbour", "This content was paid for by Kelp.") == NoNews.ADVERT
    assert no_news_kind("Senior engineer at Kelp", "Apply with your CV by email.") == NoNews.JOB
    assert no_news_kind("Kelp maps a harbour", "Kelp paid for this content, the court heard.") is None


def test_one_report_that_may_be_news_makes_the_story_one() -> None:
    advert, report = entry(1, "Sponsored: Kelp maps a harbour"), entry(2, "Kelp maps a harbour")
    assert no_news_of([advert, advert]) == NoNews.ADVERT
    assert no_news_of([advert, report]) is None and no_news_of([]) is None


def test_every_kind_has_words_for_editors() -> None:
    assert set(WORDS) == set(NoNews) and set(NoNews) > AT_MOST_IN_SHORT
