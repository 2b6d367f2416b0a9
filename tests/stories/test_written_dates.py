from __future__ import annotations

import pytest

from newsdesk.stories.ranking.written_dates import written_dates


def dates(url: str = "", title: str = "Kelp maps a harbour", body: str = "") -> list[tuple[str, str]]:
    return [(f"{found.moment:%Y-%m-%d}", found.precision) for found in written_dates(url, title, f"{title}\n\n{body}")]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://kelp.example/2023/03/14/harbour", [("2023-03-14", "day")]),
        ("https://kelp.example/news/2022-11-02-harbour", [("2022-11-02", "day")]),
        ("https://kelp.example/20230711/harbour", [("2023-07-11", "day")]),
        ("https://kelp.example/article-2021-09-13.html", [("2021-09-13", "day")]),
        ("https://kelp.example/blog/2024/05/harbour", [("2024-05-31", "month")]),
        ("https://kelp.example/2019/harbour", [("2019-12-31", "year")]),
        ("https://kelp.example/2026/03/10/what-happened-2023-11-17", [("2026-03-10", "day")]),
        ("https://arxiv.org/abs/1904.01234", [("2019-04-30", "month")]),
        ("https://arxiv.org/pdf/cs/0701001v2", [("2007-01-31", "month")]),
        ("https://huggingface.co/papers/2402.17764", [("2024-02-29", "month")]),
        # Versions, flaws, identifiers and queries are no dates.
        ("https://kelp.example/models/harbour-4o-2024-05-13", []),
        ("https://kelp.example/cve-2024-1234", []),
        ("https://kelp.example/id/20231499/harbour", []),
        ("https://kelp.example/harbour?since=2023-01-01", []),
        ("https://kelp.example/best-of-2024/harbour", []),
        ("https://kelp.example/2023/13/41/harbour", []),
    ],
)
def test_an_address_tells_when_it_was_first_public(url: str, found: list[tuple[str, str]]) -> None:
    assert dates(url) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("A visual guide to harbours (2019)", [("2019-12-31", "year")]),
        ("A visual guide to harbours (May 2015) [pdf]", [("2015-05-31", "month")]),
        ("港口指南（2022年）", [("2022-12-31", "year")]),
        ("A method for harbours, arXiv:1904.01234", [("2019-04-30", "month")]),
        ("Kelp sells 2019 harbours", []),
        ("Kelp's plan for 2019 (and after)", []),
    ],
)
def test_a_title_tells_its_year(title: str, found: list[tuple[str, str]]) -> None:
    assert dates(title=title) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("This article was originally published on 9 February 2021. Kelp …", "2021-02-09"),
        ("A version of this story first appeared in The Fjord Times on Feb. 9, 2021.", "2021-02-09"),
        ("First published: 4 January 2025. Kelp has cut its price.", "2025-01-04"),
        ("Updated May 3, 2023. A model of Kelp has won a prize.", "2023-05-03"),
        ("Last updated: 2023-05-03\nKelp maps a harbour.", "2023-05-03"),
        ("Published Tuesday, March 3, 2024 by Ada Berg", "2024-03-03"),
        ("OSLO, March 3, 2025 /PRNewswire/ -- Kelp maps a harbour.", "2025-03-03"),
        ("Release date: 2022-08-01.", "2022-08-01"),
        ("Zuerst veröffentlicht am 9. Februar 2021. Kelp kartiert einen Hafen.", "2021-02-09"),
        ("Publié le 9 février 2021 | Kelp cartographie un port.", "2021-02-09"),
        ("Publicado el 9 de febrero de 2021. Kelp cartografía un puerto.", "2021-02-09"),
        ("本文首发于2021年2月9日。", "2021-02-09"),
        ("更新时间：2023-05-03\n海藻公司发布地图。", "2023-05-03"),
        ("公開日：2021年2月9日", "2021-02-09"),
        ("この記事は2021年2月9日に公開されました。", "2021-02-09"),
        # What is said of other things, of the future of a sentence, or far down in the text.
        ("The paper, first published on 3 March 2024, is now a law.", ""),
        ("First published in 2021, the rules are to change.", ""),
        ("Kelp was founded in May 2015 and raised money in 2019.", ""),
        ("Kelp maps a harbour. " * 60 + "Updated May 3, 2023. " + "Kelp maps a harbour. " * 60, ""),
        ("公司于2021年2月9日发布了第一版地图。", ""),
    ],
)
def test_a_text_tells_of_itself(body: str, found: str) -> None:
    assert [moment for moment, _ in dates(body=body)] == ([found] if found else [])
