"""Signs that a report passes on a party's word: verbs, places where parties speak, documents before a court."""

from __future__ import annotations

import re

WORD = r"(?:[A-Z][\w.&+@'-]{0,40}|@\w{2,40})"
NAME = rf"(?P<name>{WORD}(?: (?:of |for |the |and |& )?{WORD}){{0,4}})"
SOMEBODY = (
    r"(?P<some>(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ederal|[Ss]tate|US"
    r"|U\.S\.|UK|EU|[A-Z][a-z]{2,14})"
    r"(?: [\w'-]{1,20}){0,3} (?:company|companies|firm|start-?up|lab|maker|developer|agency|ministry|regulator"
    r"|government"
    r"|administration|authorities|officials|prosecutors|plaintiffs?|judge|court|jury|police|senators?|lawmakers|union"
    r"|researchers?|scientists|authors|analysts|founders?|executive|chief|CEO|spokesperson|spokesman|spokeswoman"
    r"|representative|document|plan|order|bill|report|study|survey|paper|lawsuit|suit|complaint|filing|ruling"
    r"|indictment"
    r"|petition|motion|brief|declaration|letter|memo|statement|announcement|post|team|organi[sz]ation|group"
    r"|nonprofit|commission|department))"
)
WHO = rf"(?:{NAME}|{SOMEBODY})"
TITLE_OF = (
    r"(?:(?:,|\s\() ?(?:[^,()]{2,80})[,)])?(?: (?:CEO|co-?founder|founder|chief|president|boss|executive"
    r"|spokes\w+|chair\w*)(?: [A-Z][\w.'-]{0,30}){1,3})?"
)
ADVERB = (
    r"(?: (?:also|now|today|yesterday|later|has|have|had|is|are|was|been|just|recently|reportedly|publicly|formally"
    r"|officially))"
)
SAYS = (
    r"(?:says?|said|saying|claims?|claimed|tells?|told|writes?|wrote|written|stated|notes?|noted|explains?"
    r"|explained|argues?|argued|alleges?|alleged|insists?|insisted|admits?|admitted|acknowledges?|acknowledged"
    r"|confirms?|confirmed|denies|denied|warns?|warned|promises?|promised|describes?|described|calls|touts?|touted"
    r"|reads?|estimates?|estimated|reports?|reported|predicts?|predicted|suggests?|suggested"
    r"|posted|tweeted|responded|replied|testified|disclosed|shared|boasts?|bills?|pitching|stresses|stressed"
    r"|emphasi[sz]es|accuses?|accused|urges)"
)
DOES = (
    r"(?:announc(?:es|ed|ing)|unveil(?:s|ed|ing)|releas(?:es|ed|ing)|launch(?:es|ed|ing)|introduc(?:es|ed|ing)"
    r"|reveal(?:s|ed|ing)|publish(?:es|ed|ing)|debut(?:s|ed)|ship(?:s|ped)|open[- ]sourced|rolled out|rolls out"
    r"|rolling out"
    r"|issued|submitted|filed|files|sued|sues|suing|declared|posted|presented|demoed|detailed|appointed|named"
    r"|disclosed|outlined|proposed|ordered|ruled|charged|indicted|fined|signed|put out)"
)
# Where a party puts its news before everybody.
PUBLISHED = re.compile(
    r"\b(?:blog ?posts?|company blog|official blog|'s blog|press release|news release|press statement|system card"
    r"|model card"
    r"|open letter|white ?paper|technical report|pre-?print|keynote|onstage|on stage|on-stage|earnings (?:call"
    r"|report)|press (?:conference|briefing|event)|livestream(?:ed)?|(?:in|per|read a"
    r"|reads a) (?:[\w'.-]+ ){0,4}statement\b(?! to)"
    r"|(?:in|on) (?:an?|his|her|its|their) (?:[\w-]+ )?(?:post|thread|tweet|video|letter|note|paper"
    r"|announcement)\b|on Truth Social"
    r"|(?:internal|company-wide|leaked) (?:memo|email)|release notes|on (?:X|LinkedIn|Threads|Bluesky|GitHub"
    r"|Hacker News)\b)"
)
COURT = re.compile(
    r"\b(?:(?:court|legal|regulatory|securities|SEC) (?:filings?|documents?|papers|records?)|(?:sworn )?declarations?"
    r"|(?:the|a|an|new|amended|class[- ]action|proposed|federal|his|her|their|its|'s) (?:lawsuit|complaint|suit"
    r"|indictment|petition|motion|brief|ruling|filing)s?\b"
    r"|lawsuit (?:says|reads|claims|alleges|filed)|filed (?:\w+ ){0,4}in [\w. ]{3,40} court|executive order"
    r"|(?:federal|district|appeals|circuit|superior|high) (?:judge|court)|(?:judge|court"
    r"|jury) (?:\w+ ){0,3}(?:order|rul|wrote|writes|found|issued|block)\w*)"
)
ACCORDING = re.compile(rf"\b(?:[Aa]ccording to|[Pp]er|[Aa]s per) (?:the )?{WHO}")
SAYING = re.compile(rf"(?<![A-Za-z]){WHO}{TITLE_OF}{ADVERB}{{0,2}} {SAYS}\b")
SAID_BY = re.compile(
    r"(?:[,\"']|^|  ) ?(?:says?|said|wrote|writes|explains?|explained|adds?|added|claims?|reads) "
    rf"(?:[a-z][\w-]{{0,20}} ){{0,5}}{WHO}"
)
DOING = re.compile(
    rf"(?<![A-Za-z]){WHO}{TITLE_OF}{ADVERB}{{0,2}}(?: (?:on|this|last|late|early) (?:[A-Z]\w+day|week|month"
    rf"|morning))?{ADVERB}{{0,2}} {DOES}\b"
)
WEEKDAY = (
    r"(?:[Oo]n (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[Tt]oday|[Yy]esterday|[Tt]his (?:week|morning)"
    r"|[Ee]arlier this week)"
)
PRONOUN_DOING = re.compile(
    rf"\b{WEEKDAY},? (?:it|he|she|they)\b{ADVERB}{{0,2}} {DOES}\b|\b(?:[Ii]t|[Tt]hey|[Hh]e|[Ss]he) (?:announced"
    rf"|said|says)\b"
    r"|\b(?:was|were|has been|have been) (?:announced|unveiled) (?:on|today|yesterday|this|at|by)\b"
)
# "The company" is whom the title speaks of; "Chinese authorities" are themselves.
OF_TITLE = re.compile(
    r"\b(?:company|companies|firm|start-?up|lab|maker|developer|executive|chief|CEO|founders?|team|statement"
    r"|announcement|post|memo|letter|document|plan|report|study|survey|paper|spokes\w+|representative)$"
)
RANK = re.compile(
    r"^(?:(?:CEO|CTO|CFO|COO|Co-?[Ff]ounder|Founder|President|Chief|Dr|Mr|Ms|Mrs|Sen|Rep|Prof)\.? ){1,3}(?=[A-Z])"
)
ARTICLE = re.compile(r"^(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir) ")
# A list of sources under a text.
SOURCE_LINE = re.compile(
    r"(?:^|\s)(?:Sources?|Via|Quelle|出典|来源|來源|ソース|引用元) ?[:：]\s?(?P<names>[\w@|,/&.' -]{2,80}?)"
    r"(?=\s(?:Ask about|Search)|\n|$|。)"
)
LIST_MARKS = re.compile(r"[|,/]")
TITLE_SAYS = re.compile(
    r"^(?P<name>[A-Z][^:,.;]{1,60}?) (?:[Ss]ays?|[Ss]aid|[Tt]ells?|[Cc]laims?|[Aa]dmits?|[Dd]enies|[Ii]nsists?"
    r"|[Aa]rgues?|[Ww]arns?"
    r"|[Cc]onfirms?|[Pp]romises?|[Aa]lleges?)\b(?!:)|, (?P<clause>claiming|alleging|saying|citing)\b"
)
EAST_ASIAN = re.compile(
    r"(?<!我)(?:宣布|宣佈|(?:正式|重磅|联合|聯合|全新|今日|近日|日前|日)(?:发布|發佈|發布|推出|上线|上線|开源"
    r"|開源)|发布了?(?!时间|會|会)"
    r"|發[布佈]|推出|表示[，,：:「“]|公告[称稱]|发文[称稱]|官宣|回应称|透露[，,：:]|披露[，,]"
    r"|(?:と|を|に)?(?:発表|公開|リリース|発売|提供を開始)(?:した|しました|する|した。|し、)|明らかにし(?:た"
    r"|まし)|述べた|呼びかけ|声明を)"
)
# Whom a sentence of these languages begins with: "サンワサプライは", "某公司宣布".
SUBJECT = re.compile(
    r"^(?:米|英|中国|韓国)?(?P<name>[A-Za-z0-9\u30a0-\u30ff\u4e00-\u9fff・.&-]{2,24}?)(?:株式会社|社|公司)?(?:は"
    r"|が|宣布|宣佈|发布|發布|推出)"
)
EAST_ASIAN_DOCUMENT = re.compile(
    r"(?:公式(?:ブログ|サイト|発表)|官方(?:博客|公众号|微博|公告)|プレスリリース|判决书|起诉书|訴状|公告显示|招股书)"
)
WESTERN = re.compile(
    rf"\b(?:teilte {NAME} mit|(?:laut|nach Angaben von|selon|d'après|según"
    rf"|de acuerdo con) {NAME.replace('name', 'name2')}"
    rf"|{NAME.replace('name', 'name3')} (?:hat |a |ha )?(?:angekündigt|kündigt|kündigte|gab bekannt|stellt"
    rf"|stellte|annonce|annoncé|dévoile"
    r"|dévoilé|anuncia|anunció|anunciado|presentó|presenta|lanzó))\b"
)
# With these a sentence begins, and no name.
NO_PARTY = frozenset(
    "Watch How Why Inside Here's The It He She They We I This That These But And In On At As What Who When If You "
    "While One Some Many Most Others Now Today Yesterday Here There So Sources Source People Report Reports Everyone "
    "Nobody Critics Experts My Our Its His".split()
)
