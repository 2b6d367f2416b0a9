"""Signs of whom a report rests on: credits in titles, scoops, who was first, reports without a name."""

from __future__ import annotations

import re

BRACKET = re.compile(r"\((?:(?P<who>[^()/]{2,60})/)?\s*(?P<name>[^()/]{2,60})\)\s*$")
SCOOP_TITLE = re.compile(
    r"^(?:Sources?|Exclusive|Scoop|Q&A|Interview|Internal|Leaked?|Documents?)\b[^:]{0,40}:|^(?:How|Inside)\b"
)
SCOOP = re.compile(
    r"\b(?:sources?|people|persons?|employees|executives|insiders) (?:\w+ ){0,2}(?:familiar|close|briefed"
    r"|with (?:direct )?knowledge"
    r"|told|tell|cited by|who|said)\b|\b(?:viewed|seen|obtained|reviewed) by\b|\bcited by\b"
    r"|\bviewed and reported on\b"
    r"|知情人士|消息人士|関係者"
)
TOLD = re.compile(r"\b(?:told|tells|interview with|statement to) (?:the )?[A-Z]")
REPORTED_FIRST = re.compile(
    r"\b(?:first|earlier|previously|originally) (?:to report|reported|revealed|broke|published)\b"
    r"|\breported (?:earlier|first)\b"
    r"|\b(?:was|were) (?:the )?first to\b|\bbroke the (?:news|story)\b|最初に報じ|率先报道|首先报道"
)
UNNAMED = re.compile(
    r"\b(?:reportedly|rumou?red|(?:report|reports|rumou?rs?|leaks?) (?:says?|claims?|suggests?|indicates?"
    r"|states?)|press reports"
    r"|said to be|(?:study|survey|poll|research|analysis|data) (?:finds|found|says|said|shows|claims|suggests"
    r"|warns|reveals)"
    r"|according to (?:a|an|new|recent|media|multiple|press) (?:\w+ )?(?:report|reports|study|survey))\b|(?:, "
    r"|: )report\s*$"
    r"|消息称|消息稱|据称|據稱|据悉|據悉|据传|傳聞|传闻|网传|爆料|曝|报道称|報道稱|報じられ|との報道|報道によると"
    r"|複数の(?:メディア|海外メディア)|海外メディア"
    r"|\b(?:angeblich|Medienberichten zufolge|Berichten zufolge|selon (?:la presse|des sources)|según (?:informes"
    r"|reportes|medios))\b"
)
# A link blog begins with whom it quotes.
QUOTED_FIRST = re.compile(
    r"^[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){1,3}, (?:writing )?(?:for |at "
    r"|in )?(?P<name>[A-Z][\w .&'-]{2,40}?) ?(?:\([^)]{0,40}\))?:"
)
QUOTING_TITLE = re.compile(r"^Quoting (?P<name>[A-Z][\w.' -]{2,60})$")
WE_ANNOUNCE = re.compile(
    r"\b(?:[Tt]oday,? (?:we|we're|we are)\b|[Ww]e(?:'re| are| have|'ve)? (?:excited|proud|thrilled|pleased|happy"
    r"|delighted|announcing|announced|introducing|launching|releasing|open[- ]sourcing|entered into|today)\b)"
)
# In the first person: an essay, and a firm on itself.
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|I'd|I'll|[Mm]y|me)\b")
FIRST_PERSONS = re.compile(r"\b(?:[Ww]e|[Ww]e're|[Ww]e've|[Oo]ur)\b")
