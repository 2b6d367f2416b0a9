"""Signs that a report is its publisher's own: what was said to it, seen, tried, or is only its view."""

from __future__ import annotations

import re

# What is said to a publisher, with its name in it; {name} is put in.
CONFIRMED_TO = (
    r"(?:(?:statement|e-?mail|confirmation|comments?)(?: \w+){0,3} (?:to|with) (?:the )?{name}"
    r"|(?:confirmed|clarified|verified|explained|acknowledged|admitted|denied)(?: [\w',]+){0,8} to (?:the )?{name}"
    r"|(?:sent|provided|gave|emailed)(?: to)? (?:the )?{name} (?:the following|an?) )"
)
SAID_TO = (
    r"(?:\b(?:told|tells|telling|told reporters at|interview(?:s|ed)?(?: \w+){0,3} (?:with|by)|spoke(?:n)? (?:to"
    r"|with)|speaking (?:to|with)|in conversation with|chat(?:ted)? with|shared(?: \w+){0,4} with"
    r"|said to) (?:the )?{name}\b(?! (?:reporters? )?that (?:he|she) reported)"
    r"|\b(?:seen|obtained|reviewed|viewed|verified|interviewed|analy[sz]ed|tested) by (?:the )?{name}\b"
    r"|\b{name}(?:'s reporters?)? (?:has |have |had |can )?(?:exclusively |independently |first )?(?:learned"
    r"|confirm(?:ed)?"
    r"|verified|reviewed|seen|obtained|understands|spoke|viewed|was told|interviewed|analy[sz]ed)\b"
    r"|\b(?:per|according to) (?:the )?{name}(?:'s)? (?:data|analysis|tests?|testing|figures|reporting|count"
    r"|tally)\b)"
)
TESTED = r"\b{name}(?:'s reporters?)? (?:has |have |had )?(?:tested|tried|found that|benchmarked)\b"
TO_US = re.compile(
    r"\b(?:told (?:us|me)\b(?! (?:all|that (?:we|i)\b))|tells? (?:us|me) (?:that|the|it|in)\b|confirmed to (?:us"
    r"|me)|explained to (?:us|me)"
    r"|talked (?:us|me) through|walked (?:us|me) through|spoke (?:to|with) (?:us|me)|showed (?:us|me)"
    r"|in an interview with (?:us|me)"
    r"|shared (?:\w+ )?with (?:us|me)|(?:i|we) (?:asked|spoke (?:to|with)|interviewed|have (?:learned|seen"
    r"|reviewed)|learned that"
    r"|obtained|reviewed the|viewed)\b|(?<!not )(?<!not been )independently (?:confirmed|verified)"
    r"|has seen (?:a|the) (?:copy|document|memo)"
    r"|(?:when (?:i|we)|we) (?:reached out|contacted|visited|met)\b)",
    re.IGNORECASE,
)
INTERVIEW = re.compile(
    r"\b[Ii]n an? (?:exclusive |recent |wide-ranging |phone |video |e-?mail |written |joint ){0,2}interview\b"
    r"(?! (?:with|on|published|to|for|at|by|from|that|in \d{4})\b)"
)
SOURCES = re.compile(
    r"\b(?:(?:two|three|four|five|six|several|multiple|a|one) )?(?:sources?|persons?|people|executives?|employees"
    r"|officials"
    r"|insiders) (?:\w+ )?(?:familiar with|briefed on|with (?:direct )?knowledge of|close to|who (?:spoke|asked"
    r"|requested)|involved in)\b"
)
TRIED = re.compile(
    r"\b(?:i|we) (?:also |then |quickly |recently |actually )?(?:tried|tested|ran (?:it|the|some|a|my|our)"
    r"|benchmarked|played with"
    r"|measured|compared|put (?:it|the|them)|found (?:multiple|several|many|some)|spent (?:\w+ ){1,4}(?:with"
    r"|testing|using|trying))\b"
    r"|\b(?:i|we)(?:'ve| have)(?: also| just| now| already| since| only)? (?:been )?(?:tried|tested|testing"
    r"|trying|run an?|run the|run some"
    r"|running|benchmarked|played with|playing with|found (?:multiple|several|many|some)|put (?:it|the|them))\b"
    r"|\b(?:i've|i have) been using\b|\bin (?:my|our) (?:own )?(?:tests?|testing|experiments?|benchmarks?)\b"
    r"|\bhands[- ]on with\b",
    re.IGNORECASE,
)
TRIED_IN_TITLE = re.compile(
    r"\b(?:hands[- ]on|i (?:tried|tested|used|asked|spent|built)|we (?:tried|tested|asked)|review:)", re.I
)
VIEW = re.compile(
    r"\b(?:i (?:think|believe|suspect|feel|hope|fear|worry|love|hate|wish|wonder|can't help|don't (?:think"
    r"|believe|know))"
    r"|in my (?:view|opinion)|if you ask me|as far as i can tell|my (?:take|view|thoughts?|guess|concern|worry)"
    r"|i have thoughts"
    r"|i'm (?:not )?(?:sure|skeptical|sceptical|worried|excited|convinced|surprised)|literally|let's be (?:honest"
    r"|real|clear)"
    r"|(?:has|have) lost the plot)\b",
    re.IGNORECASE,
)
VIEW_IN_TITLE = re.compile(
    r"^(?:opinion|thoughts on|commentary|analysis|editorial|my (?:take|thoughts)|why i\b|column|op-ed)\b"
    r"|\b(?:i've|i) (?:ever|think|was wrong|don't|can't|won't)\b|\bhas lost the plot\b",
    re.IGNORECASE,
)
EXPERTS = re.compile(
    r"\b(?:experts?|analysts?|researchers|developers|lawyers|critics) (?:\w+ ){0,2}(?:warn|say|told|tell|fear)\b",
    re.IGNORECASE,
)
EAST_ASIAN = re.compile(
    r"(?:记者|記者|本报|本報|本刊|我们|我們|编辑部|編輯部)[^，。]{0,12}?(?:获悉|獲悉|了解到|采访|採訪|独家|獲得|获得)"
    r"|(?:对|對|向|告诉|告訴)(?:我们|我們|记者|記者|本报|本報|本刊)(?:表示|称|稱|说|說|透露|证实|證實|回应)"
    r"|接受(?:我们|我們|记者|記者|本报|本報|本刊)[^，。]{0,8}(?:采访|採訪|专访|專訪)"
    r"|(?:本紙|当社|編集部|小社|本誌|筆者)[^、。]{0,12}(?:取材|入手|確認|試し|使って)|取材に(?:対し|応じ|よると"
    r"|よれば|答え)"
    r"|取材で(?:分か|わか|明らか)|(?:独自に|単独)(?:入手|取材|インタビュー|確認)"
)
EAST_ASIAN_TITLE = re.compile(
    r"(?:^|[【\[「（(|｜:：丨·])\s?(?:独家|獨家|首发|首發|专访|專訪|独自|獨自|単独|スクープ|インタビュー)"
    r"|36氪(?:首发|独家|专访)"
)
# What a publisher of these languages finds out or is told, with its name in it.
EAST_ASIAN_NAMED = (
    r"(?:^|[，。、,\s]){name}(?:独家|獨家|记者|記者)?(?:从[^，。]{1,20})?(?:获悉|獲悉|了解到)"
    r"|(?:对|對|向|告诉|告訴){name}(?:表示|称|稱|说|說|透露|证实|證實|回应)|接受{name}[^，。]{0,6}(?:采访|採訪"
    r"|专访|專訪)"
    r"|{name}の取材|{name}(?:が|は)(?:入手|取材|独自)"
)
WESTERN_NAMED = (
    r"\b(?:gegenüber (?:der |dem )?{name}|sagte (?:der |dem )?{name}|teilte (?:der |dem )?{name}\b[^.]{0,40} mit"
    r"|(?:a |ont )?(?:déclaré|confié|confirmé|indiqué|expliqué) (?:à|au) {name}"
    r"|(?:dijo|declaró|confirmó|explicó|contó) a {name})\b"
)
# What stands alone in a line above the text.
RUBRIC_LINES = 6
RUBRICS = {
    **dict.fromkeys(
        ("column", "opinion", "editorial", "commentary", "essay", "kommentar", "meinung", "コラム", "评论"), "view"
    ),
    **dict.fromkeys(("review", "reviews", "hands-on", "tested", "test", "レビュー", "评测"), "test"),
    **dict.fromkeys(("interview", "q&a", "podcast", "podcasts", "exclusive", "インタビュー", "专访"), "interviews"),
}
