"""The life of an article in sentences, for a terminal and for a page, in each language.

`report` puts what is known into sections. Why an article stands where it does, or nowhere, is in `reasons`, and only
there: whatever else can keep an article from a feed adds its sentence to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aggregator.decide.dates import believable
from aggregator.model.life import (
    Answer,
    Dating,
    Gone,
    Life,
    Listed,
    Member,
    Name,
    Near,
    Origin,
    Ruling,
    Several,
    Unknown,
)
from aggregator.model.story import Correction
from aggregator.web.lifewords import FIGURES, KINDS, PAGES, PARTS, SAID
from aggregator.web.reasons import plainly, reason, trouble
from aggregator.web.words import RULES, Language, exact

CUT = 160  # characters of what was removed that are shown


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, and where it leads."""

    text: str
    link: str | None = None  # a publisher's: to be checked before anybody is sent there
    again: str | None = None  # what to ask for, to be told more of it


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences about one thing."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An answer, ready to be shown."""

    title: str
    is_unknown: bool
    sections: tuple[Section, ...]


def report(answer: Answer, language: Language) -> Report:
    """What is known, in words."""
    said = SAID[language]
    match answer:
        case Life():
            return _life(answer, language)
        case Several():
            lines = tuple(_candidate(number, each, language) for number, each in enumerate(answer.candidates, 1))
            more = () if answer.is_all else (Line(said["more"]),)
            return Report(said["several"].format(asked=answer.asked), False, (Section(said["which"], (*lines, *more)),))
        case Gone():
            return Report(
                said["gone"].format(id=answer.id), False, (Section(said["pruned"], (Line(_gone(answer, language)),)),)
            )
        case Unknown():
            return _unknown(answer, language)


def reasons(life: Life, language: Language) -> tuple[str, ...]:
    """Why the article stands where it does, in each feed that it belongs to, and what keeps it from others."""
    said = SAID[language]
    lines = []
    if not life.origin.followed:
        lines.append(said["unfollowed"].format(source=life.origin.name))
    if life.waits:
        lines.append(said["waits"])
    if life.is_backlog:
        lines.append(said["backlog"].format(source=life.origin.name))
    lines += [_ruling(ruling, language) for ruling in life.rulings]
    lines += [
        said["changed_part"].format(part=PARTS[language].get(part, part), text=text) for part, text in life.changes
    ]
    for standing in life.standings:
        feed = f"feeds/{standing.slug}.atom"
        if (rule := standing.kept_out) is not None:
            lines.append(said["kept_out"].format(feed=feed, rule=_rule(rule)))
            if standing.place is None:
                continue
        if standing.place is None:
            lines.append(said["older"].format(feed=feed, limit=standing.limit))
            continue
        key = "place_of_story" if standing.kept_out else "place"
        line = said[key].format(feed=feed, place=standing.place, stories=standing.stories)
        if standing.is_guest:
            line += said["guest"]
        if standing.shown is not None and standing.shown != life.article.source:
            line += said["shown"].format(source=standing.shown)
        if standing.merge != "text":
            line += said[f"merge_{standing.merge}"].format(id=standing.id)
        lines.append(line)
    if not life.standings:
        lines.append(said["no_feed"])
    return tuple(lines)


def _ruling(ruling: Ruling, language: Language) -> str:
    return SAID[language][f"rule_{ruling.did}"].format(rule=_rule(ruling), tags=", ".join(ruling.tags))


def _rule(ruling: Ruling) -> str:
    return f"{ruling.rule} ({ruling.place})"


# one article


def _life(life: Life, language: Language) -> Report:
    said = SAID[language]
    sections = (
        Section(said["article"], tuple(_article(life, language))),
        Section(said["found"], tuple(_found(life.origin, life.dating, language))),
        Section(said["dates"], tuple(_dates(life.dating, language))),
        Section(said["known"], tuple(_known(life, language))),
        Section(said["story"], tuple(_story(life, language))),
        Section(said["near"], tuple(_near(near, language) for near in life.nearest) or (Line(said["no_near"]),)),
        Section(said["cleaning"], tuple(_cleaning(life, language))),
        Section(said["feeds"], tuple(map(Line, reasons(life, language)))),
    )
    return Report(life.article.title, False, sections)


def _article(life: Life, language: Language) -> Iterator[Line]:
    said = SAID[language]
    if life.article.link:
        yield Line(said["link"].format(link=life.article.link), link=life.article.link)
    else:
        yield Line(said["no_link"])
    yield Line(said["id"].format(id=life.story))
    yield Line(said["number"].format(number=life.article.id))


def _found(origin: Origin, dating: Dating, language: Language) -> Iterator[Line]:
    said = SAID[language]
    category = " / ".join(origin.category)
    yield Line(said["first"].format(when=exact(dating.first_seen, language), source=origin.name, category=category))
    yield Line(said["feed"].format(url=origin.url or "–"))
    if origin.problem:
        yield Line(said["problem"].format(problem=plainly(trouble(origin.problem, language))))


def _dates(dating: Dating, language: Language) -> Iterator[Line]:
    said = SAID[language]
    used = exact(dating.used, language)
    if not dating.is_known:
        yield Line(said["date_unknown"].format(used=used))
    elif dating.unread:
        yield Line(said["date_unread"].format(unread=dating.unread, used=used))
    elif dating.came is None:
        yield Line(said["date_none"].format(used=used))
    elif dating.came.replace(microsecond=0) == dating.used:
        yield Line(said["date_kept"].format(used=used))
    else:
        key = "date_again" if believable(dating.came, dating.first_seen) else "date_clamped"
        yield Line(said[key].format(came=exact(dating.came, language), used=used))
    if min(dating.used, dating.first_seen) != dating.sort_at:
        yield Line(said["sorted"].format(when=exact(dating.sort_at, language)))
    if dating.changed is not None:
        yield Line(said["changed"].format(when=exact(dating.changed, language)))


def _known(life: Life, language: Language) -> Iterator[Line]:
    for name in life.names:
        yield Line(_name(name, language))
    if life.earlier_names:
        yield Line(SAID[language]["earlier"].format(count=life.earlier_names))


def _name(name: Name, language: Language) -> str:
    return f"{KINDS[language].get(name.kind, name.kind)}: {name.value}"


def _story(life: Life, language: Language) -> Iterator[Line]:
    said = SAID[language]
    if len(life.members) < 2:
        yield Line(said["alone"])
    for member in life.members:
        if len(life.members) > 1:
            yield Line(
                _member(member, member.article.id == life.article.id, language),
                link=member.article.link,
                again=str(member.article.id),
            )
    for correction in life.corrections:
        yield Line(_correction(correction, language))


def _member(member: Member, is_asked: bool, language: Language) -> str:
    said = SAID[language]
    this = said["this"] if is_asked else ""
    who = f"{member.article.source} · {member.article.title} ({member.article.id}){this}"
    match member.how:
        case "began":
            return said["began"].format(who=who)
        case "address":
            return said["address"].format(who=who)
        case "joined":
            like = f"{member.like.source} ({member.like.id})" if member.like else "–"
            rule = RULES[language].get(member.rule or "", member.rule)
            return said["joined"].format(who=who, rule=rule, like=like) + _figures(member.figures, language)


def _figures(figures: Mapping[str, float], language: Language) -> str:
    if not figures:
        return ""
    shown = ", ".join(f"{FIGURES[language].get(name, name)} {value:g}" for name, value in figures.items())
    return f" [{shown}]"


def _correction(correction: Correction, language: Language) -> str:
    return SAID[language][f"said_{correction.verb}"].format(ids=", ".join(correction.stories))


def _near(near: Near, language: Language) -> Line:
    said = SAID[language]
    who = f"{near.article.source} · {near.article.title} ({near.article.id})"
    rule = RULES[language].get(near.rule, near.rule)
    why = rule if near.hindrance == "rule" else said[f"kept_{near.hindrance}"].format(rule=rule)
    text = said["not_same"].format(who=who, why=why) + _figures(near.figures, language)
    return Line(text, link=near.article.link, again=str(near.article.id))


def _cleaning(life: Life, language: Language) -> Iterator[Line]:
    said = SAID[language]
    if life.page is not None:
        why = f" ({plainly(trouble(life.page_reason, language))})" if life.page_reason else ""
        yield Line(PAGES[language][life.page] + why)
    if life.removals is None:
        yield Line(said["no_original"])
        return
    if not life.removals:
        yield Line(said["nothing_removed"])
    counts = Counter(removal.rule for removal in life.removals)
    for rule, count in counts.items():
        first = next(removal for removal in life.removals if removal.rule == rule)
        cut = " ".join(first.cut.split())
        cut = cut if len(cut) <= CUT else f"{cut[:CUT]}…"
        place = said["within"].format(place=first.place) if first.place else ""
        named = plainly(reason(rule, language))
        yield Line(said["removed"].format(count=count, rule=named, cut=cut) + place)


# no article, or too many


def _candidate(number: int, listed: Listed, language: Language) -> Line:
    when = exact(listed.date, language)
    return Line(
        f"{number}. {listed.title} · {listed.source} · {when} · {listed.id}", link=listed.link, again=str(listed.id)
    )


def _gone(gone: Gone, language: Language) -> str:
    said = SAID[language]
    source = f" ({gone.source})" if gone.source else ""
    return said["was_pruned"].format(when=exact(gone.at, language), source=source) if gone.at else said["pruned_once"]


def _unknown(unknown: Unknown, language: Language) -> Report:
    said = SAID[language]
    sections = []
    if unknown.host:
        lines = [_neighbourhood(each.origin, each.articles, language) for each in unknown.sources]
        sections.append(Section(said["of_host"].format(host=unknown.host), tuple(lines) or (Line(said["no_source"]),)))
    if unknown.nearest:
        nearest = tuple(_candidate(at, each, language) for at, each in enumerate(unknown.nearest, 1))
        sections.append(Section(said["nearest_titles"], nearest))
    return Report(said["unknown"].format(asked=unknown.asked), True, tuple(sections))


def _neighbourhood(origin: Origin, articles: int, language: Language) -> Line:
    said = SAID[language]
    text = said["source"].format(source=origin.name, url=origin.url, articles=articles)
    if not origin.followed:
        return Line(text + said["source_unfollowed"])
    if origin.problem:
        return Line(text + said["source_failed"].format(problem=plainly(trouble(origin.problem, language))))
    if origin.last_poll is None:
        return Line(text + said["source_new"])
    return Line(text + said["source_fine"].format(when=exact(origin.last_poll, language)))
